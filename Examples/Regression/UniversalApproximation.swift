import Cognitron
import CognitronPlots
import Foundation

extension Experiment {
    /// A hidden layer of 1, 3, 10 and 50 units fitted to functions of one number, beside polynomials and
    /// Fourier series with as many coefficients: the units and a constant.
    ///
    /// Errors are measured at other points than the 200 that are fitted.
    ///
    /// - Source: Cybenko, "Approximation by superpositions of a sigmoidal function" (1989).
    public static let universalApproximation = Experiment(
        "universal-approximation", "how many hidden units a function of one number needs"
    ) { settings in
        let (points, between) = (TargetFunction.line(200), TargetFunction.line(997))
        var (tables, plots): ([FindingsTable], [String: Plot]) = ([], [:])
        for target in [TargetFunction.wave, .step] {
            let columns = try approximationSizes.map { units in
                settings.report("\(target.name): \(units) units")
                return try CurveFits(target, units: units, points: points, between: between, settings)
            }
            tables.append(
                approximationTable(
                    "Mean squared error, \(target.name)", columns.map { ($0.network, $0.bases) },
                    target.values(at: between)))
            plots["universal-approximation-\(target.name)"] = try CurveFits.plot(columns, target, between)
        }
        return Findings(tables, plots: plots)
    }

    static let approximationSizes = [1, 3, 10, 50]

    /// Errors by the number of units: a row for networks, and one for each basis.
    static func approximationTable(
        _ title: String, _ fits: [(network: Tensor, bases: [Tensor])], _ wanted: Tensor
    ) -> FindingsTable {
        var table = FindingsTable(title, columns: approximationSizes.map { "\($0) units" })
        table.add("hidden layer", fits.map { $0.network.squaredError(from: wanted) })
        for (number, name) in ["polynomials", "Fourier series"].enumerated() {
            table.add(name, fits.map { $0.bases[number].squaredError(from: wanted) })
        }
        return table
    }
}

/// What a network of so many units, polynomials and a Fourier series make of a function.
private struct CurveFits {
    let units: Int
    let model: Sequential
    /// The values between the fitted points, (N, 1).
    let network: Tensor
    /// Those of polynomials and of a Fourier series.
    let bases: [Tensor]

    init(
        _ target: TargetFunction, units: Int, points: [FunctionBasis.Point], between: [FunctionBasis.Point],
        _ settings: ExperimentSettings
    ) throws {
        self.units = units
        model = try HiddenLayerFit.model(
            of: target, units: units, at: points, axes: 1, epochs: settings.pick(full: 1500, small: 200),
            settings)
        network = try model.predict(between.tensor(axes: 1))
        bases = [FunctionBasis.polynomials(units + 1, axes: 1), .fourier(units + 1, axes: 1)].map {
            $0.fit(of: target.function, at: points, evaluatedAt: between)
        }
    }

    /// A column for each number of units: the network, its units' functions, polynomials, Fourier series.
    static func plot(
        _ fits: [CurveFits], _ target: TargetFunction, _ points: [FunctionBasis.Point]
    ) throws -> Plot {
        let xs = points.map(\.x)
        let wanted = target.values(at: points)
        let axis = Chart.Axis("")
        func chart(_ title: String, _ values: Tensor) -> Chart {
            let lines = [
                Chart.Series("", zipped(xs, wanted), style: .dashed, color: 6),
                Chart.Series("", zipped(xs, values), color: 1),
            ]
            return Chart(
                title, x: axis, y: Chart.Axis("", range: -1.6...1.6), series: lines.map(\.withoutDots))
        }
        let rows = [
            fits.map { chart("\($0.units) hidden units", $0.network) },
            try fits.map { Chart("their functions", x: axis, y: axis, series: try .basis(of: $0.model)) },
            fits.map { chart("\($0.units + 1) polynomials", $0.bases[0]) },
            fits.map { chart("\($0.units + 1) sines and cosines", $0.bases[1]) },
        ]
        return Plot(
            "A function and what approximates it: \(target.name)",
            subtitle: "dashed: the function; below each network its units' functions times their weights",
            grid: rows, width: 230, height: 110)
    }

    private static func zipped(_ xs: [Double], _ values: Tensor) -> [(Double, Double)] {
        Array(zip(xs, values.scalars.map(Double.init)))
    }
}

extension [Chart.Series] {
    /// What each hidden unit adds to the output of a network of one number.
    fileprivate static func basis(of model: Model) throws -> [Chart.Series] {
        try Plot.basis(of: model, at: TargetFunction.line(240).map(\.x))
    }
}

extension Chart.Series {
    fileprivate var withoutDots: Chart.Series {
        var copy = self
        copy.hasDots = false
        return copy
    }
}
