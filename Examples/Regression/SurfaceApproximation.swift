import Cognitron
import CognitronPlots
import Foundation

extension Experiment {
    /// A hidden layer of 1, 3, 10 and 50 units fitted to functions of two numbers, beside polynomials and
    /// Fourier series with as many coefficients: the units and a constant.
    ///
    /// Errors are measured at other points than the 32 × 32 that are fitted.
    ///
    /// - Source: Barron, "Universal approximation bounds for superpositions of a sigmoidal function" (1993),
    ///   where units that choose their direction need fewer coefficients than any fixed functions.
    public static let surfaceApproximation = Experiment(
        "surface-approximation", "how many hidden units a function of two numbers needs"
    ) { settings in
        let side = 45
        let (points, between) = (TargetFunction.grid(32), TargetFunction.grid(side))
        var (tables, plots): ([FindingsTable], [String: Plot]) = ([], [:])
        for target in [TargetFunction.waves, .cliff] {
            let fits = try approximationSizes.map { units -> (network: Tensor, bases: [Tensor]) in
                settings.report("\(target.name): \(units) units")
                let model = try HiddenLayerFit.model(
                    of: target, units: units, at: points, axes: 2,
                    epochs: settings.pick(full: 400, small: 40), settings)
                let bases = [
                    FunctionBasis.polynomials(units + 1, axes: 2), .fourier(units + 1, axes: 2),
                ]
                return (
                    try model.predict(between.tensor(axes: 2)),
                    bases.map { $0.fit(of: target.function, at: points, evaluatedAt: between) }
                )
            }
            let wanted = target.values(at: between)
            tables.append(approximationTable("Mean squared error, \(target.name)", fits, wanted))
            plots["surface-approximation-\(target.name)"] = try surfaces(target, fits, wanted, side: side)
        }
        return Findings(tables, plots: plots)
    }

    /// Heat maps of the function, and of each fit with its error below.
    private static func surfaces(
        _ target: TargetFunction, _ fits: [(network: Tensor, bases: [Tensor])], _ wanted: Tensor, side: Int
    ) throws -> Plot {
        let range = wanted.min()...wanted.max()
        func map(_ values: Tensor, _ caption: String) -> Plot.HeatMap {
            Plot.HeatMap(values.reshaped([side, side]), caption: [caption], range: range)
        }
        func error(_ values: Tensor) -> Plot.HeatMap {
            let text = String(format: "error² %.2g", values.squaredError(from: wanted))
            return Plot.HeatMap(
                (values - wanted).reshaped([side, side]), caption: [text], range: -0.5...0.5,
                colors: .diverging)
        }
        let kinds = ["Hidden units", "Polynomials", "Sines and cosines"]
        let rows = kinds.enumerated().flatMap { number, kind -> [(title: String, maps: [Plot.HeatMap])] in
            let values = fits.map { number == 0 ? $0.network : $0.bases[number - 1] }
            let counts = approximationSizes.map { number == 0 ? $0 : $0 + 1 }
            return [
                (kind, zip(values, counts).map { map($0, "\($1)") }),
                ("Error: blue too low, red too high, to ±0.5", values.map(error)),
            ]
        }
        return try .heatMaps(
            "A function of two numbers and what approximates it: \(target.name)",
            subtitle: "both numbers from -1 to 1",
            rows: [("Function", [map(wanted, target.name)])] + rows, side: 110)
    }
}
