import Cognitron

/// Momentum: v ← 0.9 · v + gradient; w ← w − learningRate · v
final class HeavyBall: SlotOptimizer {
    let state: OptimizerState

    init(learningRate: LearningRate = 0.01) { state = OptimizerState(learningRate: learningRate) }

    func update(_ value: inout Tensor, gradient: Tensor, of parameter: Parameter, learningRate: Float) {
        state.slots[parameter, "velocity"] *= 0.9
        state.slots[parameter, "velocity"] += gradient
        value -= state.slots[parameter, "velocity"] * learningRate
    }
}

/// Steps of one size against the gradient's sign: w ← w − learningRate · sign(gradient)
final class SignDescent: Optimizer {
    var learningRate: Float

    init(learningRate: Float) { self.learningRate = learningRate }

    func step(_ parameters: [Parameter]) {
        for parameter in parameters {
            parameter.update { value, gradient in
                value -= ((gradient .> 0) - (gradient .< 0)) * learningRate
            }
        }
    }

    func validate() throws {
        guard !(learningRate > 0 && learningRate.isFinite) else { return }
        throw CognitronError(
            .argument, "SignDescent", "invalid learningRate", expected: "a number above 0",
            got: "\(learningRate)")
    }
}
