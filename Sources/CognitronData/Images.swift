import Cognitron
import CognitronKernels

/// Pictures kept as bytes: (N, H, W, C), row-major.
///
///     batch[n, y, x, c] = pixels[n, y, x, c] / 255
///
/// A byte a value, so that a data set takes a quarter of the memory of a tensor; batches become `Float` in
/// 0…1 when they are made. 50,000 CIFAR pictures take 154 MB. Copying is free, as for any Swift array.
///
///     let images = try Images(bytes, shape: [100, 28, 28, 1])
///     let first = images[0..<10].tensor
public struct Images: Samples, Equatable {
    /// N, height, width, channels.
    public let shape: Shape

    /// All pictures one after another: (N, H, W, C), row-major.
    public let pixels: [UInt8]

    /// - Throws: `CognitronError.data` where `shape` has not four axes or `pixels` does not fill it.
    public init(_ pixels: [UInt8], shape: Shape) throws {
        guard shape.rank == 4, shape.allSatisfy({ $0 >= 0 }) else {
            throw CognitronError(
                .data, "images", "a shape that is not one of pictures",
                expected: "N × height × width × channels", got: "\(shape)")
        }
        guard let count = shape.checkedElementCount, pixels.count == count else {
            throw CognitronError(
                .data, "images", "the bytes do not fill the shape \(shape)",
                expected: shape.checkedElementCount.map { "\($0) bytes" } ?? "a smaller shape",
                got: "\(pixels.count)")
        }
        self.init(unchecked: pixels, shape: shape)
    }

    init(unchecked pixels: [UInt8], shape: Shape) {
        (self.pixels, self.shape) = (pixels, shape)
    }

    public var count: Int { shape[0] }
    public var height: Int { shape[1] }
    public var width: Int { shape[2] }
    public var channels: Int { shape[3] }

    /// The bytes of one picture: (H, W, C), in place.
    public func pixels(at index: Int) -> ArraySlice<UInt8> {
        require((0..<count).contains(index), "image \(index) of \(count)")
        let size = shape.sample.elementCount
        return pixels[index * size..<(index + 1) * size]
    }

    /// One picture as (H, W, C), each value in 0…1.
    public subscript(index: Int) -> Tensor { batch(CollectionOfOne(index)).reshaped(shape.sample) }

    /// The pictures at `range`, as images of their own (their bytes are copied).
    public subscript(range: Range<Int>) -> Images {
        require(
            range.lowerBound >= 0 && range.upperBound <= count, "images \(range) of \(count)")
        let size = shape.sample.elementCount
        return Images(
            unchecked: Array(pixels[range.lowerBound * size..<range.upperBound * size]),
            shape: shape.sample.batched(range.count))
    }

    public subscript(range: ClosedRange<Int>) -> Images { self[range.lowerBound..<range.upperBound + 1] }

    /// The first `count` pictures, or all where there are fewer.
    public func prefix(_ count: Int) -> Images { self[0..<Swift.min(count, self.count)] }

    /// All pictures as one tensor: four bytes a value.
    public var tensor: Tensor { batch(0..<count) }

    public func batch(_ indices: some Collection<Int>) -> Tensor {
        let size = shape.sample.elementCount
        let indices = Array(indices)
        for index in indices { require((0..<count).contains(index), "image \(index) of \(count)") }
        var result = Tensor(uninitialized: shape.sample.batched(indices.count))
        result.withUnsafeMutableScalars { target in
            pixels.withUnsafeBufferPointer { source in
                guard let y = target.baseAddress, let x = source.baseAddress else { return }
                let grain = max(1, Elementwise.grain / max(1, size))
                WorkerPool.shared.run(total: indices.count, grain: grain) { rows, _ in
                    for row in rows { Self.normalize(x + indices[row] * size, y + row * size, count: size) }
                }
            }
        }
        return result
    }

    /// y[i] ← x[i] / 255
    private static func normalize(_ x: UnsafePointer<UInt8>, _ y: UnsafeMutablePointer<Float>, count: Int) {
        for i in 0..<count { y[i] = Float(x[i]) / 255 }
    }
}
