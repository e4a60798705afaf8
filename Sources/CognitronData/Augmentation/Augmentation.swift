import Cognitron

/// A random change of training samples: a mirrored image, a shifted one, two images mixed.
///
///     let train = try CIFAR10.load(.train)
///     let history = try model.fit(
///         train.images.augmented([.randomFlip, .randomCrop(padding: 4)]), train.labels, epochs: 15,
///         validationData: (test.images, test.labels))
///
/// To write one, see `ImageRule` for changes of single images, `GeometricRule` for movements, which masks and
/// boxes follow, and `AugmentationRule` for changes of whole batches with their targets and weights.
public struct Augmentation: Hashable, Sendable, Codable {
    let rule: any AugmentationRule

    /// An augmentation of your own: see `AugmentationRule`.
    public init(_ rule: some AugmentationRule) { self.rule = rule }

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
        [
            RandomFlip.self, AlternatingFlip.self, VerticalFlip.self, RandomCrop.self, Zoom.self,
            ResizedCrop.self, Rotation.self, Shear.self, Perspective.self, Elastic.self, Brightness.self,
            Contrast.self, Hue.self, Saturation.self, Grey.self, ColorJitter.self, Sharpness.self, Blur.self,
            Posterise.self, Solarise.self, Equalise.self, AutoContrast.self, Invert.self, Cutout.self,
            Erasing.self, Mixup.self, Cutmix.self, Mosaic.self, RandomAugment.self, AugmentedMix.self,
        ])

    /// Lets files name a rule of your own.
    public static func register(_ rule: any AugmentationRule.Type) { registry.register(rule) }

    public init(from decoder: any Decoder) throws { rule = try Self.registry.decode(from: decoder) }
    public func encode(to encoder: any Encoder) throws { try Self.registry.encode(rule, to: encoder) }

    public static func == (a: Augmentation, b: Augmentation) -> Bool { a.rule.isEqual(to: b.rule) }
    public func hash(into hasher: inout Hasher) { hasher.combine(rule) }
}
