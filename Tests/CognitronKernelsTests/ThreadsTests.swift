import Foundation
import Synchronization
import Testing

@testable import CognitronKernels

@Suite("Threads", .serialized)
struct ThreadsTests {
    @Test("Every tile runs exactly once", arguments: [0, 1, 2, 7, 1000])
    func everyTileOnce(_ tiles: Int) {
        let results = withEachWorkerCount { run(tiles) }
        for counts in results { #expect(counts == Array(repeating: 1, count: tiles)) }
    }

    private func run(_ tiles: Int) -> [Int] {
        let counts = Mutex([Int](repeating: 0, count: tiles))
        let workers = WorkerPool.shared.count
        WorkerPool.shared.run(tiles: tiles) { tile, worker in
            #expect((0..<workers).contains(worker))
            counts.withLock { $0[tile] += 1 }
        }
        return counts.withLock { $0 }
    }

    @Test("Loops within loops and from several threads at once are all done")
    func nestedAndConcurrent() {
        let sum = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: 6) { _ in
            for _ in 0..<20 {
                WorkerPool.shared.run(tiles: 5) { _, _ in
                    WorkerPool.shared.run(tiles: 3) { tile, _ in sum.add(tile, ordering: .relaxed) }
                }
            }
        }
        #expect(sum.load(ordering: .relaxed) == 6 * 20 * 5 * 3)
    }

    @Test(
        "A convolution has the same bits for any number of threads",
        arguments: [
            (.im2col, 8, 16, 1), (.im2col, 8, 16, 2), (.im2col, 180, 170, 1), (.wide, 3, 4, 1),
            (.winograd, 8, 16, 1),
            (.winograd, 190, 210, 1),
        ] as [(ConvolutionAlgorithm, Int, Int, Int)])
    func convolutionBits(_ algorithm: ConvolutionAlgorithm, _ c: Int, _ oc: Int, _ stride: Int) {
        let g = ConvolutionGeometry(
            batch: 5, input: (11, 12, c), kernel: (3, 3), filters: oc, strides: (stride, stride),
            padding: (1, 1, 1, 1))
        let results = withEachWorkerCount { ConvolutionProducts(g, algorithm) }
        for result in results.dropFirst() {
            #expect(result.y == results[0].y)
            #expect(result.dx == results[0].dx)
            #expect(result.dw == results[0].dw)
        }
    }

    @Test("Sums, statistics and products have the same bits for any number of threads")
    func reductionBits() {
        let (rows, columns) = (5000, 37)
        let x = numbers(rows * columns)
        let results = withEachWorkerCount { () -> [[Float]] in
            var sums = [Float](repeating: 0, count: columns)
            var mean = sums
            var variance = sums
            var product = [Float](repeating: 0, count: columns * columns)
            Reduction.sumRows(x, rows: rows, columns: columns, into: &sums)
            BatchNormalizationKernels.statistics(
                x, rows: rows, channels: columns, mean: &mean, variance: &variance)
            x.withUnsafeBufferPointer {
                guard let base = $0.baseAddress else { return }
                let view = MatrixView(base, rows, columns)
                BLAS.multiplyInParallel(view.transposed, view, into: &product)
            }
            return [sums, mean, variance, product]
        }
        for result in results.dropFirst() { #expect(result == results[0]) }
    }

    @Test("Memory that is given back is handed out again, aligned to 64 bytes")
    func bufferReuse() {
        let addresses = (0..<20).map { _ in UInt(bitPattern: Buffer(54_321).pointer) }
        #expect(Set(addresses).count < 20)
        #expect(addresses.allSatisfy { $0 % 64 == 0 })
        #expect(BufferPool.sizeClass(54_321) == BufferPool.sizeClass(54_320))
        for count in [1, 127, 128, 129, 1000, 1 << 20, (1 << 20) + 1] {
            #expect(BufferPool.sizeClass(count) >= count)
            #expect(BufferPool.sizeClass(count) <= max(128, count + count / 4))
        }
    }
}
