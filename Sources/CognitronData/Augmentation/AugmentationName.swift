import Cognitron

/// An augmentation found by its name, with a standard strength or one behind a colon: `rotate`, `rotate:10`.
///
///     let stages = try Augmentation.named("flip,shift,rotate:10", for: [32, 32, 3])
///
/// One of your own is known by its name once it is registered:
///
///     AugmentationName.register(AugmentationName("night", "darkens") { _, _ in .night })
public struct AugmentationName: NamedValue {
    public static let table = NameTable<AugmentationName>("augmentation", standard, open: open)

    public let name: String

    /// What it does, in a few words.
    public let summary: String

    /// What the number behind the colon means, with the standard one: `degrees, 15`; nil where there is none.
    public let argument: String?

    /// The number behind the colon; nil for the standard one.
    public let strength: Float?

    private let maker: @Sendable (_ strength: Float?, _ image: Shape) -> Augmentation

    /// - Parameters:
    ///   - name: lower case, without spaces, commas and colons.
    ///   - argument: what its strength means, with the standard one; nil for an augmentation without.
    ///   - make: gives the augmentation for images of a shape (H, W, C).
    public init(
        _ name: String, _ summary: String, _ argument: String? = nil,
        make: @escaping @Sendable (_ strength: Float?, _ image: Shape) -> Augmentation
    ) {
        (self.name, self.summary, self.argument, strength, maker) = (name, summary, argument, nil, make)
    }

    private init(_ base: AugmentationName, _ name: String, strength: Float) {
        (self.name, summary, argument, maker) = (name, base.summary, base.argument, base.maker)
        self.strength = strength
    }

    /// The augmentation for images of a shape (H, W, C).
    ///
    /// - Throws: `CognitronError.argument` where the strength does not suit such images.
    public func augmentation(for image: Shape) throws -> Augmentation {
        let augmentation = maker(strength, image)
        if let problem = augmentation.rule.problem(for: image) {
            throw CognitronError(
                .argument, name, "does not suit images of \(image)", expected: problem.expected,
                got: problem.got)
        }
        return augmentation
    }

    /// `rotate:10`
    private static func open(_ text: String) throws -> AugmentationName? {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let base = try AugmentationName(named: String(parts[0]))
        guard let argument = base.argument else {
            throw CognitronError(.argument, base.name, "has no strength", expected: base.name, got: text)
        }
        guard let strength = Float(parts[1]), strength.isFinite else {
            throw CognitronError(
                .argument, base.name, "has no such strength", expected: "a number (\(argument))",
                got: String(parts[1]))
        }
        return AugmentationName(base, text.lowercased(), strength: strength)
    }
}

extension Augmentation {
    /// The augmentations of a list such as `flip,shift,rotate:10`, in its order.
    ///
    /// - Parameter image: the shape (H, W, C) of the images.
    /// - Throws: `CognitronError.argument` for an unknown name, with the nearest one, and for a strength that
    ///   does not suit such images.
    public static func named(_ list: String, for image: Shape) throws -> [Augmentation] {
        try list.split(separator: ",").map {
            try AugmentationName(named: $0.filter { !$0.isWhitespace }).augmentation(for: image)
        }
    }
}
