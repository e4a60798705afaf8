import Cognitron
import CognitronKernels

/// The fastest this machine multiplies matrices: every worker with products of its own, as large as its cache likes.
struct SgemmPeak {
    private static let size = 512
    private static let productsPerWorker = 4
    private let operands = Tensor.randomUniform([2, size, size], in: -1..<1, seed: 1)
    private var samples: [Double] = []

    /// One more measurement. Called between others, so that the peak is that of the same minutes on a shared machine.
    mutating func sample() {
        let size = Self.size
        let workers = Threads.count
        let results = Buffer(workers * size * size)
        let timing = Timing(repetitions: 3) {
            WorkerPool.shared.run(tiles: workers * Self.productsPerWorker, workers: workers) { _, worker in
                operands.withUnsafeScalars {
                    guard let a = $0.baseAddress else { return }
                    BLAS.multiply(
                        MatrixView(a, size, size), MatrixView(a + size * size, size, size),
                        into: results.pointer + worker * size * size)
                }
            }
        }
        let flops = 2.0 * Double(size * size * size) * Double(workers * Self.productsPerWorker)
        samples.append(flops / timing.median / 1e9)
    }

    /// Of all measurements.
    var figure: Figure { Figure("peak/sgemm", "GFLOP/s", samples: samples) }
}
