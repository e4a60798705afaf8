import Foundation
import Testing

@testable import CognitronKernels

@Suite("Random numbers")
struct PhiloxTests {
    /// The known answers of the Random123 distribution (kat_vectors, philox4x32 10).
    @Test("Philox gives the published answers")
    func knownAnswers() {
        #expect(Philox(key: 0).block(0) == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
        let ones = Philox(key: .max).block(.max, stream: .max)
        #expect(ones == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    }

    @Test("Uniform, normal and truncated numbers have their mean, deviation and bounds")
    func distributions() {
        let count = 200_000
        var x = [Float](repeating: 0, count: count)
        func moments() -> (mean: Double, deviation: Double) {
            let mean = x.reduce(0) { $0 + Double($1) } / Double(count)
            let square = x.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(count)
            return (mean, square.squareRoot())
        }
        Philox(key: 7).fillUniform(&x, count: count, low: -2, high: 4)
        #expect(abs(moments().mean - 1) < 0.02 && abs(moments().deviation - 6 / 12.0.squareRoot()) < 0.02)
        #expect(x.allSatisfy { $0 >= -2 && $0 < 4 })
        Philox(key: 7).fillNormal(&x, count: count, mean: 3, deviation: 2)
        #expect(abs(moments().mean - 3) < 0.02 && abs(moments().deviation - 2) < 0.02)
        Philox(key: 7).fillTruncatedNormal(&x, count: count, mean: 0, deviation: 1)
        #expect(x.allSatisfy { abs($0) <= 2 })
        #expect(abs(moments().deviation - 0.8796) < 0.01)
    }

    @Test("A truncated normal number is where the even number it is made of lies in the distribution")
    func truncatedQuantiles() {
        let count = 50_001
        var z = [Float](repeating: 0, count: count)
        Philox(key: 3).fillTruncatedNormal(&z, count: count, mean: 0, deviation: 1)
        for i in 0..<count {
            let u = Double(Philox(key: 3).uniforms(UInt64(i / 4))[i % 4]) + 0x1p-25
            let expected = Foundation.erf(2.0.squareRoot()) * (2 * u - 1)
            #expect(abs(Foundation.erf(Double(z[i]) / 2.0.squareRoot()) - expected) < 1e-6)
        }
    }

    @Test("A number depends on its position, not on how many are drawn or by how many threads")
    func positions() {
        let count = 40_003
        let results = withEachWorkerCount {
            var x = [[Float]](repeating: [Float](repeating: 0, count: count), count: 3)
            Philox(key: 5).fillUniform(&x[0], count: count, low: -1, high: 1)
            Philox(key: 5).fillNormal(&x[1], count: count, mean: 0, deviation: 1)
            Philox(key: 5).fillTruncatedNormal(&x[2], count: count, mean: 0, deviation: 1)
            return x
        }
        for result in results { #expect(result == results[0]) }
        var few = [Float](repeating: 0, count: 7)
        Philox(key: 5).fillTruncatedNormal(&few, count: 7, mean: 0, deviation: 1)
        #expect(few == Array(results[0][2][..<7]))
    }
}

@Suite("Vector functions")
struct VectorMathTests {
    @Test("The exponential is within 2 units in the last place from underflow to overflow")
    func exponentialIsExact() {
        for step in 0..<20_000 {
            let x = -87.0 + Float(step) * (175.0 / 20_000)
            let expected = Foundation.exp(Double(x))
            let actual = Double(Vector(repeating: x).exponential[0])
            #expect(abs(actual - expected) <= 2 * Double(Float(expected).ulp), "e^\(x)")
        }
    }

    @Test("The exponential of extremes is 0, ∞ and NaN")
    func exponentialExtremes() {
        let x = Vector(-.infinity, -200, -88, 0, 89, 200, .infinity, .nan).exponential
        #expect(x[0] == 0 && x[1] == 0 && x[2] == 0 && x[3] == 1)
        #expect(x[4] == .infinity && x[5] == .infinity && x[6] == .infinity && x[7].isNaN)
    }

    @Test("A number that is not finite is found wherever it stands", arguments: [1, 7, 8, 9, 100, 70_001])
    func isFinite(_ count: Int) {
        var x = numbers(count)
        #expect(Elementwise.isFinite(x, count: count))
        for bad in [Float.nan, .infinity, -.infinity] {
            for place in [0, count / 2, count - 1] {
                let kept = x[place]
                x[place] = bad
                #expect(!Elementwise.isFinite(x, count: count))
                x[place] = kept
            }
        }
    }

    @Test("Memory is filled to its last number and no further", arguments: [1, 32_768, 32_769, 100_003])
    func fill(_ count: Int) {
        var x = [Float](repeating: 1, count: count + 1)
        Elementwise.fill(&x, with: 7, count: count)
        #expect(x.dropLast().allSatisfy { $0 == 7 } && x[count] == 1)
    }
}

@Suite("Matrix products and sums")
struct ProductTests {
    // Products are timed for the whole process, so this needs one of its own, which older compilers cannot
    // start.
    #if compiler(>=6.2)
        @Test("Products are timed while somebody asks, shared ones as a part of the workers' common time")
        func time() async {
            await #expect(processExitsWith: .success) {
                let size = 256
                let operands = Buffer(2 * size * size)
                Philox(key: 1).fillUniform(operands.pointer, count: operands.count, low: -1, high: 1)
                let results = Buffer(2 * size * size)
                WorkerPool.shared.count = 2
                /// How much of the time of eight products by so many workers was counted, of several tries.
                func shares(workers: Int) -> [Double] {
                    (0..<20).map { _ in
                        let (began, before) = (ContinuousClock.now, ProductTime.nanoseconds)
                        WorkerPool.shared.run(tiles: 8, workers: workers) { _, worker in
                            let a = MatrixView(operands.pointer, size, size)
                            let b = MatrixView(operands.pointer + size * size, size, size)
                            BLAS.multiply(a, b, into: results.pointer + worker * size * size)
                        }
                        let taken = (.now - began) / .nanoseconds(1)
                        return Double(ProductTime.nanoseconds - before) / taken
                    }
                }
                #expect(shares(workers: 2).allSatisfy { $0 == 0 })
                ProductTime.isMeasured = true
                for (workers, least) in [(1, 0.9), (2, 0.4)] {
                    let shares = shares(workers: workers)
                    // Other processes may take the processor beside the products, hence the largest share.
                    // Where one worker takes all of them, half of the time is counted.
                    let largest = try #require(shares.max())
                    #expect(largest > least && largest <= 1, "\(workers) workers: \(shares)")
                }
                ProductTime.isMeasured = false
                #expect(shares(workers: 2).allSatisfy { $0 == 0 })
                withExtendedLifetime((operands, results)) {}
            }
        }
    #endif

    @Test(
        "A product cut for the workers equals the plain sums, transposed or not",
        arguments: [(1, 1, 1), (3, 5, 7), (300, 40, 9), (130, 700, 33), (84, 10, 512), (1, 517, 600)],
        [0, 1, 2, 3])
    func products(_ sizes: (Int, Int, Int), _ transposes: Int) {
        let (m, n, k) = sizes
        let (ta, tb) = (transposes & 1 == 1, transposes & 2 == 2)
        let (a, b) = (numbers(m * k, seed: 1), numbers(k * n, seed: 2))
        var expected = [Float](repeating: 0, count: m * n)
        for i in 0..<m {
            for j in 0..<n {
                expected[i * n + j] = (0..<k).reduce(0) {
                    $0 + (ta ? a[$1 * m + i] : a[i * k + $1]) * (tb ? b[j * k + $1] : b[$1 * n + j])
                }
            }
        }
        var c = [Float](repeating: .nan, count: m * n)
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                guard let a = a.baseAddress, let b = b.baseAddress else { return }
                let left = ta ? MatrixView(a, k, m).transposed : MatrixView(a, m, k)
                let right = tb ? MatrixView(b, n, k).transposed : MatrixView(b, k, n)
                BLAS.multiplyInParallel(left, right, into: &c)
            }
        }
        #expect(relativeDifference(c, expected) < 1e-5)
    }

    @Test(
        "A large product, in one piece or many, is the plain sums, added to what was there, and nothing between its rows",
        arguments: [(97, 65, 289), (200, 16, 577), (13, 300, 300), (1001, 1001, 1), (1, 90, 70)],
        [false, true])
    func largeProducts(_ sizes: (Int, Int, Int), _ isTransposed: Bool) {
        let (m, n, k) = sizes
        let gap = 3
        let (a, b, before) = (
            numbers(m * k, seed: 1), numbers(k * (n + gap), seed: 2), numbers(m * (n + gap), seed: 3)
        )
        var expected = before
        for i in 0..<m {
            for j in 0..<n {
                expected[i * (n + gap) + j] = (0..<k).reduce(0.5 * before[i * (n + gap) + j]) {
                    $0 + (isTransposed ? a[$1 * m + i] : a[i * k + $1]) * b[$1 * (n + gap) + j]
                }
            }
        }
        var c = before
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                guard let a = a.baseAddress, let b = b.baseAddress else { return }
                let left = isTransposed ? MatrixView(a, k, m).transposed : MatrixView(a, m, k)
                BLAS.multiply(
                    left, MatrixView(b, k, n, stride: n + gap), into: &c, stride: n + gap, beta: 0.5)
            }
        }
        #expect(relativeDifference(c, expected) < 1e-5)
    }

    @Test("Rows are summed exactly, however narrow", arguments: [1, 5, 6, 8, 31, 32, 100], [1, 7, 9, 3000])
    func sumRows(_ columns: Int, _ rows: Int) {
        let x = numbers(rows * columns)
        var sums = [Float](repeating: 1, count: columns)
        Reduction.sumRows(x, rows: rows, columns: columns, into: &sums, beta: 1)
        for c in 0..<columns {
            let expected = 1 + (0..<rows).reduce(0.0) { $0 + Double(x[$1 * columns + c]) }
            #expect(abs(Double(sums[c]) - expected) < 1e-4)
        }
    }

    @Test("Ten million terms are summed to four units in the last place")
    func longSum() {
        let x = [Float](repeating: 0.1, count: 10_000_000)
        #expect(abs(Reduction.sum(x, count: x.count) - 1_000_000.015) < 0.25)
    }

    @Test("Twenty million rows are summed to a millionth", arguments: [1, 3])
    func manyRows(_ columns: Int) {
        let rows = 20_000_000
        let x = [Float](repeating: 0.1, count: rows * columns)
        var sums = [Float](repeating: 0, count: columns)
        Reduction.sumRows(x, rows: rows, columns: columns, into: &sums)
        for sum in sums { #expect(abs(Double(sum) - 2_000_000.03) < 2) }
    }

    @Test("The gradient of a softmax over millions of equal columns vanishes where all have the same")
    func wideSoftmax() {
        let columns = 12_600_000
        let y = [Float](repeating: 1 / Float(columns), count: columns)
        var dx = [Float](repeating: 1, count: columns)
        SoftmaxKernel.backward(y, dx, into: &dx, rows: 1, columns: columns)
        #expect(dx.allSatisfy { abs($0) < 1e-5 / Float(columns) })
    }

    @Test("Statistics far from zero keep their digits")
    func statisticsWithLargeMean() {
        let (rows, channels) = (3000, 11)
        let x = numbers(rows * channels).map { $0 + 1000 }
        var (mean, variance) = (
            [Float](repeating: 0, count: channels), [Float](repeating: 0, count: channels)
        )
        BatchNormalizationKernels.statistics(
            x, rows: rows, channels: channels, mean: &mean, variance: &variance)
        for c in 0..<channels {
            let column = (0..<rows).map { Double(x[$0 * channels + c]) }
            let m = column.reduce(0, +) / Double(rows)
            let v = column.reduce(0) { $0 + ($1 - m) * ($1 - m) } / Double(rows)
            #expect(abs(Double(mean[c]) - m) < 2e-4)
            #expect(abs(Double(variance[c]) - v) < 1e-3 * v)
        }
    }

    @Test("QR gives orthonormal columns", arguments: [(4, 4), (30, 7), (1, 1)])
    func orthonormal(_ rows: Int, _ columns: Int) {
        var q = numbers(rows * columns)
        LAPACK.orthonormalize(&q, rows: rows, columns: columns)
        for i in 0..<columns {
            for j in 0..<columns {
                let product = (0..<rows).reduce(Float(0)) { $0 + q[$1 * columns + i] * q[$1 * columns + j] }
                #expect(abs(product - (i == j ? 1 : 0)) < 1e-5)
            }
        }
    }
}
