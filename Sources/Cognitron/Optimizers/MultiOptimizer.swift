import CognitronKernels

/// Assigns optimizers to parameters by path.
///
///     OptimizerMap(defaultOptimizer: SGD(), ["encoder/.*": Adam(), "decoder/dense/kernel": Muon()])
///
/// An exact path takes precedence, then the first regular expression that matches the whole path, then the
/// default. (Keras refuses a path that several expressions match.)
///
/// - Source: Keras `OptimizerMap`.
public struct OptimizerMap {
    public let defaultOptimizer: any Optimizer
    /// The optimizers by path or regular expression, in the written order.
    public let optimizers: [(pattern: String, optimizer: any Optimizer)]
    private let expressions: PathPatterns

    public init(
        defaultOptimizer: any Optimizer, _ optimizerMap: KeyValuePairs<String, any Optimizer> = [:]
    ) {
        self.defaultOptimizer = defaultOptimizer
        optimizers = optimizerMap.map { ($0.key, $0.value) }
        expressions = PathPatterns(optimizers.map(\.pattern), whole: true)
    }

    /// The optimizer of a parameter with this path.
    public func optimizer(of path: String) -> any Optimizer {
        var expressions = expressions
        let index = optimizers.firstIndex { $0.pattern == path } ?? expressions.firstMatch(path)
        return index.map { optimizers[$0].optimizer } ?? defaultOptimizer
    }

    func validate() throws {
        try expressions.validate("OptimizerMap", "key")
        let keys = optimizers.map(\.pattern)
        if let twice = keys.first(where: { key in keys.filter { $0 == key }.count > 1 }) {
            throw CognitronError(.argument, "OptimizerMap", "two optimizers are for \(twice)")
        }
    }
}

/// Updates each parameter with one of several optimizers.
///
///     MultiOptimizer(OptimizerMap(defaultOptimizer: SGD(), ["encoder/.*": Adam()]))
///
///     let (slow, fast) = (SGD(learningRate: 0.001), Adam())
///     MultiOptimizer { parameter in parameter.name.hasPrefix("encoder/") ? slow : fast }
///
/// Each has its own learning rate, schedule and options: `globalClipnorm` is that of its own parameters.
///
/// - Source: Keras `MultiOptimizer`, which has no learning rate.
public final class MultiOptimizer: Optimizer {
    /// The optimizers of the map, the default first, or those that the closure has returned so far.
    public private(set) var optimizers: [any Optimizer] = []
    public private(set) var iterations = 0
    private let map: OptimizerMap?
    private let choose: (Parameter) -> any Optimizer
    private var choices: [ObjectIdentifier: Choice] = [:]
    /// The number of choices from which on those of freed parameters are removed.
    private var sweepCount = 64

    private struct Choice {
        weak var owner: AnyObject?
        let index: Int
    }

    public init(_ optimizerMap: OptimizerMap) {
        map = optimizerMap
        choose = { optimizerMap.optimizer(of: $0.name) }
        for optimizer in [optimizerMap.defaultOptimizer] + optimizerMap.optimizers.map(\.optimizer) {
            _ = index(of: optimizer)
        }
    }

    /// - Parameter choose: called once for each parameter. `compile` cannot check the optimizers that it
    ///   returns: arguments out of range stop the program at the first step.
    public init(_ choose: @escaping (Parameter) -> any Optimizer) { (map, self.choose) = (nil, choose) }

    /// The first optimizer's rate; 0 before there is one. Setting it scales all rates by the same factor, or
    /// sets them all where the first is 0.
    public var learningRate: Float {
        get { optimizers.first?.learningRate ?? 0 }
        set {
            let factor = newValue / learningRate
            for optimizer in optimizers {
                optimizer.learningRate = factor.isFinite ? optimizer.learningRate * factor : newValue
            }
        }
    }

    public func validate() throws {
        try map?.validate()
        for optimizer in optimizers { try optimizer.validate() }
    }

    public func step(_ parameters: [Parameter]) {
        forEachPart(of: parameters) { $0.step($1) }
        iterations += 1
    }

    public func finalizeVariableValues(_ parameters: [Parameter]) {
        forEachPart(of: parameters) { $0.finalizeVariableValues($1) }
    }

    /// Calls `body` with every optimizer that has parameters, and these.
    private func forEachPart(
        of parameters: [Parameter], _ body: (any Optimizer, [Parameter]) throws -> Void
    ) rethrows {
        let parts = Dictionary(grouping: parameters, by: choice)
        for (index, optimizer) in optimizers.enumerated() {
            if let part = parts[index] { try body(optimizer, part) }
        }
    }

    /// The index of the parameter's optimizer.
    private func choice(_ parameter: Parameter) -> Int {
        // An identity can be reused after its parameter is freed.
        if let known = choices[parameter.identity], known.owner != nil { return known.index }
        let index = index(of: choose(parameter))
        do { try optimizers[index].validate() } catch { fail("\(error)") }
        choices[parameter.identity] = Choice(owner: parameter.identityObject, index: index)
        if choices.count >= sweepCount {
            choices = choices.filter { $0.value.owner != nil }
            sweepCount = max(sweepCount, 2 * choices.count)
        }
        return index
    }

    /// The index of an optimizer, which is added where it is new.
    private func index(of optimizer: any Optimizer) -> Int {
        if let known = optimizers.firstIndex(where: { $0 === optimizer }) { return known }
        optimizers.append(optimizer)
        return optimizers.count - 1
    }

    public func saveState() -> StateTree {
        ["iterations": StateTree(iterations), "optimizers": .list(optimizers.map { $0.saveState() })]
    }

    public func restore(_ state: StateTree) throws { try restore(state, for: []) }

    public func restore(_ state: StateTree, for parameters: [Parameter]) throws {
        let (iterations, saved): (Int, [StateTree]) = (
            try state.get("iterations"), try state.get("optimizers")
        )
        let parts = Dictionary(grouping: parameters, by: choice)
        guard saved.count == optimizers.count, iterations >= 0 else {
            throw CognitronError(
                .file, "state", "is that of another number of optimizers", expected: "\(optimizers.count)",
                got: "\(saved.count)",
                advice: "where a closure chooses them, restore the state for the model's parameters")
        }
        let before = optimizers.map { $0.saveState() }
        do {
            for (index, optimizer) in optimizers.enumerated() {
                try optimizer.restore(saved[index], for: parts[index] ?? [])
            }
        } catch {
            for (optimizer, state) in zip(optimizers, before) { try? optimizer.restore(state) }
            throw error
        }
        self.iterations = iterations
    }
}
