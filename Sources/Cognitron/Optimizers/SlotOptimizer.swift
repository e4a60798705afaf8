/// An optimizer that moves each parameter by itself, with arrays (slots) that it keeps beside the parameter.
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
/// Learning rate, schedule, steps, saving and restoring are the protocol's; an optimizer with further
/// arguments checks them in its own `validate`.
public protocol SlotOptimizer: Optimizer {
    /// What the optimizer remembers. The same object throughout.
    var state: OptimizerState { get }

    /// Moves one parameter, in place.
    ///
    /// - Parameters:
    ///   - value: the parameter's numbers. Ask for them here, not at `parameter`, which is locked meanwhile.
    ///   - gradient: the derivative of the loss by each of them.
    ///   - parameter: whose slots, name and shape the rule may look at.
    ///   - learningRate: of this step.
    func update(_ value: inout Tensor, gradient: Tensor, of parameter: Parameter, learningRate: Float)
}

extension SlotOptimizer {
    public var learningRate: Float {
        get { state.learningRate }
        set { state.learningRate = newValue }
    }

    public var iterations: Int { state.iterations }

    public func step(_ parameters: [Parameter]) {
        let learningRate = learningRate
        for parameter in parameters {
            parameter.update { value, gradient in
                state.slots.countStep(of: parameter)
                update(&value, gradient: gradient, of: parameter, learningRate: learningRate)
            }
        }
        state.iterations += 1
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

/// What an optimizer remembers: its learning rate or schedule, the steps it has taken, and its slots.
public final class OptimizerState {
    /// The steps taken so far.
    public internal(set) var iterations = 0

    /// The arrays beside each parameter.
    public let slots = Slots()

    private let given: LearningRate
    private var current: LearningRate

    /// - Parameter learningRate: a number or a schedule.
    public init(learningRate: LearningRate) { (given, current) = (learningRate, learningRate) }

    /// The rate of the next step. Setting it replaces a schedule.
    public var learningRate: Float {
        get { current(iterations) }
        set { current = .constant(newValue) }
    }

    /// Throws where the schedule's arguments are impossible, or its present rate is no finite number of at
    /// least 0.
    public func validate(_ optimizer: String) throws {
        if !current.isConstant, let problem = current.rule.problem {
            throw CognitronError(
                .argument, optimizer, "invalid learningRate", expected: problem.expected, got: problem.got)
        }
        try requireHyperparameter(optimizer, "learningRate", learningRate, in: 0..<(.infinity))
    }

    /// The steps, the slots, and the rate where it is a number. A schedule is an argument, not state.
    var saved: StateTree {
        var record: [String: StateTree] = [
            "iterations": StateTree(iterations), "parameters": slots.saved,
            "replacesSchedule": StateTree(!given.isConstant && current.isConstant),
        ]
        if current.isConstant { record["learningRate"] = StateTree(learningRate) }
        return .record(record)
    }

    /// Takes over a state. Its rate counts unless this optimizer has a schedule and that one had none.
    func restore(_ state: StateTree, for parameters: [Parameter]) throws {
        let steps: Int = try state.get("iterations")
        let rate: Float? = try state.getIfPresent("learningRate")
        let replacesSchedule: Bool = try state.get("replacesSchedule")
        guard steps >= 0, rate.map({ $0 >= 0 && $0.isFinite }) ?? true else {
            throw CognitronError(
                .file, "state", "an optimizer's steps or rate are impossible",
                expected: "finite numbers of at least 0", got: "\(steps) and \(rate?.text ?? "a schedule")")
        }
        try slots.restore(try state.get("parameters"), for: parameters)
        iterations = steps
        current = given
        if let rate, given.isConstant || replacesSchedule { learningRate = rate }
    }
}
