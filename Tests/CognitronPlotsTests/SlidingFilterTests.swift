import Cognitron
import CognitronData
import Testing

@testable import CognitronPlots

@Suite("Filters step by step, pictures as numbers")
struct SlidingFilterTests {
    /// X and F of the courses.
    private static let x = Tensor((1...16).map { Float($0) }, shape: [4, 4])
    private static let filter: Tensor = [[1, 1, 1], [2, 0, 1], [-1, -1, 0]]

    /// The numbers and words of a drawing, in order.
    private func texts(_ plot: Plot) -> [String] {
        plot.svg.components(separatedBy: "<text").dropFirst().compactMap {
            $0.components(separatedBy: ">").dropFirst().first?.components(separatedBy: "<").first
        }
    }

    private func count(_ text: String, _ plot: Plot) -> Int { texts(plot).count { $0 == text } }

    @Test("The steps of the course's convolution end in its result")
    func convolution() throws {
        let plot = try Plot.slidingFilter(over: Self.x, kernel: Self.filter)
        #expect(texts(plot).count { $0.hasPrefix("Step") } == 4)
        #expect(texts(plot).suffix(4) == ["4", "8", "20", "24"])
        // The first output is there from the first step on, the last at the end alone.
        #expect(count("24", plot) == 1)
        #expect(count("−1", plot) == 2)
    }

    @Test("Padding, strides, a sequence")
    func arguments() throws {
        let padded = try Plot.slidingFilter(over: Self.x, kernel: Self.filter, strides: 2, padding: 1)
        #expect(texts(padded).suffix(4) == ["−3", "−5", "8", "24"])
        let sequence = try Plot.slidingFilter(over: [[1, 2, 3, 4]], kernel: [[3, 5, 7]], padding: 1)
        #expect(texts(sequence).suffix(4) == ["19", "34", "49", "29"])
    }

    @Test("A transposed convolution stamps its filter")
    func transposed() throws {
        let plot = try Plot.transposedFilter(over: [[1, 2], [3, 4]], kernel: [[1, -1], [2, 1]])
        #expect(texts(plot).suffix(9) == ["1", "1", "−2", "5", "6", "−2", "6", "11", "4"])
    }

    @Test("What cannot be drawn is refused")
    func errors() {
        for (input, kernel, strides) in [
            (Tensor.ones([20, 20]), Tensor.ones([3, 3]), 1), (.ones([2, 2]), .ones([3, 3]), 1),
            (.ones([4]), .ones([3, 3]), 1), (.ones([4, 4]), .ones([3, 3]), 0),
        ] {
            #expect(throws: CognitronError.self) {
                try Plot.slidingFilter(over: input, kernel: kernel, strides: strides)
            }
        }
        #expect(throws: CognitronError.self) {
            try Plot.transposedFilter(over: .ones([9, 9]), kernel: .ones([3, 3]))
        }
    }

    @Test("A picture stands beside its numbers, one grid for each channel")
    func pixels() throws {
        let grey = Picture(height: 2, width: 3, channels: 1, pixels: [0, 10, 20, 30, 250, 255])
        let plot = try Plot.pixels(of: grey)
        #expect(texts(plot).suffix(7) == ["Grey", "0", "10", "20", "30", "250", "255"])
        #expect(plot.svg.contains("rgb(250,250,250)"))
        let colours = try Plot.pixels(of: Picture(height: 1, width: 1, channels: 3, pixels: [7, 8, 9]))
        #expect(texts(colours).suffix(6) == ["Red", "7", "Green", "8", "Blue", "9"])
        #expect(throws: CognitronError.self) {
            try Plot.pixels(
                of: Picture(height: 41, width: 1, channels: 1, pixels: Array(repeating: 0, count: 41)))
        }
    }
}

@Suite("What layers look for")
struct FeaturesPlotTests {
    @Test("Each channel has a picture, with its response before and after the ascent")
    func features() throws {
        let model = Sequential {
            Input(12, 12, 1)
            Conv2D(3, kernelSize: 3, activation: .relu, name: "first")
            Conv2D(5, kernelSize: 3, name: "second")
            Flatten()
            Dense(2)
        }
        try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 4)
        let plot = try Plot.features(of: model, limit: 4, steps: 10)
        #expect(plot.subtitle.hasPrefix("second: 4 of 5 channels"))
        #expect(plot.svg.components(separatedBy: "<image").count == 5)
        #expect(plot.svg == (try Plot.features(of: model, limit: 4, steps: 10)).svg)
        #expect(try Plot.features(of: model, layer: "first", steps: 1).subtitle.contains("3 of 3"))
        #expect(throws: CognitronError.self) { try Plot.features(of: model, layer: "third") }
        #expect(throws: CognitronError.self) { try Plot.features(of: Sequential([Input(3), Dense(1)])) }
    }
}
