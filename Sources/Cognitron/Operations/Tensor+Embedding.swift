import CognitronKernels

// Tokens: whole numbers that name rows of a table.

extension Tensor {
    /// The place of the first element that is no whole number from 0 to `limit − 1`; nil if all are.
    func placeOfWrongToken(below limit: Int) -> Int? {
        let limit = Float(limit)
        return withUnsafeScalars { scalars in
            scalars.firstIndex { !($0 >= 0 && $0 < limit && $0 == $0.rounded(.towardZero)) }
        }
    }

    /// The elements as indices of rows. Others than 0 to `limit − 1` stop the program.
    func tokens(below limit: Int) -> [Int] {
        if let place = placeOfWrongToken(below: limit) {
            fail("token \(scalars[place].text); expected a whole number from 0 to \(limit - 1)")
        }
        return withUnsafeScalars { $0.map { Int($0) } }
    }

    /// result ← beta · result, with each row of self added to the row of the result at its index: the
    /// gradient of `gathering(_:axis:)` along axis 0, with self as dy. Of a result that holds something
    /// already only the rows at the indices are touched.
    ///
    /// - Parameters:
    ///   - result: `(rows, …)`; may start undefined if `beta` is 0.
    ///   - beta: 0 or 1.
    func addRows(at indices: [Int], into result: inout Tensor, beta: Float) {
        let (y, g) = (result.mutablePointer, result.geometry(0))
        if beta == 0 { Elementwise.fill(y, with: 0, count: result.count) }
        indices.withUnsafeBufferPointer { Gather.scatterAdd(pointer, $0, into: y, g) }
        withExtendedLifetime(self) {}
    }
}
