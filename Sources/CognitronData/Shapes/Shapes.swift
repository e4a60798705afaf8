import Cognitron
import CognitronKernels

/// Generated images of ten shapes: a data set without files or downloads.
///
///     let train = Shapes.make(count: 10_000)                              // (10000, 32, 32, 3)
///     let test = Shapes.make(count: 2_000, split: .test)
///     let small = Shapes.make(count: 10_000, size: 28, channels: .grey)    // (10000, 28, 28, 1), for LeNet
///
/// Each image shows one shape of random colour, size, position and tilt, lighter or darker than its
/// background, which has a gradient, stripes and noise. Images 0…9, 10…19 and so on show each class once. An
/// image depends on the seed, the split and its index alone, not on the number of images or threads. Ten
/// thousand take about 0.35 s on one thread.
///
/// A linear classifier of the pixels gets one in seven right; a small convolutional network learns all
/// classes.
///
/// For detection and segmentation, `scene(at:)` also returns the mask and the boxes.
public struct Shapes: Sendable {
    /// The channels of a pixel.
    public enum Channels: Int, Sendable {
        case grey = 1
        case rgb = 3
    }

    public static var classNames: [String] { ShapeKind.allCases.map(\.rawValue) }

    /// Pixels per side.
    public let size: Int
    public let channels: Channels
    private let key: RandomKey
    private let classKey: RandomKey

    /// - Parameters:
    ///   - seed: selects the random sequence.
    ///   - split: training and test images of the same seed differ.
    ///   - size: pixels per side, at least 16.
    public init(seed: UInt64 = 1, split: DatasetSplit = .train, size: Int = 32, channels: Channels = .rgb) {
        require(size >= 16, "shapes of \(size) pixels; expected at least 16")
        (self.size, self.channels) = (size, channels)
        key = RandomKey(seed: seed).folding("shapes").folding(split.rawValue)
        classKey = key.folding("classes")
    }

    /// Generates `count` images with their classes.
    public static func make(
        count: Int = 10_000, seed: UInt64 = 1, split: DatasetSplit = .train, size: Int = 32,
        channels: Channels = .rgb
    ) -> LabelledImages {
        require(count >= 0, "\(count) pictures")
        return Shapes(seed: seed, split: split, size: size, channels: channels)[0..<count]
    }

    /// The images with the indices in `range`.
    public subscript(range: Range<Int>) -> LabelledImages {
        require(range.lowerBound >= 0, "pictures \(range)")
        let imageSize = size * size * channels.rawValue
        var labels = Tensor(uninitialized: [range.count])
        let pixels = [UInt8](unsafeUninitializedCapacity: range.count * imageSize) { buffer, initialized in
            initialized = range.count * imageSize
            labels.withUnsafeMutableScalars { labels in
                guard let pixels = buffer.baseAddress, let labels = labels.baseAddress else { return }
                // Tiles write disjoint images.
                nonisolated(unsafe) let target = (pixels: pixels, labels: labels)
                WorkerPool.shared.run(total: range.count, grain: Self.picturesATile) { rows, _ in
                    for row in rows {
                        let drawing = drawing(at: range.lowerBound + row)
                        drawing.render(target.pixels + row * imageSize, mask: nil)
                        target.labels[row] = Float(drawing.kind.label)
                    }
                }
            }
        }
        return LabelledImages(
            unchecked: Images(unchecked: pixels, shape: [range.count, size, size, channels.rawValue]),
            labels, Self.classNames, "Shapes")
    }

    /// The image at `index` with its mask and boxes.
    public func scene(at index: Int) -> ShapeScene {
        require(index >= 0, "picture \(index)")
        let drawing = drawing(at: index)
        var pixels = [UInt8](repeating: 0, count: size * size * channels.rawValue)
        var mask = [UInt8](repeating: 0, count: size * size)
        pixels.withUnsafeMutableBufferPointer { pixels in
            mask.withUnsafeMutableBufferPointer { mask in
                guard let pixels = pixels.baseAddress else { return }
                drawing.render(pixels, mask: mask.baseAddress)
            }
        }
        let label = drawing.kind.label
        return ShapeScene(
            image: Images(unchecked: pixels, shape: [1, size, size, channels.rawValue]), label: label,
            mask: mask,
            boxes: BoundingBox(around: mask, width: size, label: label).map { [$0] } ?? [])
    }

    /// Images per tile: about 2 ms of work.
    private static let picturesATile = 64

    private func drawing(at index: Int) -> ShapeDrawing {
        ShapeDrawing(kind(at: index), key.folding(index), size: size, channels: channels)
    }

    /// Each run of ten images shows every class once, in random order.
    private func kind(at index: Int) -> ShapeKind {
        let count = ShapeKind.allCases.count
        var draws = classKey.folding(index / count).generator()
        // A SIMD vector instead of an array avoids an allocation per image.
        var order = SIMD16<UInt8>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
        for i in 0..<count - 1 {
            // Rounding may raise the draw to the count itself.
            let other = min(Int(draws.uniform(Float(i), Float(count))), count - 1)
            (order[i], order[other]) = (order[other], order[i])
        }
        return ShapeKind.allCases[Int(order[index % count])]
    }
}

extension Dataset {
    /// Generated images of ten shapes, 10,000 for training and 2,000 for testing: see `Shapes`.
    public static let shapes = Dataset(
        "shapes", "drawings of ten shapes", shape: nil, classNames: Shapes.classNames
    ) { split, shape in
        let shape = shape ?? [32, 32, 3]
        // All are held in memory.
        let largest = 512
        guard shape.rank == 3, shape[0] == shape[1], (16...largest).contains(shape[0]),
            let channels = Shapes.Channels(rawValue: shape[2])
        else {
            throw CognitronError(
                .shape, "shapes", "cannot be drawn in this shape",
                expected: "squares of 16 to \(largest) pixels a side, with 1 or 3 channels", got: "\(shape)",
                advice: "choose another size")
        }
        return Shapes.make(
            count: split == .train ? 10_000 : 2_000, split: split, size: shape[0], channels: channels)
    }
    .drawn
}

/// One generated image with the targets of detection and segmentation.
public struct ShapeScene: Sendable, Equatable {
    /// The image: (1, H, W, C).
    public let image: Images
    /// The class of the shape.
    public let label: Int
    /// (H, W): 1 where the shape covers at least half of the pixel, else 0.
    public let mask: [UInt8]
    /// The bounding boxes of the shapes.
    public let boxes: [BoundingBox]
}
