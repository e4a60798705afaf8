import Cognitron
import CognitronKernels

/// Pairs of pictures: the outlines of some shapes, and the shapes in colour.
///
///     let train = ShapeEdges(size: 64).source(count: 10_000)      // (N, 64, 64, 1) → (N, 64, 64, 3)
///
/// Outlines are dark on white; of a shape behind another one only what is visible is drawn. Each of the ten
/// shapes has a colour of its own, on a background of one colour, so that the outlines determine the picture.
///
/// - Source: the task of Isola et al., "Image-to-Image Translation with Conditional Adversarial Networks"
///   (2017), whose edges of shoes and handbags cannot be shipped.
public struct ShapeEdges: DrawnSamples {
    /// Pixels per side.
    public let size: Int
    /// Those of the outlines; pictures have three channels.
    public let channels: Shapes.Channels
    private let key: RandomKey

    private static let radii: (Float, Float) = (0.14, 0.3)
    private static let largestCount = 4
    private static let white = SIMD4<Float>(1, 1, 1, 0)
    private static let background = SIMD4<Float>(0.93, 0.91, 0.86, 0)

    /// - Parameters:
    ///   - seed: selects the random sequence.
    ///   - split: training and test pictures of the same seed differ.
    ///   - size: pixels per side, at least 32.
    ///   - channels: those of the outlines: grey, or the same in red, green and blue.
    public init(
        seed: UInt64 = 1, split: DatasetSplit = .train, size: Int = 64, channels: Shapes.Channels = .grey
    ) {
        require(size >= 32, "pictures of \(size) pixels; expected at least 32")
        (self.size, self.channels) = (size, channels)
        key = RandomKey(seed: seed).folding("shapes-edges").folding(split.rawValue)
    }

    /// The outlines (H, W, C) and the picture (H, W, 3) with this number.
    public func pair(at index: Int) -> (edges: Picture, picture: Picture) {
        require(index >= 0, "picture \(index)")
        var draws = key.folding(index).generator()
        let count = 1 + draws.number(below: Self.largestCount)
        let arrangement = ShapeArrangement(count, radii: Self.radii, size: size, &draws)
        var edges = Canvas(size: size, Surface(flat: Self.white))
        var picture = Canvas(size: size, Surface(flat: Self.background))
        for (shape, pixels) in zip(arrangement.shapes, arrangement.pixels).reversed() {
            edges.fill(pixels, Surface(flat: Self.white))
            edges.outline(pixels)
            picture.fill(pixels, Surface(flat: Self.colour(of: shape.kind)))
        }
        return (edges.picture(channels), picture.picture(.rgb))
    }

    /// Hues at equal distances.
    private static func colour(of kind: ShapeKind) -> SIMD4<Float> {
        let hue = Float(kind.label) / Float(ShapeKind.allCases.count) * 6
        func level(_ offset: Float) -> Float {
            let place = (hue + offset).truncatingRemainder(dividingBy: 6)
            return 0.2 + 0.65 * (1 - min(max(min(place, 4 - place), 0), 1))
        }
        return SIMD4(level(5), level(3), level(1), 0)
    }

    public var name: String { "shapes-edges" }
    public var task: DataTask { .pictures }
    public var inputShape: Shape { [size, size, channels.rawValue] }

    public func sample(at index: Int) -> (input: Tensor, targets: [Tensor]) {
        let (edges, picture) = pair(at: index)
        return (edges.tensor, [picture.tensor])
    }
}

extension Dataset {
    /// Outlines of shapes and the coloured shapes, 10,000 pairs for training and 2,000 for testing: see
    /// `ShapeEdges`.
    public static let shapesEdges = Dataset(
        "shapes-edges", "outlines of one to four shapes, and the same in colour", task: .pictures, shape: nil
    ) { split, shape in
        let form = try PictureForm("shapes-edges", shape ?? [64, 64, 1])
        return try ShapeEdges(split: split, size: form.size, channels: form.channels).part(split)
    }
    .drawn
}
