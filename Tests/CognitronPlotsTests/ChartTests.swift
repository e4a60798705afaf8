import Cognitron
import Foundation
import Testing

@testable import CognitronPlots

@Suite("Charts")
struct ChartTests {
    @Test("Ticks are round values within the range")
    func ticks() {
        #expect(Ticks(linear: 0...1, count: 5).texts == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"])
        #expect(Ticks(linear: -0.3...0.31, count: 3).texts == ["−0.2", "0.0", "0.2"])
        #expect(Ticks(linear: 0.6...3.4, count: 8, isWhole: true).texts == ["1", "2", "3"])
        #expect(
            Ticks(linear: 0.5...1, count: 5, isShare: true).texts == [
                "50 %", "60 %", "70 %", "80 %", "90 %", "100 %",
            ])
        #expect(Ticks(logarithmic: 0.001...1).texts == ["0.001", "0.01", "0.1", "1"])
        #expect(Ticks(logarithmic: 1e-7...1e-6).texts.contains("10⁻⁷"))
    }

    @Test("No range has more marks than an axis has room for", arguments: 0..<40)
    func tickCounts(power: Int) {
        let span = pow(10, Double(power - 20))
        for share in [0.11, 0.5, 0.99, 1.7] {
            let ticks = Ticks(linear: 3 * span...(3 + share) * span, count: 5)
            #expect((2...11).contains(ticks.values.count), "\(ticks)")
            #expect(Set(ticks.texts).count == ticks.texts.count, "\(ticks.texts)")
        }
    }

    @Test(
        "Numbers are short and exact",
        arguments: [
            (0.0, "0"), (0.12345, "0.123"), (12.0, "12"), (99999, "99999"), (1e5, "10⁵"),
            (2.5e-7, "2.5·10⁻⁷"),
            (-1234.5, "−1235"), (.nan, "nan"), (-.infinity, "−∞"),
        ])
    func significantNumbers(value: Double, text: String) {
        #expect(value.significant(3) == text)
    }

    @Test("Curves show both curves with their last values, and the learning rate")
    func curves() throws {
        let plot = Plot.curves(
            history([
                "loss": [2, 1, 0.5], "val_loss": [2.1, 1.2, 0.75], "accuracy": [0.2, 0.6, 0.8],
                "val_accuracy": [0.1, 0.5, 0.7125],
            ]),
            title: "LeNet", learningRates: [0.1, 0.01, 0.001])
        let texts = try check(plot).contents
        #expect(texts.contains("validation (last 0.75)") && texts.contains("validation (last 71.25 %)"))
        #expect(texts.contains("training (last 0.5)"))
        #expect(texts.contains("learning rate (last 0.001)"))
        #expect(texts.firstIndex(of: "Loss").map { $0 < texts.firstIndex(of: "Accuracy") ?? 0 } == true)
    }

    @Test("One epoch is a point, and no epoch an empty chart")
    func fewEpochs() throws {
        let one = try check(Plot.curves(history(["loss": [2], "val_loss": [2.1]])))
        #expect(one.contents.contains("1 epoch") && one.counts["circle"] == 2)
        #expect(one.contents.filter { $0 == "1" }.count == 1)
        try check(Plot.curves(History()))
    }

    @Test("Numbers that are not finite leave a gap and a cross")
    func notFinite() throws {
        let plot = Plot.curves(history(["loss": [2, .nan, 1, .infinity, 0.5]]))
        let reader = try check(plot)
        #expect(reader.counts["circle"] == 3)
        #expect(plot.svg.contains("nan at 2") && plot.svg.contains("∞ at 4"))
        try check(Plot.curves(history(["loss": [.nan, .nan]])))
    }

    @Test("A score measured every second epoch stands at its epochs")
    func rareValidation() throws {
        let plot = Plot.curves(history(["loss": [4, 3, 2, 1], "val_loss": [3, 2]]))
        let reader = try check(plot)
        #expect(reader.counts["circle"] == 6)
        // The last validation stands above the last epoch, as the last loss does.
        let circles = plot.svg.matches(of: /circle cx="([\d.]+)"/).map { String($0.1) }
        #expect(circles[3] == circles[5] && circles[1] == circles[4])
    }

    @Test("A wide range of losses is drawn by powers of ten")
    func wideLoss() throws {
        let texts = try check(Plot.curves(history(["loss": [1000, 10, 0.1, 0.001]]))).contents
        #expect(texts.contains("0.001") && texts.contains("1000"))
    }

    @Test("Bars stand on 0 and show their numbers to the pointer")
    func bars() throws {
        let chart = Chart(
            "Counts", x: .init("bin"), y: .init("count"),
            series: [
                .init("a", [(1, 4), (2, 2)], style: .bars), .init("b", [(1, 1), (2, 3)], style: .bars),
            ])
        let plot = chart.plot()
        try check(plot)
        let heights = plot.svg.matches(of: /height="([\d.]+)" fill="#0072b2"/).compactMap { Double($0.1) }
        // The legend's sample, then the bars.
        #expect(heights.count == 3 && abs(heights[1] / heights[2] - 2) < 0.01)
        #expect(plot.svg.contains("<title>1: 4</title>"))
    }

    @Test("A function, its fit and its units: the units and the bias add up to the fit")
    func universalApproximation() throws {
        let hidden = Dense(3, activation: .tanh)
        let model = Sequential([Input(1), hidden, Dense(1)])
        try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 1)
        try model.build([1])
        let plot = try Plot.fit(of: { $0 * $0 }, by: model, in: -1...1, samples: [(0, 0), (1, 1)])
        let texts = try check(plot).contents
        #expect(texts.contains("Basis functions: the 3 units times their weights"))
        #expect(texts.contains { $0.hasPrefix("mean squared error") })
        let wide = Sequential([Input(2), Dense(1)])
        #expect(throws: CognitronError.self) { try Plot.fit(of: { $0 }, by: wide, in: 0...1) }
    }
}

/// A history of such scores.
func history(_ scores: [String: [Float]]) -> History {
    History(epochs: Array(1...(scores.values.map(\.count).max() ?? 1)), scores: scores)
}
