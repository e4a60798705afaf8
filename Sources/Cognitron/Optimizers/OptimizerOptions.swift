/// The arguments that all optimizers share.
///
/// A step applies them in Keras's order: accumulation, clipping, weight decay, the optimizer's formula,
/// moving average.
///
/// - Source: Keras `Optimizer`.
public struct OptimizerOptions: Hashable, Sendable {
    /// Largest norm of each gradient: see `ClipByNorm`.
    public var clipnorm: Float?
    /// Largest magnitude of a gradient's elements: see `ClipByValue`.
    public var clipvalue: Float?
    /// Largest common norm of all gradients: see `ClipByGlobalNorm`.
    public var globalClipnorm: Float?
    /// Whether to keep moving averages of the weights, which replace them at the end of `fit`.
    public var useEma: Bool
    /// Decay rate of the averages, from 0 to 1: average ← m · average + (1 − m) · w.
    public var emaMomentum: Float
    /// Steps between two replacements of the weights by their averages; nil for at the end only.
    public var emaOverwriteFrequency: Int?
    /// Calls of `step` for each update with their mean gradient, at least 2: see `Accumulate`. Schedules
    /// count the calls, `iterations` the updates, as in Keras.
    public var gradientAccumulationSteps: Int?

    public init(
        clipnorm: Float? = nil, clipvalue: Float? = nil, globalClipnorm: Float? = nil, useEma: Bool = false,
        emaMomentum: Float = 0.99, emaOverwriteFrequency: Int? = nil, gradientAccumulationSteps: Int? = nil
    ) {
        self.clipnorm = clipnorm
        self.clipvalue = clipvalue
        self.globalClipnorm = globalClipnorm
        self.useEma = useEma
        self.emaMomentum = emaMomentum
        self.emaOverwriteFrequency = emaOverwriteFrequency
        self.gradientAccumulationSteps = gradientAccumulationSteps
    }

    /// Throws a `CognitronError` where an argument is out of range, or more than one clips.
    func validate(_ optimizer: String) throws {
        let clips = [("clipnorm", clipnorm), ("clipvalue", clipvalue), ("globalClipnorm", globalClipnorm)]
        for case (let name, let limit?) in clips where !(limit > 0 && limit.isFinite) {
            throw CognitronError(
                .argument, optimizer, "invalid \(name)", expected: "a finite number above 0", got: limit.text)
        }
        let given = clips.filter { $0.1 != nil }.map(\.0)
        guard given.count <= 1 else {
            throw CognitronError(
                .argument, optimizer, "invalid \(given[1]): gradients are clipped in one way only",
                expected: "one of clipnorm, clipvalue and globalClipnorm",
                got: given.joined(separator: ", "))
        }
        guard (0...1).contains(emaMomentum) else {
            throw CognitronError(
                .argument, optimizer, "invalid emaMomentum", expected: "a number from 0 to 1",
                got: emaMomentum.text)
        }
        try requireSteps(optimizer, "emaOverwriteFrequency", emaOverwriteFrequency, atLeast: 1)
        try requireSteps(optimizer, "gradientAccumulationSteps", gradientAccumulationSteps, atLeast: 2)
    }

    /// Clips the gradients.
    func clip(_ parameters: [Parameter]) {
        if let clipnorm { _ = ClipByNorm(limit: clipnorm).apply(to: parameters) }
        if let globalClipnorm { _ = ClipByGlobalNorm(limit: globalClipnorm).apply(to: parameters) }
        if let clipvalue { _ = ClipByValue(limit: clipvalue).apply(to: parameters) }
    }
}

/// Throws unless `value`, where it is given, is at least `minimum`.
func requireSteps(_ optimizer: String, _ name: String, _ value: Int?, atLeast minimum: Int) throws {
    guard let value, value < minimum else { return }
    throw CognitronError(
        .argument, optimizer, "invalid \(name)", expected: "a whole number of at least \(minimum)",
        got: "\(value)")
}
