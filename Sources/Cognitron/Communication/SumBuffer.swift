import CognitronKernels

/// Numbers at a fixed place in memory, which a communicator sums over ranks while the program goes on.
///
/// A tensor's storage may move to another tensor or be copied by a write; that of a buffer stays until the
/// buffer is freed.
///
/// `@unchecked Sendable`: the thread that trains reads and writes it, and the communicator only between
/// `beginSum` and the end of `wait`, during which that thread does not.
public final class SumBuffer: @unchecked Sendable {
    /// The number of numbers.
    public let count: Int
    /// The numbers. Valid as long as the buffer.
    public let pointer: UnsafeMutablePointer<Float>

    /// A buffer of zeros.
    public init(count: Int) {
        self.count = count
        pointer = .allocate(capacity: max(1, count))
        pointer.initialize(repeating: 0, count: max(1, count))
    }

    deinit { pointer.deallocate() }

    /// Sets numbers from position `start` on to zero.
    func clear(_ count: Int, at start: Int) {
        require(start >= 0 && start + count <= self.count, "numbers beyond the end of a buffer")
        (pointer + start).update(repeating: 0, count: count)
    }

    /// The number at a position.
    subscript(index: Int) -> Float {
        get { pointer[index] }
        set { pointer[index] = newValue }
    }

    /// A buffer with the same numbers.
    func copy() -> SumBuffer {
        let copy = SumBuffer(count: count)
        copy.pointer.update(from: pointer, count: count)
        return copy
    }

    /// Sets all numbers to another buffer's.
    func set(_ other: SumBuffer) {
        require(count == other.count, "buffers of different lengths")
        pointer.update(from: other.pointer, count: count)
    }

    /// Sets numbers from position `start` on to `factor` times a tensor's.
    func set(_ tensor: Tensor, at start: Int, factor: Float = 1) {
        require(start >= 0 && start + tensor.count <= count, "a tensor that is larger than its buffer")
        tensor.withUnsafeScalars { x in
            let y = pointer + start
            for i in 0..<x.count { y[i] = x[i] * factor }
        }
    }

    /// Adds another buffer's numbers.
    func add(_ other: SumBuffer) {
        require(count == other.count, "buffers of different lengths")
        let (x, y) = (other.pointer, pointer)
        for i in 0..<count { y[i] += x[i] }
    }

    /// The numbers from position `start` on, as a tensor.
    func tensor(_ shape: Shape, at start: Int) -> Tensor {
        let length = shape.elementCount
        require(start >= 0 && start + length <= count, "a tensor that is larger than its buffer")
        return Tensor(UnsafeBufferPointer(start: pointer + start, count: length), shape: shape)
    }
}
