/// Peak rate of matrix products on this machine: every worker multiplies its own matrices, of a size that
/// fits its cache.
package struct SgemmPeak {
    private static let size = 512
    private static let productsPerWorker = 4
    private let workers: Int
    private let operands = Buffer(2 * size * size)
    private let results: Buffer
    /// In GFLOP/s, in the order measured.
    package private(set) var samples: [Double] = []

    /// - Parameter workers: number of workers that multiply.
    package init(workers: Int) {
        self.workers = workers
        results = Buffer(workers * Self.size * Self.size)
        Philox(key: 1).fillUniform(operands.pointer, count: operands.count, low: -1, high: 1)
    }

    /// Takes one more measurement. Interleaved with others, so that the peak is measured in the same minutes
    /// on a shared machine.
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

    /// The median and the maximum of at least one measurement, in GFLOP/s.
    package var median: Double { samples.sorted()[samples.count / 2] }
    package var fastest: Double { samples.max() ?? 0 }
}
