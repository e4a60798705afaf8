import Cognitron

/// A network with one hidden layer, fitted to a function: the sum of its units' functions, each with a
/// weight.
///
/// A unit is a step of some steepness, place and, with two numbers, direction, which training chooses; the
/// functions of a `FunctionBasis` are fixed.
enum HiddenLayerFit {
    static func model(
        of target: TargetFunction, units: Int, at points: [FunctionBasis.Point], axes: Int, epochs: Int,
        _ settings: ExperimentSettings
    ) throws -> Sequential {
        let model = Sequential(name: "approximator")
        model.add(Input(shape: [axes]))
        // The units' steps, at -bias / weight, lie all over the range, and few beyond it, where a unit is
        // constant.
        model.add(
            Dense(
                units, activation: .tanh, kernelInitializer: .randomUniform(minimum: -6, maximum: 6),
                biasInitializer: .randomUniform(minimum: -2, maximum: 2)))
        model.add(Dense(1))
        let batchSize = 40
        let steps = epochs * ((points.count + batchSize - 1) / batchSize)
        try model.compile(
            optimizer: Adam(
                learningRate: .cosineDecay(initialLearningRate: 0.02, decaySteps: steps, alpha: 0.01)),
            loss: .meanSquaredError, seed: settings.seed)
        try model.fit(
            points.tensor(axes: axes), target.values(at: points), batchSize: batchSize, epochs: epochs,
            verbose: .silent)
        return model
    }
}
