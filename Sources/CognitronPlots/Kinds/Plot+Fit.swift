import Cognitron

extension Plot {
    /// A function of one number, what a model has made of it, and the functions whose sum the model's output
    /// is: a network of one hidden layer approximates by its units' functions.
    ///
    ///     output(x) = bias + Σ weight[k] · unit[k](x)
    ///
    /// - Parameters:
    ///   - model: takes (N, 1) and gives (N, 1).
    ///   - range: of the numbers x.
    ///   - samples: the points that the model was trained on, if they are to be shown.
    ///   - function: the function to approximate.
    /// - Throws: `CognitronError` where the model has another input or output.
    /// - Source: Cybenko, "Approximation by superpositions of a sigmoidal function" (1989).
    public static func fit(
        of function: (Double) -> Double, by model: Model, in range: ClosedRange<Double>,
        samples: [(Double, Double)] = [], title: String = "A function and its fit"
    ) throws -> Plot {
        guard model.inputShape == [1], model.outputShape == [1] else {
            throw CognitronError(
                .shape, model.name ?? "the model", "is no function of one number",
                expected: "inputs and outputs of shape 1",
                got:
                    "\(model.inputShape.map { "\($0)" } ?? "?") to \(model.outputShape.map { "\($0)" } ?? "?")"
            )
        }
        let count = 240
        let xs = (0..<count).map {
            range.lowerBound + (range.upperBound - range.lowerBound) * Double($0) / Double(count - 1)
        }
        let input = Tensor(xs.map { Float($0) }, shape: [count, 1])
        let ys = try model.predict(input).scalars.map(Double.init)
        let wanted = xs.map(function)
        var lines = [
            Chart.Series("function", Array(zip(xs, wanted)), style: .dashed, color: 6),
            Chart.Series("fit", Array(zip(xs, ys)), color: 1),
        ]
        if !samples.isEmpty { lines.append(Chart.Series("samples", samples, style: .points, color: 0)) }
        let error = zip(ys, wanted).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(count)
        let fit = Chart("", x: Chart.Axis("x"), y: Chart.Axis("y"), series: lines)
        let parts = try basis(of: model, at: xs)
        let charts =
            parts.isEmpty
            ? [fit]
            : [
                fit,
                Chart(
                    "Basis functions: the \(parts.count) units times their weights", x: Chart.Axis("x"),
                    y: Chart.Axis("y"), series: parts),
            ]
        return Plot(
            title, subtitle: "mean squared error \(error.significant(3))", panels: charts, height: 220)
    }

    /// What each unit of the last hidden layer adds to the output; none where the last layer is not dense.
    package static func basis(of model: Model, at xs: [Double]) throws -> [Chart.Series] {
        let input = Tensor(xs.map { Float($0) }, shape: [xs.count, 1])
        let layers = try model.expanded().children
        guard let last = layers.last?.layer as? Dense, layers.count > 1 else { return [] }
        let (head, _, index) = try model.split(after: layers[layers.count - 2].name)
        let units = try head.predict([input] as [any Samples])[index]
        guard units.rank == 2 else { return [] }
        let weights = last.kernel.value.scalars
        return (0..<units.shape[1]).map { unit in
            let values = units.slice(axis: 1, unit).scalars.map { Double($0 * weights[unit]) }
            var line = Chart.Series("", Array(zip(xs, values)), color: unit)
            (line.isFaint, line.hasDots) = (true, false)
            return line
        }
    }
}
