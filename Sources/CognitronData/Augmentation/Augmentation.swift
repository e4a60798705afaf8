import Cognitron

/// A random change of training samples: a mirrored image, a shifted one, two images mixed.
///
///     let train = try CIFAR10.load(.train)
///     let history = try model.fit(
///         train.images.augmented([.randomFlip, .randomCrop(padding: 4)]), train.labels, epochs: 15,
///         validationData: (test.images, test.labels))
///
/// To write one, see `ImageRule` for changes of single images, and `AugmentationRule` for changes of whole
/// batches with their targets and weights.
public struct Augmentation: Hashable, Sendable, Codable {
    let rule: any AugmentationRule

    /// An augmentation of your own: see `AugmentationRule`.
    public init(_ rule: some AugmentationRule) { self.rule = rule }

    /// Mirrors an image horizontally with probability ½. Keras: `RandomFlip("horizontal")`.
    public static let randomFlip = Augmentation(RandomFlip())

    /// Mirrors every image horizontally in every other epoch: a random half in the first epoch, the other
    /// half in the next. Both sides of an image occur equally often, in turn. Jordan, "94% on CIFAR-10 in
    /// 3.29 Seconds on a Single GPU" (2024), "alternating flip".
    public static let alternatingFlip = Augmentation(AlternatingFlip())

    /// Shifts the image by up to `padding` pixels vertically and horizontally; `fillMode` fills the edges.
    /// Equals a crop, of the image's size, from the padded image: padded with zeros (black) in He et al.,
    /// "Deep Residual Learning for Image Recognition" (2016), section 4.2, by reflection in Zagoruyko and
    /// Komodakis, "Wide Residual Networks" (2016), and by default here. Black pixels shift the mean
    /// activations of every layer, and with them the running means of batch normalisation, away from those of
    /// unshifted images (docs/RESULTS.md).
    public static func randomCrop(padding: Int, fillMode: FillMode = .reflect) -> Augmentation {
        Augmentation(RandomCrop(padding: padding, fillMode: fillMode))
    }

    /// Sets a square of `size` × `size` pixels to black. Its centre may be any pixel, so the edges may crop
    /// it. DeVries and Taylor, "Improved Regularization of Convolutional Neural Networks with Cutout" (2017).
    public static func cutout(size: Int) -> Augmentation { Augmentation(Cutout(size: size)) }

    /// Throws where the rule's arguments are invalid for images of this shape (H, W, C).
    func validate(for image: Shape) throws {
        guard let problem = rule.problem(for: image) else { return }
        throw CognitronError(
            .argument, name, "invalid argument", expected: problem.expected, got: problem.got)
    }

    /// The rule's name in messages: `randomCrop`.
    var name: String {
        let type = String(describing: type(of: rule))
        return type.prefix(1).lowercased() + type.dropFirst()
    }
}

// MARK: - In files

extension Augmentation {
    static let registry = Registry(
        "augmentation", registration: "Augmentation.register", file: "augmentations",
        [RandomFlip.self, AlternatingFlip.self, RandomCrop.self, Cutout.self])

    /// Lets files name a rule of your own.
    public static func register(_ rule: any AugmentationRule.Type) { registry.register(rule) }

    public init(from decoder: any Decoder) throws { rule = try Self.registry.decode(from: decoder) }
    public func encode(to encoder: any Encoder) throws { try Self.registry.encode(rule, to: encoder) }

    public static func == (a: Augmentation, b: Augmentation) -> Bool { a.rule.isEqual(to: b.rule) }
    public func hash(into hasher: inout Hasher) { hasher.combine(rule) }
}
