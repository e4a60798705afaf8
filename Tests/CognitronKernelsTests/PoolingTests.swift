import Testing

@testable import CognitronKernels

@Suite("Pooling kernels")
struct PoolingTests {
    static let geometries: [PoolingGeometry] = [(2, 2, 0), (3, 2, 1), (3, 1, 1), (2, 3, 0)].flatMap {
        pool, stride, padding in
        [1, 6, 8, 19].map { channels in
            PoolingGeometry(
                batch: 2, input: ImageSize(7, 8, channels: channels), pool: (pool, pool),
                strides: (stride, stride),
                padding: Border(padding))
        }
    }

    /// The input pixels of one window, as (offset, place in the window).
    private func window(_ g: PoolingGeometry, _ n: Int, _ oh: Int, _ ow: Int) -> [(offset: Int, place: Int)] {
        var result: [(Int, Int)] = []
        for p in 0..<g.poolHeight {
            for q in 0..<g.poolWidth {
                let (ih, iw) = (oh * g.strideY + p - g.top, ow * g.strideX + q - g.left)
                guard ih >= 0, ih < g.height, iw >= 0, iw < g.width else { continue }
                result.append((((n * g.height + ih) * g.width + iw) * g.channels, p * g.poolWidth + q))
            }
        }
        return result
    }

    private func forEachOutput(
        _ g: PoolingGeometry, _ body: (_ out: Int, _ window: [(offset: Int, place: Int)], _ c: Int) -> Void
    ) {
        for n in 0..<g.batch {
            for oh in 0..<g.outputHeight {
                for ow in 0..<g.outputWidth {
                    for c in 0..<g.channels {
                        body(
                            ((n * g.outputHeight + oh) * g.outputWidth + ow) * g.channels + c,
                            window(g, n, oh, ow), c)
                    }
                }
            }
        }
    }

    @Test("Means of many pixels keep their digits", arguments: [(1, 65), (65, 1), (40, 50), (300, 300)])
    func largeWindows(_ height: Int, _ width: Int) {
        let g = PoolingGeometry(
            batch: 2, input: ImageSize(height, width, channels: 11), pool: (height, width), strides: (1, 1))
        let x = numbers(g.inputCount).map { $0 + 1000 }
        var y = [Float](repeating: .nan, count: g.outputCount)
        AveragePooling.forward(g, x, into: &y)
        forEachOutput(g) { out, window, c in
            let mean = window.reduce(0) { $0 + Double(x[$1.offset + c]) } / Double(window.count)
            #expect(abs(Double(y[out]) - mean) < 1e-3)
        }
    }

    @Test("The maximum and its place are those of plain loops, forward and backward", arguments: geometries)
    func maximum(_ g: PoolingGeometry) {
        let (x, dy) = (numbers(g.inputCount), numbers(g.outputCount, seed: 2))
        var y = [Float](repeating: 0, count: g.outputCount)
        var places = [UInt16](repeating: 0, count: g.outputCount)
        var dx = [Float](repeating: .nan, count: g.inputCount)
        MaxPooling.forward(g, x, into: &y, places: &places)
        MaxPooling.backward(g, dy, places: places, into: &dx)
        var alone = [Float](repeating: .nan, count: g.outputCount)
        MaxPooling.forward(g, x, into: &alone, places: nil)
        #expect(alone == y)
        var expected = [Float](repeating: 0, count: g.inputCount)
        forEachOutput(g) { out, window, c in
            guard let best = window.max(by: { x[$0.offset + c] < x[$1.offset + c] }) else { return }
            #expect(y[out] == x[best.offset + c])
            #expect(Int(places[out]) == best.place)
            expected[best.offset + c] += dy[out]
        }
        #expect(relativeDifference(dx, expected) < 1e-6)
    }

    @Test("The mean counts only pixels on the image, forward and backward", arguments: geometries)
    func average(_ g: PoolingGeometry) {
        let (x, dy) = (numbers(g.inputCount), numbers(g.outputCount, seed: 2))
        var y = [Float](repeating: 0, count: g.outputCount)
        var dx = [Float](repeating: .nan, count: g.inputCount)
        AveragePooling.forward(g, x, into: &y)
        AveragePooling.backward(g, dy, into: &dx)
        var expected = [Float](repeating: 0, count: g.inputCount)
        forEachOutput(g) { out, window, c in
            let mean = window.reduce(0) { $0 + x[$1.offset + c] } / Float(window.count)
            #expect(abs(y[out] - mean) < 1e-5)
            for pixel in window { expected[pixel.offset + c] += dy[out] / Float(window.count) }
        }
        #expect(relativeDifference(dx, expected) < 1e-5)
    }

    @Test("A NaN in a window is its maximum", arguments: [1, 8])
    func maximumOfNaN(_ channels: Int) {
        let g = PoolingGeometry(
            batch: 1, input: ImageSize(2, 2, channels: channels), pool: (2, 2), strides: (2, 2),
            padding: .none)
        for place in 0..<4 {
            var x = [Float](repeating: 1, count: 4 * channels)
            x[place * channels] = .nan
            var y = [Float](repeating: 0, count: channels)
            var places = [UInt16](repeating: 9, count: channels)
            MaxPooling.forward(g, x, into: &y, places: &places)
            #expect(y[0].isNaN && places[0] == UInt16(place))
            y[0] = 0
            MaxPooling.forward(g, x, into: &y, places: nil)
            #expect(y[0].isNaN && y.dropFirst().allSatisfy { $0 == 1 })
        }
    }

    @Test(
        "Pooling over the whole image is that of plain loops, forward and backward",
        arguments: [(1, 1), (5, 3), (7, 8), (300, 19)])
    func global(_ pixels: Int, _ channels: Int) {
        let images = 3
        let kernel = GlobalPooling(images: images, pixels: pixels, channels: channels)
        let x = numbers(images * pixels * channels)
        let dy = numbers(images * channels, seed: 2)
        var mean = [Float](repeating: 0, count: dy.count)
        var largest = mean
        var places = [UInt32](repeating: 9, count: dy.count)
        var meanGradient = [Float](repeating: .nan, count: x.count)
        var largestGradient = meanGradient
        kernel.mean(x, into: &mean)
        kernel.meanBackward(dy, into: &meanGradient)
        kernel.maximum(x, into: &largest, places: &places)
        kernel.maximumBackward(dy, places: places, into: &largestGradient)
        for out in dy.indices {
            let offsets = (0..<pixels).map { (out / channels * pixels + $0) * channels + out % channels }
            let values = offsets.map { x[$0] }
            #expect(abs(mean[out] - values.reduce(0, +) / Float(pixels)) < 1e-5)
            #expect(largest[out] == values.max() && places[out] == values.firstIndex(of: largest[out])!)
            for (pixel, at) in offsets.enumerated() {
                #expect(abs(meanGradient[at] - dy[out] / Float(pixels)) < 1e-7)
                #expect(largestGradient[at] == (pixel == Int(places[out]) ? dy[out] : 0))
            }
        }
    }

    @Test("Over the whole image, the first of equal maxima counts, and a NaN is the maximum")
    func globalTies() {
        let kernel = GlobalPooling(images: 1, pixels: 4, channels: 3)
        let x: [Float] = [1, 5, -.infinity, 2, .nan, -.infinity, 2, 7, -.infinity, 0, .nan, -.infinity]
        var y = [Float](repeating: 0, count: 3)
        var places = [UInt32](repeating: 9, count: 3)
        kernel.maximum(x, into: &y, places: &places)
        #expect(y[0] == 2 && y[1].isNaN && y[2] == -.infinity)
        #expect(places == [1, 1, 0])
    }
}
