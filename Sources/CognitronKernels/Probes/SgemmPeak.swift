/// The fastest this machine multiplies matrices: every worker with products of its own, as large as its cache likes.
package struct SgemmPeak {
    private static let size = 512
    private static let productsPerWorker = 4
    private let workers: Int
    private let operands = Buffer(2 * size * size)
    private let results: Buffer
    /// In GFLOP/s, in the order they were taken.
    package private(set) var samples: [Double] = []

    /// - Parameter workers: how many multiply, of those there are.
    package init(workers: Int) {
        self.workers = workers
        results = Buffer(workers * Self.size * Self.size)
        Philox(key: 1).fillUniform(operands.pointer, count: operands.count, low: -1, high: 1)
    }

    /// One more measurement. Called between others, so that the peak is that of the same minutes on a shared machine.
    package mutating func sample(repetitions: Int = 3) {
        let size = Self.size
        let timing = withExtendedLifetime((operands, results)) {
            Timing(repetitions: repetitions) {
                WorkerPool.shared.run(tiles: workers * Self.productsPerWorker, workers: workers) {
                    _, worker in
                    let a = operands.pointer
                    BLAS.multiply(
                        MatrixView(a, size, size), MatrixView(a + size * size, size, size),
                        into: results.pointer + worker * size * size)
                }
            }
        }
        let flops = 2.0 * Double(size * size * size) * Double(workers * Self.productsPerWorker)
        samples.append(flops / timing.median / 1e9)
    }

    /// The median and the largest of at least one measurement, in GFLOP/s.
    package var median: Double { samples.sorted()[samples.count / 2] }
    package var fastest: Double { samples.max() ?? 0 }
}
