import Testing

@testable import CognitronKernels

@Suite("Pooling of volumes and sequences")
struct VolumePoolingTests {
    /// A pooling, and what its windows see by the definition.
    struct Case: Sendable, CustomTestStringConvertible {
        var size: (depth: Int, height: Int, width: Int, channels: Int) = (5, 7, 6, 3)
        var pool = (2, 2, 2)
        var strides = (2, 2, 2)
        var padding: (front: Int, back: Int) = (0, 0)
        var border = Border.none

        var testDescription: String { "\(size) pool \(pool) strides \(strides) \(padding) \(border)" }

        static let batch = 2

        var pooling: VolumePooling {
            VolumePooling(
                plane: PoolingGeometry(
                    batch: Self.batch, input: ImageSize(size.height, size.width, channels: size.channels),
                    pool: (pool.1, pool.2), strides: (strides.1, strides.2), padding: border),
                depth: size.depth, poolDepth: pool.0, stride: strides.0, padding: padding)
        }

        /// Calls `body` with each output, in order, and the inputs of its window in theirs.
        func forEachOutput(_ body: (_ out: Int, _ window: [Int]) -> Void) {
            func places(_ size: Int, _ pool: Int, _ step: Int, _ before: Int, _ after: Int) -> [Range<Int>] {
                stride(from: -before, through: size + after - pool, by: step).map {
                    max(0, $0)..<min(size, $0 + pool)
                }
            }
            var out = 0
            for n in 0..<Self.batch {
                for d in places(size.depth, pool.0, strides.0, padding.front, padding.back) {
                    for h in places(size.height, pool.1, strides.1, border.top, border.bottom) {
                        for w in places(size.width, pool.2, strides.2, border.left, border.right) {
                            for c in 0..<size.channels {
                                var window: [Int] = []
                                for id in d {
                                    for ih in h {
                                        for iw in w {
                                            let row = (n * size.depth + id) * size.height + ih
                                            window.append((row * size.width + iw) * size.channels + c)
                                        }
                                    }
                                }
                                body(out, window)
                                out += 1
                            }
                        }
                    }
                }
            }
        }
    }

    static let cases: [Case] = [
        Case(), Case(pool: (3, 2, 1), strides: (1, 2, 3)), Case(pool: (3, 3, 3), strides: (1, 1, 1)),
        Case(size: (6, 5, 5, 8), pool: (3, 3, 3), padding: (1, 1), border: Border(1)),
        Case(size: (4, 4, 4, 1), pool: (2, 3, 2), padding: (1, 0), border: Border(bottom: 1, left: 1)),
        Case(size: (1, 4, 4, 19), pool: (1, 2, 2)), Case(size: (3, 1, 1, 2), pool: (3, 1, 1)),
    ]

    @Test("The maximum is that of plain loops, forward and backward", arguments: cases)
    func maximum(_ pooled: Case) {
        let pooling = pooled.pooling
        let (x, dy) = (numbers(pooling.inputCount), numbers(pooling.outputCount, seed: 2))
        var y = [Float](repeating: .nan, count: dy.count)
        var alone = y
        var places = [UInt16](repeating: 9, count: pooling.placeCount)
        var dx = [Float](repeating: .nan, count: x.count)
        pooling.maximum(x, into: &y, places: &places)
        pooling.maximum(x, into: &alone, places: nil)
        pooling.maximumBackward(dy, places: places, into: &dx)
        var (expectedY, expectedDx) = (y, [Float](repeating: 0, count: x.count))
        var count = 0
        pooled.forEachOutput { out, window in
            let best = window.max { x[$0] < x[$1] }!
            expectedY[out] = x[best]
            expectedDx[best] += dy[out]
            count += 1
        }
        #expect(count == dy.count)
        #expect(y == expectedY && alone == expectedY)
        #expect(relativeDifference(dx, expectedDx) < 1e-6)
    }

    @Test("The mean counts only pixels in the volume, forward and backward", arguments: cases)
    func mean(_ pooled: Case) {
        let pooling = pooled.pooling
        let (x, dy) = (numbers(pooling.inputCount), numbers(pooling.outputCount, seed: 2))
        var y = [Float](repeating: .nan, count: dy.count)
        var dx = [Float](repeating: .nan, count: x.count)
        pooling.mean(x, into: &y)
        pooling.meanBackward(dy, into: &dx)
        var expectedY = [Double](repeating: 0, count: dy.count)
        var expectedDx = [Double](repeating: 0, count: x.count)
        pooled.forEachOutput { out, window in
            expectedY[out] = window.reduce(0) { $0 + Double(x[$1]) } / Double(window.count)
            for pixel in window { expectedDx[pixel] += Double(dy[out]) / Double(window.count) }
        }
        #expect(relativeDifference(y, expectedY) < 1e-6)
        #expect(relativeDifference(dx, expectedDx) < 1e-6)
    }

    @Test("Of equal maxima the first in the window takes the gradient, and a NaN is the maximum")
    func ties() {
        let pooled = Case(size: (2, 2, 2, 1))
        let pooling = pooled.pooling
        var x = [Float](repeating: 1, count: 16)
        (x[3], x[5], x[6]) = (2, 2, 2)
        x[14] = .nan
        var y = [Float](repeating: 0, count: 2)
        var places = [UInt16](repeating: 9, count: pooling.placeCount)
        var dx = [Float](repeating: .nan, count: 16)
        pooling.maximum(x, into: &y, places: &places)
        pooling.maximumBackward([7, 8], places: places, into: &dx)
        #expect(y[0] == 2 && y[1].isNaN)
        #expect(dx.indices.filter { dx[$0] != 0 } == [3, 14])
        #expect(dx[3] == 7 && dx[14] == 8)
    }

    @Test("The bits are the same for any number of threads")
    func threads() {
        let pooling = Case(size: (9, 40, 40, 12), pool: (3, 3, 3), padding: (1, 1), border: Border(1)).pooling
        let (x, dy) = (numbers(pooling.inputCount), numbers(pooling.outputCount, seed: 2))
        let results = withEachWorkerCount {
            var (y, dx) = (
                [Float](repeating: .nan, count: dy.count), [Float](repeating: .nan, count: x.count)
            )
            pooling.mean(x, into: &y)
            pooling.meanBackward(dy, into: &dx)
            return y + dx
        }
        for result in results.dropFirst() { #expect(result == results[0]) }
    }

    @Test("A sequence is an image of one row")
    func sequence() {
        let g = PoolingGeometry(batch: 1, length: 5, channels: 2, pool: 3, stride: 2, padding: (1, 1))
        #expect(g.outputHeight == 1 && g.outputWidth == 3)
        var y = [Float](repeating: 0, count: 6)
        MaxPooling.forward(g, [1, 9, 4, 2, 3, 3, 0, 8, 5, 1], into: &y, places: nil)
        #expect(y == [4, 9, 4, 8, 5, 8])
        AveragePooling.forward(g, [1, 9, 4, 2, 3, 3, 0, 8, 5, 1], into: &y)
        #expect(relativeDifference(y, [2.5, 5.5, 7 / 3, 13 / 3, 2.5, 4.5]) < 1e-6)
    }
}
