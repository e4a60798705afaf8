import Cognitron
import CognitronPlots
import Foundation

extension Experiment {
    /// A hidden layer of 1, 3, 10 and 50 units fitted to one period of a sine and its second harmonic.
    ///
    /// - Source: Cybenko, "Approximation by superpositions of a sigmoidal function" (1989).
    public static let universalApproximation = Experiment(
        "universal-approximation", "how many hidden units a function of one number needs"
    ) { settings in
        var table = FindingsTable("Hidden units", columns: ["mean squared error"])
        var plots: [String: Plot] = [:]
        for units in [1, 3, 10, 50] {
            settings.report("\(units) units")
            let model = try fittedNetwork(units: units, settings)
            let error = try model.evaluate(wave.inputs, wave.targets)
            table.add("\(units)", [Double(error.loss)])
            plots["universal-approximation-\(units)"] = try .fit(
                of: wave.function, by: model, in: wave.range, title: "\(units) hidden units")
        }
        return Findings([table], plots: plots)
    }

    private static func fittedNetwork(units: Int, _ settings: ExperimentSettings) throws -> Sequential {
        let model = Sequential(name: "approximator")
        model.add(Input(shape: [1]))
        // The units' steps lie anywhere in the range, not all at 0.
        model.add(
            Dense(
                units, activation: .tanh, kernelInitializer: .randomUniform(minimum: -6, maximum: 6),
                biasInitializer: .randomUniform(minimum: -4, maximum: 4)))
        model.add(Dense(1))
        try model.compile(
            optimizer: Adam(learningRate: 0.02), loss: .meanSquaredError, seed: settings.seed)
        try model.fit(
            wave.inputs, wave.targets, batchSize: 40, epochs: settings.pick(full: 1500, small: 150),
            verbose: .silent)
        return model
    }

    private static let wave = SampledFunction(in: -1...1, count: 200) {
        sin(.pi * $0) + 0.5 * sin(2 * .pi * $0)
    }
}
