/// Arrays for one operation, one after another in a single piece of scratch memory: what wants several at once takes them
/// together, so that one piece serves all operations.
struct ScratchArrays {
    private let buffer: Buffer
    private let starts: [Int]

    /// - Parameter counts: floats of each array, which begins at a multiple of 64 bytes.
    init(_ counts: [Int]) {
        var starts = [0]
        for count in counts { starts.append((starts[starts.count - 1] + count + 15) / 16 * 16) }
        self.starts = starts
        buffer = Buffer(scratch: starts[counts.count])
    }

    subscript(array: Int) -> UnsafeMutablePointer<Float> { buffer.pointer + starts[array] }
}
