import Cognitron
import CognitronKernels

/// Videos of shapes that move in straight lines, turn back at the edges and pass each other.
///
///     let videos = ShapeVideo(frames: 10, size: 32)
///     let pictures = videos.frames(at: 0)                 // eleven
///     let train = videos.source(count: 10_000)            // (N, 10, 32, 32, 1) → (N, 10, 32, 32, 1)
///
/// The targets are the next frames: target t is frame t + 1.
///
/// - Source: the form of Srivastava et al., "Unsupervised Learning of Video Representations using LSTMs"
///   (2015), with shapes for digits.
public struct ShapeVideo: DrawnSamples {
    /// The number of frames of an input.
    public let frames: Int
    /// Pixels per side.
    public let size: Int
    public let channels: Shapes.Channels
    /// The least and the largest number of shapes.
    public let objects: ClosedRange<Int>
    private let key: RandomKey

    private static let radii: (Float, Float) = (0.14, 0.2)
    /// Along each axis, as fractions of the side a frame.
    private static let speeds: (Float, Float) = (0.02, 0.08)
    private static let background: (Float, Float) = (0.05, 0.12)
    private static let tones: (Float, Float) = (0.6, 0.9)

    /// - Parameters:
    ///   - seed: selects the random sequence.
    ///   - split: training and test videos of the same seed differ.
    ///   - frames: of an input, at least 1.
    ///   - size: pixels per side, at least 32.
    ///   - objects: the least and the largest number of shapes, from 1 to 50.
    public init(
        seed: UInt64 = 1, split: DatasetSplit = .train, frames: Int = 10, size: Int = 32,
        channels: Shapes.Channels = .grey, objects: ClosedRange<Int> = 1...3
    ) {
        require(frames >= 1, "videos of \(frames) frames; expected at least 1")
        require(size >= 32, "videos of \(size) pixels; expected at least 32")
        require(
            objects.lowerBound >= 1 && objects.upperBound <= 50,
            "videos of \(objects) shapes; expected 1 to 50")
        (self.frames, self.size, self.channels, self.objects) = (frames, size, channels, objects)
        key = RandomKey(seed: seed).folding("shapes-video").folding(split.rawValue)
    }

    /// The frames (H, W, C) of the video with this number, and the one after them.
    public func frames(at index: Int) -> [Picture] {
        require(index >= 0, "video \(index)")
        var draws = key.folding(index).generator()
        let count = objects.lowerBound + draws.number(below: objects.count)
        let background = Surface(Self.background, colourfulness: 0.04, stripes: 0, &draws)
        let movers = (0..<count).map { _ in
            (
                shape: MovingShape(radii: Self.radii, speeds: Self.speeds, &draws),
                surface: Surface(Self.tones, stripes: 0, &draws)
            )
        }
        return (0...frames).map { frame in
            var canvas = Canvas(size: size, background)
            for (shape, surface) in movers { canvas.fill(shape.at(frame).pixels(size: size), surface) }
            return canvas.picture(channels)
        }
    }

    public var name: String { "shapes-video" }
    public var task: DataTask { .pictures }
    public var inputShape: Shape { [frames, size, size, channels.rawValue] }

    public func sample(at index: Int) -> (input: Tensor, targets: [Tensor]) {
        let tensors = frames(at: index).map(\.tensor)
        return (.stacked(Array(tensors.dropLast())), [.stacked(Array(tensors.dropFirst()))])
    }
}

/// A shape that moves in a straight line and is reflected at the picture's edges.
private struct MovingShape {
    private let kind: ShapeKind
    private let radius: Float
    private let angle: Float
    private let start: SIMD2<Float>
    /// A frame, along each axis.
    private let speed: SIMD2<Float>

    init(radii: (Float, Float), speeds: (Float, Float), _ draws: inout RandomGenerator) {
        kind = ShapeKind.allCases[draws.number(below: ShapeKind.allCases.count)]
        radius = draws.uniform(radii.0, radii.1)
        angle = draws.uniform(-PlacedShape.tilt, PlacedShape.tilt)
        start = SIMD2(draws.uniform(radius, 1 - radius), draws.uniform(radius, 1 - radius))
        func speed() -> Float { draws.uniform(speeds.0, speeds.1) * (draws.uniform(0, 1) < 0.5 ? -1 : 1) }
        self.speed = SIMD2(speed(), speed())
    }

    func at(_ frame: Int) -> PlacedShape {
        let place = start + speed * Float(frame)
        return PlacedShape(kind, SIMD2(reflected(place.x), reflected(place.y)), radius: radius, angle: angle)
    }

    /// Folds a coordinate into radius … 1 − radius, as a mirror at either end does.
    private func reflected(_ place: Float) -> Float {
        let room = 1 - 2 * radius
        let passed = (place - radius).truncatingRemainder(dividingBy: 2 * room)
        let ahead = passed < 0 ? passed + 2 * room : passed
        return radius + min(ahead, 2 * room - ahead)
    }
}

extension Dataset {
    /// Videos of moving shapes with the next frames, 10,000 for training and 2,000 for testing: see
    /// `ShapeVideo`.
    public static let shapesVideo = Dataset(
        "shapes-video", "videos of one to three moving shapes, and the next frames", task: .pictures,
        shape: nil
    ) { split, shape in
        let shape = shape ?? [10, 32, 32, 1]
        guard shape.rank == 4, shape[0] >= 1 else {
            throw CognitronError(
                .shape, "shapes-video", "cannot be drawn in this shape",
                expected: "frames × height × width × channels", got: "\(shape)")
        }
        let form = try PictureForm("shapes-video", shape.sample)
        return try ShapeVideo(
            split: split, frames: shape[0], size: form.size, channels: form.channels
        ).part(split)
    }
    .drawn
}
