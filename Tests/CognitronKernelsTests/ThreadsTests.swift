import Foundation
import Synchronization
import Testing

@testable import CognitronKernels

@Suite("Threads", .serialized)
struct ThreadsTests {
    @Test(
        "Loops treat denormal numbers as zero, however many tiles they have; their callers do not",
        arguments: [1, 64])
    func denormals(_ tiles: Int) {
        let smallest = [Float](repeating: .leastNormalMagnitude, count: tiles)
        var halves = [Float](repeating: 1, count: tiles)
        halves.withUnsafeMutableBufferPointer { halves in
            // Each tile writes an element of its own.
            nonisolated(unsafe) let halves = halves
            WorkerPool.shared.run(tiles: tiles) { tile, _ in halves[tile] = smallest[tile] * 0.5 }
        }
        #expect(halves.allSatisfy { $0 == 0 })
        #expect(smallest.allSatisfy { $0 * 0.5 > 0 })
    }

    @Test(
        "The control word is read anew after each write, and is the caller's own after a loop within a loop")
    func controlWord() {
        let word = Denormals.flush()
        let flushing = Denormals.flush()
        Denormals.restore(word)
        WorkerPool.shared.run(tiles: 2) { _, _ in
            WorkerPool.shared.run(tiles: 2) { _, _ in }
            let inside = Denormals.flush()
            #expect(inside == flushing)
        }
        let after = Denormals.flush()
        Denormals.restore(after)
        #expect(after == word)
    }

    @Test("Every tile runs exactly once", arguments: [0, 1, 2, 7, 1000])
    func everyTileOnce(_ tiles: Int) {
        let results = withEachWorkerCount { run(tiles) }
        for counts in results { #expect(counts == Array(repeating: 1, count: tiles)) }
    }

    private func run(_ tiles: Int) -> [Int] {
        let counts = Locked([Int](repeating: 0, count: tiles))
        let workers = WorkerPool.shared.count
        WorkerPool.shared.run(tiles: tiles) { tile, worker in
            #expect((0..<workers).contains(worker))
            counts.withLock { $0[tile] += 1 }
        }
        return counts.withLock { $0 }
    }

    @Test("No worker beyond those that the caller made room for takes a tile", arguments: [1, 2, 3])
    func limitedWorkers(_ limit: Int) {
        let pool = WorkerPool(4)
        defer { pool.count = 1 }
        let seen = Locked(Set<Int>())
        let tiles = Atomic<Int>(0)
        for _ in 0..<20 {
            pool.run(tiles: 16, workers: limit) { _, worker in
                usleep(50)  // long enough for every worker to come
                tiles.add(1, ordering: .relaxed)
                seen.withLock { _ = $0.insert(worker) }
            }
        }
        #expect(tiles.load(ordering: .relaxed) == 20 * 16)
        #expect(seen.withLock { $0 } == Set(0..<limit))
    }

    @Test("Where the system has no more threads to give, the pool goes on with those it got")
    func fewThreads() {
        let given = Atomic<Int>(0)
        let pool = WorkerPool(8) { worker in
            given.add(1, ordering: .relaxed).oldValue < 2 ? WorkerPool.systemThread(worker) : nil
        }
        #expect(pool.count == 3)
        let sum = Atomic<Int>(0)
        pool.run(tiles: 100) { tile, _ in sum.add(tile, ordering: .relaxed) }
        #expect(sum.load(ordering: .relaxed) == 4950)
        pool.count = 5
        #expect(pool.count == 1)
    }

    @Test("The environment asks for a number of threads, or is told what is used instead")
    func environment() {
        typealias Request = CPUBudget.Request
        #expect(Request(nil) == .nothing && Request("") == .nothing && Request("7") == .workers(7))
        for text in ["many", "0", "-3", "2.5", " 4"] { #expect(Request(text) == .invalid(text)) }
        #expect(CPUBudget.workers(for: .nothing, cores: 6) == (6, nil))
        #expect(CPUBudget.workers(for: .nothing, cores: 192) == (CPUBudget.maximumWorkers, nil))
        #expect(CPUBudget.workers(for: .workers(3), cores: 192) == (3, nil))
        #expect(CPUBudget.workers(for: .workers(1000), cores: 2) == (CPUBudget.maximumWorkers, nil))
        let (count, warning) = CPUBudget.workers(for: .invalid("many"), cores: 6)
        #expect(count == 6)
        #expect(warning?.contains("got \"many\"; 6 are used instead") == true)
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

    /// Every algorithm, in all of its forms: Winograd's two strides, large and small filters, one tile and
    /// many.
    private static let convolutions: [(ConvolutionAlgorithm, ConvolutionGeometry)] = [
        (.naive, image(3, 4)), (.im2col, image(8, 16)), (.im2col, image(8, 16, stride: 2)),
        (.im2col, image(180, 170)), (.wide, image(3, 4)),
        (.strips, image(3, 9, kernel: 5)), (.strips, image(3, 32, kernel: 5)), (.winograd, image(8, 16)),
        (.winograd, image(190, 210)), (.winograd, image(9, 20, stride: 2)),
        (.winograd, image(130, 560, stride: 2)), (.pointwise, image(24, 40, kernel: 1)),
        (.pointwise, image(24, 40, kernel: 1, stride: 2)), (.pointwise, image(515, 513, kernel: 1)),
        (.direct, image(40, 40, groups: 40)), (.direct, image(24, 48, stride: 2, groups: 12)),
        (.grouped, image(80, 48, groups: 2)), (.grouped, image(30, 12, stride: 2, groups: 3)),
    ]

    private static func image(
        _ channels: Int, _ filters: Int, kernel: Int = 3, stride: Int = 1, groups: Int = 1
    ) -> ConvolutionGeometry {
        let padding = kernel / 2
        return ConvolutionGeometry(
            batch: 5, input: ImageSize(23, 24, channels: channels), kernel: (kernel, kernel),
            filters: filters,
            strides: (stride, stride), padding: Border(padding), groups: groups)
    }

    @Test(
        "A convolution by any algorithm has the same bits for any number of threads",
        arguments: convolutions)
    func convolutionBits(_ algorithm: ConvolutionAlgorithm, _ g: ConvolutionGeometry) {
        let results = withEachWorkerCount { () -> ConvolutionProducts in
            let products = ConvolutionProducts(g, algorithm)
            #expect(products.agreesTogether(g, algorithm))
            return products
        }
        for result in results.dropFirst() {
            #expect(result.y == results[0].y)
            #expect(result.dx == results[0].dx)
            #expect(result.dw == results[0].dw)
        }
    }

    @Test("No algorithm of convolution is left out of that")
    func everyAlgorithm() {
        #expect(Set(Self.convolutions.map(\.0)) == Set(ConvolutionAlgorithm.allCases))
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
}
