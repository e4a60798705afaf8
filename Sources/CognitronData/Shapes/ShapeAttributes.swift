import Cognitron
import CognitronKernels

/// Pictures of one shape of a kind, colour and size, "small red circle": classes that are described by their
/// attributes, for networks that recognise descriptions of which they have seen no picture.
///
///     let seen = ShapeAttributes(classes: […])            // numbers of classes, 0 to 239
///     let source = seen.source(count: 10_000)             // (N, 32, 32, 3) → class
///     ShapeAttributes.attributes[7]                       // (21): kind, colour and size of class 7
///
/// Picture i shows the class at place i mod the number of classes.
public struct ShapeAttributes: DrawnSamples {
    /// The classes that are drawn.
    public let classes: [Int]
    /// Pixels per side.
    public let size: Int
    private let key: RandomKey

    /// The names of all 240 classes: each kind in each colour and size.
    public static let classNames: [String] = all.map { kind, colour, magnitude in
        [magnitude.word, colour.rawValue, kind.rawValue].compactMap(\.self).joined(separator: " ")
    }

    /// What each number of `attributes` means.
    public static let attributeNames: [String] =
        ShapeKind.allCases.map(\.rawValue) + ShapeColour.allCases.map(\.rawValue)
        + ShapeMagnitude.allCases.map { $0.word ?? "medium" }

    /// The attributes of all classes: (240, 21), each row with three ones.
    public static let attributes: Tensor = {
        let (kinds, colours) = (ShapeKind.allCases, ShapeColour.allCases)
        let rows = all.flatMap { kind, colour, magnitude in
            kinds.map { $0 == kind } + colours.map { $0 == colour }
                + ShapeMagnitude.allCases.map { $0 == magnitude }
        }
        return Tensor(rows.map { $0 ? 1 : 0 as Float }, shape: [all.count, attributeNames.count])
    }()

    private static let all: [(kind: ShapeKind, colour: ShapeColour, magnitude: ShapeMagnitude)] =
        ShapeKind.allCases.flatMap { kind in
            ShapeColour.allCases.flatMap { colour in
                ShapeMagnitude.allCases.map { (kind: kind, colour: colour, magnitude: $0) }
            }
        }

    /// - Parameters:
    ///   - seed: selects the random sequence.
    ///   - split: training and test pictures of the same seed differ.
    ///   - classes: numbers of classes, places in `classNames`; all by default.
    ///   - size: pixels per side, at least 32.
    public init(
        seed: UInt64 = 1, split: DatasetSplit = .train, classes: [Int]? = nil, size: Int = 32
    ) {
        require(size >= 32, "pictures of \(size) pixels; expected at least 32")
        self.classes = classes ?? Array(Self.all.indices)
        require(
            !self.classes.isEmpty && self.classes.allSatisfy(Self.all.indices.contains),
            "classes \(self.classes); expected some of 0 to \(Self.all.count - 1)")
        self.size = size
        key = RandomKey(seed: seed).folding("shapes-attributes").folding(split.rawValue)
    }

    public var name: String { "shapes-attributes" }
    public var task: DataTask { .classification(classNames: Self.classNames) }
    public var inputShape: Shape { [size, size, 3] }

    public func sample(at index: Int) -> (input: Tensor, targets: [Tensor]) {
        require(index >= 0, "picture \(index)")
        let label = classes[index % classes.count]
        let (kind, colour, magnitude) = Self.all[label]
        let key = key.folding(index)
        var draws = key.generator()
        // Sizes are those of captions, times 1.8: one shape has the picture to itself.
        let radius = 1.8 * draws.uniform(magnitude.radii.0, magnitude.radii.1)
        let room = min(radius + 0.02, 0.5)
        let centre = SIMD2(draws.uniform(room, 1 - room), draws.uniform(room, 1 - room))
        let shape = PlacedShape(
            kind, centre, radius: radius, angle: draws.uniform(-PlacedShape.tilt, PlacedShape.tilt) / 2)
        var canvas = Canvas(size: size, Surface((0.42, 0.58), colourfulness: 0.03, stripes: 0.03, &draws))
        canvas.fill(shape.pixels(size: size), Surface(colour.value, stripes: 0, &draws))
        return (canvas.picture(.rgb, noise: (0.03, key.folding("noise"))).tensor, [Tensor(Float(label))])
    }
}
