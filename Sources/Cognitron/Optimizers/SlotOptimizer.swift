/// An optimizer that updates each parameter by itself, with arrays (slots) of its own for each.
///
///     /// Momentum: v ← 0.9 · v + gradient; w ← w − learningRate · v
///     final class HeavyBall: SlotOptimizer {
///         let state: OptimizerState
///         init(learningRate: LearningRate = 0.01) { state = OptimizerState(learningRate: learningRate) }
///
///         func update(
///             _ value: inout Tensor, gradient: Tensor, of parameter: Parameter, learningRate: Float
///         ) {
///             state.slots[parameter, "velocity"] *= 0.9
///             state.slots[parameter, "velocity"] += gradient
///             value -= state.slots[parameter, "velocity"] * learningRate
///         }
///     }
///
/// Learning rate, schedule, steps, saving, restoring and the arguments of `OptimizerOptions` are the
/// protocol's; an optimizer with further arguments checks them in its own `validate`.
public protocol SlotOptimizer: Optimizer {
    /// The optimizer's state: always the same object.
    var state: OptimizerState { get }

    /// Updates one parameter in place.
    ///
    /// - Parameters:
    ///   - value: the parameter's elements. `parameter.value` is locked during the call.
    ///   - gradient: the derivative of the loss with respect to `value`.
    ///   - parameter: identifies the slots; its name and shape may be read.
    ///   - learningRate: the rate of this step.
    func update(_ value: inout Tensor, gradient: Tensor, of parameter: Parameter, learningRate: Float)
}

extension SlotOptimizer {
    public var learningRate: Float {
        get { state.learningRate }
        set { state.learningRate = newValue }
    }

    public var iterations: Int { state.iterations }

    public func step(_ parameters: [Parameter]) {
        if state.accumulate(parameters) {
            state.options.clip(parameters)
            let learningRate = learningRate
            for parameter in parameters {
                parameter.update { value, gradient in
                    state.slots.countStep(of: parameter)
                    update(
                        &value, gradient: gradient, of: parameter,
                        learningRate: learningRate * state.rateFactors.factor(of: parameter))
                }
            }
            state.average(parameters)
        }
        state.calls += 1
    }

    public func finalizeVariableValues(_ parameters: [Parameter]) {
        if state.options.useEma { state.takeAverages(of: parameters) }
    }

    /// Keeps moving averages of the weights, as `useEma` does. Must come before the first step.
    package func keepAverages(momentum: Float) {
        state.options.useEma = true
        state.options.emaMomentum = momentum
    }

    /// Excludes parameters from `weightDecay`.
    ///
    ///     optimizer.excludeFromWeightDecay(varNames: ["bias", "gamma", "beta"])
    ///
    /// - Parameters:
    ///   - varList: the parameters themselves.
    ///   - varNames: regular expressions, of which one matches a part of the parameter's path,
    ///     `encoder/dense/bias`. (Keras looks at the last part of the path only.)
    /// - Source: Keras `Optimizer.exclude_from_weight_decay`.
    public func excludeFromWeightDecay(varList: [Parameter] = [], varNames: [String] = []) {
        state.decayExclusion = DecayExclusion(varList, PathPatterns(varNames))
    }

    /// Multiplies the learning rate of some parameters, whatever a schedule makes of it: layer-wise learning
    /// rates.
    ///
    ///     optimizer.multiplyLearningRate(["^conv2d/": 0.01, "^conv2d": 0.1])       // others: 1
    ///
    /// Replaces the factors of an earlier call. They are arguments, not state: checkpoints do not hold them.
    ///
    /// - Parameter factors: at least 0, by regular expressions that match a part of the parameter's path,
    ///   `encoder/dense/bias`; the first that matches counts.
    /// - Source: Howard and Ruder, "Universal Language Model Fine-tuning for Text Classification" (2018),
    ///   discriminative fine-tuning.
    public func multiplyLearningRate(_ factors: KeyValuePairs<String, Float>) {
        multiplyLearningRate(factors.map { ($0.key, $0.value) })
    }

    /// As with the factors in a literal.
    public func multiplyLearningRate(_ factors: [(pattern: String, factor: Float)]) {
        state.rateFactors = RateFactors(factors)
    }

    /// Checks the learning rate.
    public func validate() throws { try state.validate(String(describing: Self.self)) }

    public func saveState() -> StateTree {
        ["optimizer": StateTree(Registry.name(of: type(of: self))), "state": state.saved]
    }

    public func restore(_ state: StateTree) throws { try restore(state, for: []) }

    public func restore(_ state: StateTree, for parameters: [Parameter]) throws {
        let (own, saved) = (Registry.name(of: type(of: self)), try state.get("optimizer", as: String.self))
        guard own == saved else {
            throw CognitronError(.file, "state", "is that of another optimizer", expected: own, got: saved)
        }
        try self.state.restore(try state.get("state"), for: parameters)
    }
}
