import Cognitron
import CognitronKernels

/// Images stored as bytes: (N, H, W, C), row-major.
///
///     batch[n, y, x, c] = pixels[n, y, x, c] / 255
///
/// One byte per value, a quarter of a tensor's memory; batches are converted to `Float` in 0…1 on demand.
/// 50,000 CIFAR images take 154 MB. Copies share their storage, as any Swift array's do.
///
///     let images = try Images(bytes, shape: [100, 28, 28, 1])
///     let first = images[0..<10].tensor
public struct Images: Samples, Equatable {
    /// N, height, width, channels.
    public let shape: Shape

    /// The pixels of all images: (N, H, W, C), row-major.
    public let pixels: [UInt8]

    /// - Throws: `CognitronError.data` where `shape` does not have four axes or `pixels` does not fill it.
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

    /// The bytes of one image, (H, W, C), without a copy.
    public func pixels(at index: Int) -> ArraySlice<UInt8> {
        require((0..<count).contains(index), "image \(index) of \(count)")
        let size = shape.sample.elementCount
        return pixels[index * size..<(index + 1) * size]
    }

    /// One image as (H, W, C), each value in 0…1.
    public subscript(index: Int) -> Tensor { batch(CollectionOfOne(index)).reshaped(shape.sample) }

    /// The images at `range`, with a copy of their bytes.
    public subscript(range: Range<Int>) -> Images {
        require(
            range.lowerBound >= 0 && range.upperBound <= count, "images \(range) of \(count)")
        let size = shape.sample.elementCount
        return Images(
            unchecked: Array(pixels[range.lowerBound * size..<range.upperBound * size]),
            shape: shape.sample.batched(range.count))
    }

    public subscript(range: ClosedRange<Int>) -> Images { self[range.lowerBound..<range.upperBound + 1] }

    /// The first `count` images, or all if there are fewer.
    public func prefix(_ count: Int) -> Images { self[0..<Swift.min(count, self.count)] }

    /// All images as one tensor: four bytes per value.
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
    package static func normalize(_ x: UnsafePointer<UInt8>, _ y: UnsafeMutablePointer<Float>, count: Int) {
        for i in 0..<count { y[i] = Float(x[i]) / 255 }
    }
}
