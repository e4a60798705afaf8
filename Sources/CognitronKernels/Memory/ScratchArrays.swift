/// Several scratch arrays for one operation in a single buffer, so that all operations can reuse the same
/// one.
struct ScratchArrays {
    private let buffer: Buffer
    private let starts: [Int]

    /// - Parameter counts: floats of each array; each starts at a multiple of 64 bytes.
    init(_ counts: [Int]) {
        var starts = [0]
        for count in counts { starts.append((starts[starts.count - 1] + count + 15) / 16 * 16) }
        self.starts = starts
        buffer = Buffer(scratch: starts[counts.count])
    }

    subscript(array: Int) -> UnsafeMutablePointer<Float> { buffer.pointer + starts[array] }
}
