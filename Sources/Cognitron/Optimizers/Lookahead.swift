/// Interpolates between the weights before and after `syncPeriod` steps of another optimizer.
///
///     fast ← the inner optimizer's step
///     every syncPeriod steps:  slow ← slow + slowStepSize · (fast − slow),  fast ← slow
///
///     Lookahead(Adam(learningRate: 0.001))
///
/// Between two interpolations the model has the fast weights. Steps are counted for each parameter.
///
/// - Source: TensorFlow Addons `Lookahead`; Zhang et al., "Lookahead Optimizer: k steps forward, 1 step
///   back" (2019).
public final class Lookahead: Optimizer {
    public let optimizer: any Optimizer
    public let syncPeriod: Int
    public let slowStepSize: Float
    private let slots = Slots()

    /// - Parameters:
    ///   - optimizer: the inner optimizer.
    ///   - syncPeriod: steps between two interpolations, at least 1.
    ///   - slowStepSize: step size of the slow weights, from 0 to 1.
    public init(_ optimizer: any Optimizer, syncPeriod: Int = 6, slowStepSize: Float = 0.5) {
        self.optimizer = optimizer
        self.syncPeriod = syncPeriod
        self.slowStepSize = slowStepSize
    }

    public var learningRate: Float {
        get { optimizer.learningRate }
        set { optimizer.learningRate = newValue }
    }

    public var iterations: Int { optimizer.iterations }

    public func validate() throws {
        try optimizer.validate()
        try requireSteps("Lookahead", "syncPeriod", syncPeriod, atLeast: 1)
        guard !(0...1).contains(slowStepSize) else { return }
        throw CognitronError(
            .argument, "Lookahead", "invalid slowStepSize", expected: "a number from 0 to 1",
            got: slowStepSize.text)
    }

    public func step(_ parameters: [Parameter]) {
        let trainable = parameters.untied.filter(\.isTrainable)
        for parameter in trainable where !slots.contains(parameter, "slow") {
            _ = slots[parameter].slot("slow", copying: parameter.value)
        }
        let before = trainable.map(\.version)
        optimizer.step(parameters)
        for (parameter, version) in zip(trainable, before) where parameter.version != version {
            slots.countStep(of: parameter)
            guard slots[parameter].steps % syncPeriod == 0 else { continue }
            slots[parameter, "slow"].blend(toward: parameter.value, share: slowStepSize)
            parameter.value = slots[parameter, "slow"]
        }
    }

    public func finalizeVariableValues(_ parameters: [Parameter]) {
        optimizer.finalizeVariableValues(parameters)
    }

    public func saveState() -> StateTree { ["optimizer": optimizer.saveState(), "slow": slots.saved] }

    public func restore(_ state: StateTree) throws { try restore(state, for: []) }

    public func restore(_ state: StateTree, for parameters: [Parameter]) throws {
        let slow: StateTree = try state.get("slow")
        // Checked first, so that an error changes nothing.
        try Slots().restore(slow, for: parameters)
        try optimizer.restore(try state.get("optimizer"), for: parameters)
        try slots.restore(slow, for: parameters)
    }
}
