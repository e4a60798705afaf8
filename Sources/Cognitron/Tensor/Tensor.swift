import CognitronKernels

/// A row-major array of 32-bit floats with a shape: a value that is copied only when one of its copies is
/// written.
///
///     let t = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])
///     let same: Tensor = [[1, 2, 3], [4, 5, 6]]
///     t[1, 2]                                  // 6
///
/// Elements lie next to each other, the last axis fastest. Copying a tensor, passing it on and reshaping it
/// cost nothing; the first write to a shared one copies it. Whole numbers (labels, tokens) are exact up to
/// 2²⁴.
public struct Tensor: Sendable {
    public internal(set) var shape: Shape
    var buffer: Buffer

    /// A tensor whose elements are not set yet. For kernels that write all of them.
    package init(uninitialized shape: Shape) {
        require(shape.allSatisfy { $0 >= 0 }, "a tensor of shape \(shape)")
        self.shape = shape
        buffer = Buffer(shape.elementCount)
    }

    /// The elements in row-major order, read in place.
    ///
    /// The pointer lives as long as the tensor does: keep the tensor alive with `withExtendedLifetime`, or
    /// use `withUnsafeScalars`.
    package var pointer: UnsafePointer<Float> { UnsafePointer(buffer.pointer) }

    /// The elements in row-major order, to be written. Copies the storage first where another tensor shares
    /// it.
    package var mutablePointer: UnsafeMutablePointer<Float> {
        mutating get {
            if !isKnownUniquelyReferenced(&buffer) {
                let copy = Buffer(buffer.count)
                copy.pointer.update(from: buffer.pointer, count: buffer.count)
                buffer = copy
            }
            return buffer.pointer
        }
    }

    /// Whether writing would happen in place.
    package var isUnique: Bool { mutating get { isKnownUniquelyReferenced(&buffer) } }

    /// The result of an elementwise kernel that may write over what it reads: in place where nobody shares
    /// the storage, into a new tensor otherwise, which saves the copy that a write to shared storage would
    /// cost.
    package consuming func overwritten(
        by kernel: (_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) -> Void
    ) -> Tensor {
        var tensor = self
        if tensor.isUnique {
            let x = tensor.mutablePointer
            kernel(x, x)
            return tensor
        }
        var result = Tensor(uninitialized: tensor.shape)
        kernel(tensor.pointer, result.mutablePointer)
        withExtendedLifetime(tensor) {}
        return result
    }

    /// The number of elements.
    public var count: Int { buffer.count }

    /// The number of axes.
    public var rank: Int { shape.rank }
}

extension Tensor {
    /// - Parameter scalars: the elements in row-major order, as many as the shape holds.
    public init(_ scalars: some Collection<Float>, shape: Shape) {
        require(
            scalars.count == shape.elementCount,
            "\(scalars.count) scalars do not fill a tensor of shape \(shape) (\(shape.elementCount))")
        self.init(uninitialized: shape)
        _ = UnsafeMutableBufferPointer(start: buffer.pointer, count: count).update(fromContentsOf: scalars)
    }

    /// A scalar: a tensor without axes.
    public init(_ scalar: Float) { self.init(CollectionOfOne(scalar), shape: []) }

    /// A vector.
    public init(_ scalars: some Collection<Float>) { self.init(scalars, shape: [scalars.count]) }

    /// A vector of whole numbers, such as labels; exact up to 2²⁴.
    public init(_ integers: some Collection<some BinaryInteger>) { self.init(integers.map { Float($0) }) }

    /// The elements in row-major order, as an array of their own.
    public var scalars: [Float] { withUnsafeScalars { Array($0) } }

    /// The single element of a tensor that has just one.
    public var scalar: Float {
        require(count == 1, "a tensor of shape \(shape) is not a scalar")
        return withUnsafeScalars { $0[0] }
    }

    /// Reads the elements in place, in row-major order.
    public func withUnsafeScalars<R>(_ body: (UnsafeBufferPointer<Float>) throws -> R) rethrows -> R {
        try withExtendedLifetime(buffer) {
            try body(UnsafeBufferPointer(start: buffer.pointer, count: count))
        }
    }

    /// Writes the elements in place, in row-major order.
    public mutating func withUnsafeMutableScalars<R>(
        _ body: (UnsafeMutableBufferPointer<Float>) throws -> R
    ) rethrows -> R {
        let start = mutablePointer
        return try withExtendedLifetime(buffer) {
            try body(UnsafeMutableBufferPointer(start: start, count: count))
        }
    }
}

extension Tensor: Equatable {
    /// Equal shapes and equal elements, bit for bit up to the sign of zero; NaN equals nothing.
    public static func == (a: Tensor, b: Tensor) -> Bool {
        a.shape == b.shape && a.withUnsafeScalars { x in b.withUnsafeScalars { y in x.elementsEqual(y) } }
    }

    /// Whether the shapes are equal and no element differs by more than `absolute + relative · |other|`
    /// (NumPy's `allclose`).
    public func isClose(to other: Tensor, absolute: Float = 1e-6, relative: Float = 1e-5) -> Bool {
        guard shape == other.shape else { return false }
        return withUnsafeScalars { x in
            other.withUnsafeScalars { y in
                zip(x, y).allSatisfy { $0 == $1 || abs($0 - $1) <= absolute + relative * abs($1) }
            }
        }
    }

    /// The largest absolute difference between two tensors of the same shape; NaN where an element is.
    public func maximumDifference(from other: Tensor) -> Float {
        require(shape == other.shape, "difference of shapes \(shape) and \(other.shape)")
        return withUnsafeScalars { x in
            other.withUnsafeScalars { y in
                zip(x, y).reduce(Float(0)) { largest, pair in
                    let difference = abs(pair.0 - pair.1)
                    return difference.isNaN
                        ? difference : (largest.isNaN ? largest : Swift.max(largest, difference))
                }
            }
        }
    }
}
