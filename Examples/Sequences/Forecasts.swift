import Cognitron
import CognitronData
import CognitronPlots
import Foundation

extension Experiment {
    /// Forecasts of series by an LSTM, beside "as yesterday" and a linear model of the same steps.
    public static let forecasts = Experiment(
        "forecasts", "series forecast by an LSTM, beside \"as yesterday\" and a linear model"
    ) { settings in
        let horizon = 5
        var series = [ForecastSeries.logistic, .mackeyGlass(settings.pick(full: 3_000, small: 1_200))]
        if settings.scale == .full { series += try ForecastSeries.recorded(settings) }
        var tables: [FindingsTable] = []
        var charts: [Chart] = []
        for steps in [1, horizon] {
            var table = FindingsTable(
                "Root of the mean square, \(steps == 1 ? "next step" : "\(steps) steps ahead")",
                columns: ["as yesterday", "linear", "LSTM"])
            for one in series {
                settings.report("\(one.name), \(steps)")
                let (scores, chart) = try one.forecast(steps: steps, settings)
                table.add(one.name, scores)
                if steps == horizon { charts.append(chart) }
            }
            tables.append(table)
        }
        return Findings(
            tables, plots: ["forecasts": Plot("Five steps ahead", panels: charts)],
            notes: ["Errors are shares of the series' standard deviation. The last fifth is for testing."])
    }
}

/// A series of numbers, one a step.
struct ForecastSeries: Sendable {
    let name: String
    let values: [Double]
    /// The steps that a forecast looks at.
    var window = 24

    /// x′ = 4 x (1 − x): chaotic, and yet known from one step to the next.
    static var logistic: ForecastSeries {
        var x = 0.3
        let values = (0..<1_200).map { _ -> Double in
            x = 4 * x * (1 - x)
            return x
        }
        return ForecastSeries(name: "logistic map", values: values, window: 8)
    }

    /// The delayed feedback of blood cells, chaotic at a delay of 17: x′ = 0.2 x₋₁₇ / (1 + x₋₁₇¹⁰) − 0.1 x.
    ///
    /// - Source: Mackey and Glass, "Oscillation and Chaos in Physiological Control Systems" (1977).
    static func mackeyGlass(_ count: Int) -> ForecastSeries {
        var x = [Double](repeating: 1.2, count: 18)
        for _ in 0..<count * 3 + 300 {
            let (now, past) = (x[x.count - 1], x[x.count - 18])
            x.append(now + 0.2 * past / (1 + pow(past, 10)) - 0.1 * now)
        }
        let values = stride(from: 300, to: x.count, by: 3).map { x[$0] }
        return ForecastSeries(name: "Mackey-Glass", values: Array(values.prefix(count)))
    }

    /// Sunspots by year, and the lynx of Canada, out of the package sktime.
    static func recorded(_ settings: ExperimentSettings) throws -> [ForecastSeries] {
        try RecordedSeries.all(from: settings.data)
    }

    /// Errors of the three forecasts as shares of the standard deviation, and a drawing of the last ones.
    func forecast(
        steps: Int, _ settings: ExperimentSettings
    ) throws -> (scores: [Double], chart: Chart) {
        let first = values.count * 4 / 5
        let mean = values[..<first].reduce(0, +) / Double(first)
        let deviation = (values[..<first].reduce(0) { $0 + pow($1 - mean, 2) } / Double(first)).squareRoot()
        let scaled = values.map { Float(($0 - mean) / deviation) }
        // The value that is forecast stands at these places.
        let (train, test) = (Array(window + steps - 1..<first), Array(first..<values.count))
        let (x, y) = (
            inputs(scaled, train, steps), Tensor(train.map { scaled[$0] }, shape: [train.count, 1])
        )
        let (given, truth) = (inputs(scaled, test, steps), test.map { scaled[$0] })
        let yesterday = test.map { scaled[$0 - steps] }
        let flat = x.reshaped([train.count, window])
        let linear = flat.withOnes.leastSquares(y)
        let straight = given.reshaped([test.count, window]).withOnes.matmul(linear).scalars

        let model = Sequential([Input(window, 1), LSTM(32), Dense(1)])
        let epochs = settings.pick(full: 60, small: 25)
        try model.compile(
            optimizer: Adam(
                learningRate: .cosineDecay(
                    initialLearningRate: 0.005, decaySteps: epochs * ((train.count + 31) / 32))),
            loss: .meanSquaredError, gradients: [.clip(globalNorm: 1)], seed: settings.seed)
        try model.fit(x, y, epochs: epochs, verbose: .silent)
        let found = try model.predict(given).scalars

        func error(_ forecast: [Float]) -> Double {
            let squares = zip(forecast, truth).reduce(0.0) { $0 + pow(Double($1.0 - $1.1), 2) }
            return (squares / Double(truth.count)).squareRoot()
        }
        func line(_ name: String, _ values: [Float], _ style: Chart.Series.Style = .line) -> Chart.Series {
            let shown = values.prefix(80).enumerated()
            return Chart.Series(
                name, shown.map { (Double($0.offset), Double($0.element) * deviation + mean) }, style: style)
        }
        let chart = Chart(
            name, x: Chart.Axis("step of the test part", scale: .whole), y: Chart.Axis("value"),
            series: [line("truth", truth), line("LSTM", found, .dashed), line("as yesterday", yesterday)])
        return ([error(yesterday), error(straight), error(found)], chart)
    }

    /// The steps up to `steps` before each place: (N, window, 1).
    private func inputs(_ scaled: [Float], _ places: [Int], _ steps: Int) -> Tensor {
        Tensor(
            places.flatMap { scaled[$0 - steps - window + 1...$0 - steps] },
            shape: [places.count, window, 1])
    }
}

extension Tensor {
    /// With a column of ones, for a constant.
    fileprivate var withOnes: Tensor { padded([(0, 0), (0, 1)], with: 1) }
}
