import Testing

@testable import CognitronKernels

/// Results at addresses that vectors cannot be streamed to are written the usual way: both must be the same.
@Suite("Results past the caches")
struct StreamingTests {
    /// The same `count` floats made at an address for streaming and at one that is not.
    private func bothWays(_ count: Int, columns: Int, _ make: (UnsafeMutablePointer<Float>) -> Void)
        -> (streamed: [Float], usual: [Float])
    {
        let results = [0, 1].map { offset in
            let buffer = Buffer(count + 1)
            let result = buffer.pointer + offset
            result.update(repeating: .nan, count: count)
            #expect(Streaming.suits(result, count: count, columns: columns) == (offset == 0))
            make(result)
            return Array(UnsafeBufferPointer(start: result, count: count))
        }
        return (results[0], results[1])
    }

    @Test(
        "Winograd's tiles, whole and cut off by the edges, of all filters and of some after others",
        arguments: [
            (20, 31, 8, 56, 1), (17, 32, 16, 64, 1), (11, 30, 600, 120, 1), (50, 33, 24, 88, 2),
        ])
    func winograd(_ batch: Int, _ side: Int, _ channels: Int, _ filters: Int, _ stride: Int) {
        let g = ConvolutionGeometry(
            batch: batch, input: ImageSize(side, side, channels: channels), kernel: (3, 3), filters: filters,
            strides: (stride, stride), padding: Border(1))
        let (x, w) = (numbers(g.inputCount), numbers(g.weightCount, seed: 2))
        let bias = numbers(filters, seed: 3)
        let (streamed, usual) = bothWays(g.outputCount, columns: filters) {
            Convolution(g, algorithm: .winograd).forward(x, w, bias: bias, bounds: .relu, into: $0)
        }
        #expect(streamed == usual)
    }

    /// `count` random numbers for each channel, in memory that outlives the test's closures.
    private struct ChannelNumbers {
        private let buffer: Buffer
        private let channels: Int

        init(_ count: Int, channels: Int) {
            self.channels = channels
            buffer = Buffer(count * channels)
            Philox(key: 9).fillUniform(buffer.pointer, count: buffer.count, low: -1, high: 1)
        }

        subscript(_ number: Int) -> UnsafePointer<Float> { UnsafePointer(buffer.pointer + number * channels) }
    }

    @Test("Normalised pictures", arguments: [true, false])
    func normalization(_ isRectified: Bool) {
        let (rows, channels) = (1 << 17, 24)
        let x = numbers(rows * channels)
        let of = ChannelNumbers(3, channels: channels)
        let residual = Buffer(rows * channels)
        Philox(key: 4).fillUniform(residual.pointer, count: residual.count, low: -1, high: 1)
        for residual in [nil, UnsafePointer(residual.pointer)] {
            let (streamed, usual) = bothWays(rows * channels, columns: channels) { y in
                BatchNormalizationKernels.apply(
                    x, rows: rows, channels: channels, by: (of[0], of[1], of[2]), residual: residual,
                    isRectified: isRectified, into: y)
            }
            #expect(streamed == usual)
        }
        withExtendedLifetime((residual, of)) {}
    }

    @Test("The gradient of normalised pictures", arguments: [true, false])
    func normalizationGradient(_ isRectified: Bool) {
        let (rows, channels) = (1 << 17, 24)
        let (x, dy) = (numbers(rows * channels), numbers(rows * channels, seed: 2))
        let of = ChannelNumbers(6, channels: channels)
        let (streamed, usual) = bothWays(rows * channels, columns: channels) { dx in
            BatchNormalizationKernels.backward(
                x, dy, rows: rows, channels: channels, gate: isRectified ? (of[4], of[5]) : nil,
                by: (of[0], of[1], of[2], of[3]), into: dx)
        }
        withExtendedLifetime(of) {}
        #expect(streamed == usual)
    }

    @Test("Normalised and pooled pictures, and their gradient")
    func pooledNormalization() {
        let size = PooledNormalization(images: 70, ImageSize(64, 64, channels: 16))
        let (count, channels) = (70 * 64 * 64 * 16, 16)
        let x = numbers(count)
        let of = ChannelNumbers(4, channels: channels)
        var selected = [Float](repeating: .nan, count: count / 4)
        let pooled = bothWays(count / 4, columns: channels) { y in
            let both = bothWays(count / 4, columns: channels) { selected in
                size.forward(
                    x, by: (of[0], of[1], of[2]), isRectified: true, into: y, selected: selected)
            }
            #expect(both.streamed == both.usual)
            selected = both.usual
        }
        #expect(pooled.streamed == pooled.usual)
        let dy = numbers(count / 4, seed: 4)
        let gradient = bothWays(count, columns: channels) {
            size.backward(
                x, dy, selected: selected, gate: nil, by: (of[0], of[1], of[2], of[3]), into: $0)
        }
        withExtendedLifetime(of) {}
        #expect(gradient.streamed == gradient.usual)
    }

    @Test("What a cache holds, or has no whole vectors, is written the usual way")
    func unsuited() {
        let buffer = Buffer(Streaming.fewest)
        #expect(Streaming.suits(buffer.pointer, count: Streaming.fewest, columns: 64))
        #expect(!Streaming.suits(buffer.pointer, count: Streaming.fewest - 1, columns: 64))
        #expect(!Streaming.suits(buffer.pointer, count: Streaming.fewest, columns: 12))
        #expect(!Streaming.suits(buffer.pointer + 4, count: Streaming.fewest, columns: 64))
    }
}
