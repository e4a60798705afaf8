import Cognitron
import CognitronKernels

/// Generated pictures of several shapes that hide parts of each other, with the box and the pixels of each.
///
///     let scenes = ShapeScenes(size: 128, objects: 1...8, overlap: .free)
///     let scene = scenes.scene(at: 0)                     // picture, boxes, instances
///     let train = scenes.source(count: 4_000)
///     // (N, 128, 128, 3) → boxes (N, 8, 5) and instances (N, 128, 128)
///
/// The shapes are those of `Shapes`. A picture depends on the seed, the split and its number alone.
public struct ShapeScenes: DrawnSamples {
    /// One picture with the targets of detection and instance segmentation.
    public struct Scene: Sendable, Equatable {
        /// (H, W, C).
        public let picture: Picture
        /// Around what is visible of each shape, from front to back.
        public let boxes: [BoundingBox]
        /// (H, W): for each pixel 0, or one more than the number of its shape's box.
        public let instances: [UInt8]
    }

    /// Pixels per side.
    public let size: Int
    public let channels: Shapes.Channels
    /// The least and the largest number of shapes. A picture without room for more may have fewer.
    public let objects: ClosedRange<Int>
    public let overlap: ShapeOverlap
    private let key: RandomKey

    private static let radii: (Float, Float) = (0.12, 0.26)
    private static let darkTones: (Float, Float) = (0.08, 0.25)
    private static let lightTones: (Float, Float) = (0.75, 0.92)
    /// Of shapes on dark and on light backgrounds: wide ranges, so that shapes differ from each other.
    private static let tonesOnDark: (Float, Float) = (0.45, 0.95)
    private static let tonesOnLight: (Float, Float) = (0.05, 0.55)
    private static let noises: (Float, Float) = (0.02, 0.06)

    /// - Parameters:
    ///   - seed: selects the random sequence.
    ///   - split: training and test pictures of the same seed differ.
    ///   - size: pixels per side, at least 32.
    ///   - objects: the least and the largest number of shapes, from 1 to 50.
    public init(
        seed: UInt64 = 1, split: DatasetSplit = .train, size: Int = 64, channels: Shapes.Channels = .rgb,
        objects: ClosedRange<Int> = 1...5, overlap: ShapeOverlap = .limited
    ) {
        require(size >= 32, "scenes of \(size) pixels; expected at least 32")
        require(
            objects.lowerBound >= 1 && objects.upperBound <= 50,
            "scenes of \(objects) shapes; expected 1 to 50")
        (self.size, self.channels, self.objects, self.overlap) = (size, channels, objects, overlap)
        key = RandomKey(seed: seed).folding("shapes-scenes").folding(split.rawValue)
    }

    public func scene(at index: Int) -> Scene {
        require(index >= 0, "picture \(index)")
        let key = key.folding(index)
        var draws = key.generator()
        let count = objects.lowerBound + draws.number(below: objects.count)
        let arrangement = ShapeArrangement(
            count, radii: Self.radii, size: size, overlap: overlap, &draws)
        let isDark = draws.uniform(0, 1) < 0.5
        let background = Surface(isDark ? Self.darkTones : Self.lightTones, stripes: 0.06, &draws)
        var canvas = Canvas(size: size, background)
        for pixels in arrangement.pixels.reversed() {
            canvas.fill(pixels, Surface(isDark ? Self.tonesOnDark : Self.tonesOnLight, stripes: 0, &draws))
        }
        let noise = draws.uniform(Self.noises.0, Self.noises.1)
        return Scene(
            picture: canvas.picture(channels, noise: (noise, key.folding("noise"))),
            boxes: arrangement.boxes, instances: arrangement.owners)
    }

    public var name: String { "shapes-scenes" }
    public var task: DataTask { .instances(classNames: Shapes.classNames) }
    public var inputShape: Shape { [size, size, channels.rawValue] }

    public func sample(at index: Int) -> (input: Tensor, targets: [Tensor]) {
        let scene = scene(at: index)
        let instances = Tensor(scene.instances.map { Float($0) }, shape: [size, size])
        return (scene.picture.tensor, [boxRows(scene), instances])
    }

    /// (M, 5): the boxes in `BoxRow`'s form, with M the largest number of shapes.
    fileprivate func boxRows(_ scene: Scene) -> Tensor {
        let missing = Array(repeating: BoxRow.none, count: objects.upperBound - scene.boxes.count)
        let rows = scene.boxes.map { BoxRow($0) } + missing
        return Tensor(rows.flatMap(\.scalars), shape: [rows.count, BoxRow.width])
    }
}

/// The pictures of `ShapeScenes` with the boxes alone: for detection.
///
///     let train = ShapeBoxes(ShapeScenes(size: 64)).source(count: 10_000)     // (N, 64, 64, 3) → (N, 5, 5)
public struct ShapeBoxes: DrawnSamples {
    public let scenes: ShapeScenes

    public init(_ scenes: ShapeScenes = ShapeScenes()) { self.scenes = scenes }

    public var name: String { "shapes-boxes" }
    public var task: DataTask { .detection(classNames: Shapes.classNames) }
    public var inputShape: Shape { scenes.inputShape }

    public func sample(at index: Int) -> (input: Tensor, targets: [Tensor]) {
        let scene = scenes.scene(at: index)
        return (scene.picture.tensor, [scenes.boxRows(scene)])
    }
}

extension Dataset {
    /// Drawings of one to eight shapes that overlap, with their boxes and pixels, 128 × 128 unless another
    /// size is asked for; 4,000 for training and 1,000 for testing: see `ShapeScenes`.
    public static let shapesScenes = scenes(
        "shapes-scenes", "drawings of one to eight shapes that overlap, with the box and the pixels of each",
        .instances(classNames: Shapes.classNames)
    ) { $0 }

    /// The same drawings with the boxes alone: see `ShapeBoxes`.
    public static let shapesBoxes = scenes(
        "shapes-boxes", "drawings of one to eight shapes that overlap, with the box of each",
        .detection(classNames: Shapes.classNames)
    ) { ShapeBoxes($0) }

    private static func scenes(
        _ name: String, _ summary: String, _ task: DataTask,
        samples: @escaping @Sendable (ShapeScenes) -> any DrawnSamples
    ) -> Dataset {
        let counts: [Split: Int] = [.train: 4_000, .test: 1_000]
        return Dataset(name, summary, task: task, shape: nil) { split, shape in
            let form = try PictureForm(name, shape ?? [128, 128, 3])
            let scenes = ShapeScenes(
                split: split, size: form.size, channels: form.channels, objects: 1...8, overlap: .free)
            return try samples(scenes).part(count: counts[split] ?? 0)
        }
        .drawn(counts)
    }
}
