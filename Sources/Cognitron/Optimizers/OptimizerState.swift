/// The state of an optimizer: learning rate or schedule, number of steps, slots.
public final class OptimizerState {
    /// Calls of `step`: several for each update with `gradientAccumulationSteps`.
    var calls = 0

    /// The arrays beside each parameter.
    public let slots = Slots()

    /// The arguments that all optimizers have in common.
    public internal(set) var options: OptimizerOptions

    var decayExclusion = DecayExclusion([], PathPatterns([]))
    var rateFactors = RateFactors([])

    private let given: LearningRate
    private var current: LearningRate

    /// - Parameters:
    ///   - learningRate: a number or a schedule.
    ///   - options: clipping, accumulation and the moving average; none by default.
    public init(learningRate: LearningRate, _ options: OptimizerOptions = OptimizerOptions()) {
        (given, current) = (learningRate, learningRate)
        self.options = options
    }

    /// The steps taken so far.
    public var iterations: Int { calls / max(1, options.gradientAccumulationSteps ?? 1) }

    /// The rate of the next step. Setting it replaces a schedule.
    public var learningRate: Float {
        get { current(calls) }
        set { current = .constant(newValue) }
    }

    /// Whether the rate is a schedule's.
    var hasSchedule: Bool { !current.isConstant }

    /// `weightDecay`, or 0 for a parameter that `excludeFromWeightDecay` has named.
    public func decay(_ weightDecay: Float, of parameter: Parameter) -> Float {
        weightDecay != 0 && decayExclusion.contains(parameter) ? 0 : weightDecay
    }

    /// Throws if an argument is out of range, the schedule's included, or its rate is not a finite number of
    /// at least 0.
    public func validate(_ optimizer: String) throws {
        if !current.isConstant, let problem = current.rule.problem {
            throw CognitronError(
                .argument, optimizer, "invalid learningRate", expected: problem.expected, got: problem.got)
        }
        try requireHyperparameter(optimizer, "learningRate", learningRate, in: 0..<(.infinity))
        try options.validate(optimizer)
        try decayExclusion.patterns.validate(optimizer, "varNames")
        try rateFactors.validate(optimizer)
    }

    /// The calls, the slots, and the rate where it is a number. A schedule is an argument, not state.
    var saved: StateTree {
        var record: [String: StateTree] = [
            "iterations": StateTree(calls), "parameters": slots.saved,
            "replacesSchedule": StateTree(!given.isConstant && current.isConstant),
        ]
        if current.isConstant { record["learningRate"] = StateTree(learningRate) }
        return .record(record)
    }

    /// Restores a state. A saved rate does not replace a schedule, unless it did so when it was saved.
    func restore(_ state: StateTree, for parameters: [Parameter]) throws {
        let calls: Int = try state.get("iterations")
        let rate: Float? = try state.getIfPresent("learningRate")
        let replacesSchedule: Bool = try state.get("replacesSchedule")
        guard calls >= 0, rate.map({ $0 >= 0 && $0.isFinite }) ?? true else {
            throw CognitronError(
                .file, "state", "an optimizer's steps or rate are impossible",
                expected: "finite numbers of at least 0", got: "\(calls) and \(rate?.text ?? "a schedule")")
        }
        try slots.restore(try state.get("parameters"), for: parameters)
        self.calls = calls
        current = given
        if let rate, given.isConstant || replacesSchedule { learningRate = rate }
    }
}

// The parts of a step that `OptimizerOptions` controls.
extension OptimizerState {
    /// Accumulates gradients; returns whether to update now.
    func accumulate(_ parameters: [Parameter]) -> Bool {
        guard let steps = options.gradientAccumulationSteps else { return true }
        return slots.accumulate(parameters, steps: steps)
    }

    /// Updates the moving averages after a step; they start as the weights after the first one.
    func average(_ parameters: [Parameter]) {
        guard options.useEma else { return }
        for parameter in parameters.untied where parameter.isTrainable {
            if slots.contains(parameter, "average") {
                slots[parameter, "average"].blend(
                    toward: parameter.value, share: 1 - options.emaMomentum)
            } else {
                _ = slots[parameter].slot("average", copying: parameter.value)
            }
        }
        if let frequency = options.emaOverwriteFrequency, (iterations + 1) % frequency == 0 {
            takeAverages(of: parameters)
        }
    }

    /// Replaces the weights by their averages.
    func takeAverages(of parameters: [Parameter]) {
        for parameter in parameters where parameter.isTrainable && slots.contains(parameter, "average") {
            let average = slots[parameter, "average"]
            parameter.value = parameter.constraint?.apply(to: average) ?? average
        }
    }
}

/// The parameters that `excludeFromWeightDecay` has named.
struct DecayExclusion {
    private struct Weak {
        weak var object: AnyObject?
    }

    private let parameters: [Weak]
    fileprivate(set) var patterns: PathPatterns

    init(_ parameters: [Parameter], _ patterns: PathPatterns) {
        self.parameters = parameters.map { Weak(object: $0.identityObject) }
        self.patterns = patterns
    }

    mutating func contains(_ parameter: Parameter) -> Bool {
        guard !patterns.patterns.isEmpty || !parameters.isEmpty else { return false }
        return patterns.matches(parameter.name)
            || parameters.contains { $0.object === parameter.identityObject }
    }
}

/// The factors of the learning rate that `multiplyLearningRate` has set.
struct RateFactors {
    private var patterns: PathPatterns
    private let factors: [Float]

    init(_ factors: [(pattern: String, factor: Float)]) {
        patterns = PathPatterns(factors.map(\.pattern))
        self.factors = factors.map(\.factor)
    }

    /// The factor of the first pattern that matches the parameter's path; 1 where none does.
    mutating func factor(of parameter: Parameter) -> Float {
        guard !factors.isEmpty else { return 1 }
        return patterns.firstMatch(parameter.name).map { factors[$0] } ?? 1
    }

    func validate(_ optimizer: String) throws {
        try patterns.validate(optimizer, "multiplyLearningRate")
        for factor in factors {
            try requireHyperparameter(optimizer, "multiplyLearningRate", factor, in: 0..<(.infinity))
        }
    }
}

extension [Parameter] {
    /// The first of each group of tied parameters.
    var untied: [Parameter] {
        var seen: Set<ObjectIdentifier> = []
        return filter { seen.insert($0.identity).inserted }
    }
}
