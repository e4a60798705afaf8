/// Changes gradients between the pullback and the optimizer: clipping, accumulation, a sum over machines.
///
///     try model.compile(optimizer: Adam(), loss: .huber, gradients: [.clip(globalNorm: 1), .accumulate(4)])
///
/// Transforms run in the order they are given. Each network of a trainer has its own. The optimizers'
/// arguments `clipnorm`, `clipvalue`, `globalClipnorm` and `gradientAccumulationSteps` are the same
/// transforms, applied after those of `compile`.
public protocol GradientTransform: ResumableValue, Sendable {
    /// Changes the gradients of the parameters that have one.
    ///
    /// - Returns: false to end the step without an update.
    mutating func apply(to parameters: [Parameter]) throws -> Bool

    /// Whether checkpoints hold the state. False of a transform whose presence does not change what a
    /// training is, such as a sum over ranks.
    var isKept: Bool { get }

    /// Throws a `CognitronError` if an argument is out of range. Called by `compile` and `fit`.
    func validate() throws
}

extension GradientTransform {
    public func validate() throws {}
    public var isKept: Bool { true }

    /// Throws unless `value` is finite and above 0.
    fileprivate func requirePositive(_ name: String, _ value: Float) throws {
        guard !(value > 0 && value.isFinite) else { return }
        throw CognitronError(
            .argument, "gradients", "invalid \(name)", expected: "a finite number above 0", got: value.text)
    }
}

/// Clips every element of every gradient to ±`limit`.
///
///     g ← min(max(g, −limit), limit)
public struct ClipByValue: GradientTransform {
    public let limit: Float

    public func validate() throws { try requirePositive("clip(value:)", limit) }

    public func apply(to parameters: [Parameter]) -> Bool {
        for parameter in parameters where parameter.hasGradient {
            parameter.gradient = parameter.gradient.clamped(to: -limit...limit)
        }
        return true
    }
}

/// Scales each gradient down to a norm of at most `limit`.
///
///     g ← g · min(1, limit / ‖g‖)
public struct ClipByNorm: GradientTransform {
    public let limit: Float

    public func validate() throws { try requirePositive("clip(norm:)", limit) }

    public func apply(to parameters: [Parameter]) -> Bool {
        for parameter in parameters where parameter.hasGradient {
            let norm = Float(parameter.gradient.sumOfSquares.squareRoot())
            if norm > limit { parameter.gradient = parameter.gradient * (limit / norm) }
        }
        return true
    }
}

/// Scales all gradients by one factor, so that their common norm is at most `limit`.
///
///     g ← g · min(1, limit / √Σ ‖g‖²)
///
/// - Source: Pascanu et al., "On the difficulty of training recurrent neural networks" (2013).
public struct ClipByGlobalNorm: GradientTransform {
    public let limit: Float

    public func validate() throws { try requirePositive("clip(globalNorm:)", limit) }

    public func apply(to parameters: [Parameter]) -> Bool {
        let all = parameters.untied.filter(\.hasGradient)
        let norm = Float(all.reduce(0) { $0 + $1.gradient.sumOfSquares }.squareRoot())
        guard norm > limit else { return true }
        for parameter in all { parameter.gradient = parameter.gradient * (limit / norm) }
        return true
    }
}

/// Accumulates gradients over `steps` calls and passes their mean on with the last one.
///
/// - Source: Keras `gradient_accumulation_steps`.
public struct Accumulate: GradientTransform {
    public internal(set) var steps: Int
    /// Calls since the last update.
    private(set) var taken = 0
    private var sums: [String: Tensor] = [:]

    public init(steps: Int) { self.steps = steps }

    public func validate() throws {
        guard steps < 1 else { return }
        throw CognitronError(
            .argument, "gradients", "invalid accumulate", expected: "a whole number of at least 1",
            got: "\(steps)")
    }

    public mutating func apply(to parameters: [Parameter]) -> Bool {
        let keys = Self.keys(of: parameters)
        for (key, parameter) in zip(keys, parameters) where parameter.hasGradient {
            let gradient = parameter.gradient
            parameter.clearGradient()
            if var sum = sums.removeValue(forKey: key), sum.shape == gradient.shape {
                sum += gradient
                sums[key] = sum
            } else {
                sums[key] = gradient
            }
        }
        taken += 1
        guard taken >= steps else { return false }
        for (key, parameter) in zip(keys, parameters) {
            guard let sum = sums[key], sum.shape == parameter.shape else { continue }
            parameter.gradient = sum / Float(steps)
        }
        (taken, sums) = (0, [:])
        return true
    }

    /// The parameters' names, numbered from the second use on: models that were built before they became
    /// parts of one model may each have a `dense/kernel`.
    private static func keys(of parameters: [Parameter]) -> [String] {
        var counts: [String: Int] = [:]
        return parameters.map { parameter in
            let count = counts[parameter.name, default: 0]
            counts[parameter.name] = count + 1
            return count == 0 ? parameter.name : "\(parameter.name) \(count)"
        }
    }

    public var state: StateTree {
        ["taken": .integer(taken), "sums": .record(sums.mapValues { .tensor($0) })]
    }

    public mutating func restore(_ state: StateTree) throws {
        (taken, sums) = (try state.get("taken"), try state.get("sums"))
    }
}

extension GradientTransform where Self == ClipByValue {
    /// Clips every element to ±`value`.
    public static func clip(value: Float) -> ClipByValue { ClipByValue(limit: value) }
}

extension GradientTransform where Self == ClipByNorm {
    /// Scales each gradient down to a norm of at most `norm`.
    public static func clip(norm: Float) -> ClipByNorm { ClipByNorm(limit: norm) }
}

extension GradientTransform where Self == ClipByGlobalNorm {
    /// Scales all gradients by one factor to a common norm of at most `globalNorm`.
    public static func clip(globalNorm: Float) -> ClipByGlobalNorm { ClipByGlobalNorm(limit: globalNorm) }
}

extension GradientTransform where Self == Accumulate {
    /// Updates with the mean gradient of `steps` calls.
    public static func accumulate(_ steps: Int) -> Accumulate { Accumulate(steps: steps) }
}
