import CognitronKernels

/// Repeatable numbers in -1..<1 for operands.
func numbers(_ count: Int, seed: UInt64 = 1) -> [Float] {
    var result = [Float](repeating: 0, count: count)
    Philox(key: seed).fillUniform(&result, count: count, low: -1, high: 1)
    return result
}

/// The largest difference relative to the largest expected value; infinite where one is not a number.
func relativeDifference<Expected: BinaryFloatingPoint>(_ actual: [Float], _ expected: [Expected]) -> Expected
{
    let scale = expected.reduce(Expected.leastNormalMagnitude) { max($0, abs($1)) }
    return zip(actual, expected).reduce(0) {
        let difference = abs(Expected($1.0) - $1.1)
        return difference.isNaN ? .infinity : max($0, difference)
    } / scale
}

/// `body` with each number of workers in turn.
func withEachWorkerCount<R>(_ counts: [Int] = [1, 2, 3, 4], _ body: () throws -> R) rethrows -> [R] {
    let before = WorkerPool.shared.count
    defer { WorkerPool.shared.count = before }
    return try counts.map {
        WorkerPool.shared.count = $0
        return try body()
    }
}
