import Cognitron
import Foundation

/// An optimizer of the command line, with its defaults.
struct OptimizerName: NamedValue {
    static let table = NameTable("optimizer", [sgd, adam, adamw, rmsprop, muon])

    let name: String
    private let maker:
        @Sendable (_ model: Model, _ learningRate: Float?, _ weightDecay: Float?) -> any Optimizer

    private init(
        _ name: String,
        _ make:
            @escaping @Sendable (_ model: Model, _ learningRate: Float?, _ weightDecay: Float?) ->
            any Optimizer
    ) {
        (self.name, maker) = (name, make)
    }

    /// Returns the optimizer with the given learning rate and weight decay, or its defaults.
    func make(for model: Model, _ learningRate: Float?, _ weightDecay: Float?) -> any Optimizer {
        maker(model, learningRate, weightDecay)
    }

    static let sgd = OptimizerName("sgd") { _, learningRate, weightDecay in
        SGD(learningRate: learningRate ?? 0.01, momentum: 0.9, weightDecay: weightDecay ?? 0)
    }
    static let adam = OptimizerName("adam") { _, learningRate, weightDecay in
        Adam(learningRate: learningRate ?? 0.001, weightDecay: weightDecay ?? 0)
    }
    static let adamw = OptimizerName("adamw") { _, learningRate, weightDecay in
        AdamW(learningRate: learningRate ?? 0.001, weightDecay: weightDecay ?? 0.004)
    }
    static let rmsprop = OptimizerName("rmsprop") { _, learningRate, weightDecay in
        RMSprop(learningRate: learningRate ?? 0.001, weightDecay: weightDecay ?? 0)
    }
    /// Updates the convolutions only: with it, wide dense layers overfit (docs/RESULTS.md). AdamW updates all
    /// other weights, with the same weight decay per step.
    static let muon = OptimizerName("muon") { model, learningRate, weightDecay in
        let weightDecay = weightDecay ?? 0.004
        return Muon(
            learningRate: learningRate ?? 0.001, adamWeightDecay: weightDecay, weightDecay: weightDecay,
            excludeLayers: denseKernels(of: model), adamLrRatio: adamRatio)
    }

    /// Ratio of AdamW's learning rate to Muon's.
    private static let adamRatio: Float = 0.15

    /// Patterns of the paths of kernels (inputs, units).
    private static func denseKernels(of model: Model) -> [String] {
        model.parameters.filter { $0.shape.count == 2 }.map {
            "^\(NSRegularExpression.escapedPattern(for: $0.name))$"
        }
    }
}
