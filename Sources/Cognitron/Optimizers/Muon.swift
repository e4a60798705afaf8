import CognitronKernels

/// Muon: momentum made orthogonal, so that a step goes as far in every direction of a kernel as in any other.
///
///     m ← momentum · m + gradient
///     u ← gradient + momentum · m                           // or m (without nesterov)
///     w ← w − learningRate · rmsRate · √max(rows, columns) · orthogonal(u)
///
/// `orthogonal` takes a matrix U·S·Vᵀ to about U·Vᵀ, by Newton and Schulz's iteration. `weightDecay` first
/// subtracts learningRate · weightDecay · w. With `normalizesKernels` a kernel is scaled to the norm √columns
/// before each step: what a batch normalisation follows depends on its kernel's direction alone, and a step
/// then turns all kernels by about the same angle.
///
/// Parameters with two axes take these steps, and the kernels of convolutions over two or more dimensions,
/// whose filters are the columns of a matrix. All others (biases, batch normalisation, depthwise kernels)
/// take `AdamW`'s, and so do embeddings and the layers of `excludeLayers`: the one that gives the model's
/// output belongs there.
///
/// Learns in fewer epochs than SGD or Adam, most of all where a layer's inputs resemble each other (a wide
/// dense layer after a ReLU), for some matrix products a step: larger batches make them cheap.
///
/// - Source: Keras `Muon`, which leaves convolutions to Adam; Jordan et al., "Muon: An optimizer for hidden
///   layers in neural networks" (2024), which does not, and Jordan's airbench, which has `normalizesKernels`;
///   `rmsRate`: Liu et al., "Muon is Scalable for LLM Training" (2025).
public final class Muon: SlotOptimizer {
    public let state: OptimizerState
    public let adamBeta1: Float
    public let adamBeta2: Float
    public let adamWeightDecay: Float
    public let epsilon: Float
    public let weightDecay: Float
    public let excludeLayers: [String]
    public let excludeEmbeddings: Bool
    public let muonA: Float
    public let muonB: Float
    public let muonC: Float
    public let adamLrRatio: Float
    public let momentum: Float
    public let nsSteps: Int
    public let nesterov: Bool
    public let rmsRate: Float?
    public let normalizesKernels: Bool
    private var excluded: PathPatterns

    /// - Parameters:
    ///   - learningRate: the step size, at least 0, or a schedule.
    ///   - adamBeta1: `beta1` of `AdamW`'s steps.
    ///   - adamBeta2: `beta2` of `AdamW`'s steps.
    ///   - adamWeightDecay: how much every weight shrinks at one of `AdamW`'s steps, times `learningRate`; at
    ///     least 0.
    ///   - epsilon: `epsilon` of `AdamW`'s steps.
    ///   - weightDecay: how much every weight of a kernel shrinks at an orthogonal step, times the learning
    ///     rate; at least 0.
    ///   - clipnorm, clipvalue, globalClipnorm, useEma, emaMomentum, emaOverwriteFrequency,
    ///     gradientAccumulationSteps: see `OptimizerOptions`.
    ///   - excludeLayers: regular expressions; a parameter takes `AdamW`'s steps where one matches a part of
    ///     its path, `dense_1/kernel`.
    ///   - excludeEmbeddings: whether a parameter with "embedding" in its path takes `AdamW`'s steps.
    ///   - muonA: a of a · x + b · x³ + c · x⁵, which an iteration makes of every singular value x.
    ///   - muonB: b of it.
    ///   - muonC: c of it.
    ///   - adamLrRatio: the learning rate of `AdamW`'s steps, divided by `learningRate`.
    ///   - momentum: the share of the velocity that a step keeps, from 0 to below 1.
    ///   - nsSteps: iterations of Newton and Schulz's method, at least 1.
    ///   - nesterov: whether the gradient is added once more to the velocity.
    ///   - rmsRate: the root mean square of a full step at a learning rate of 1, about Adam's, so that
    ///     learning rate and weight decay may be those that suit Adam; nil for steps that are not scaled.
    ///   - normalizesKernels: whether a kernel is scaled to the norm √columns before an orthogonal step: that
    ///     of filters of norm 1. (An addition to Keras's.)
    public convenience init(
        learningRate: Float = 0.001, adamBeta1: Float = 0.9, adamBeta2: Float = 0.999,
        adamWeightDecay: Float = 0.004, epsilon: Float = 1e-7, weightDecay: Float = 0.004,
        clipnorm: Float? = nil, clipvalue: Float? = nil, globalClipnorm: Float? = nil, useEma: Bool = false,
        emaMomentum: Float = 0.99, emaOverwriteFrequency: Int? = nil, gradientAccumulationSteps: Int? = nil,
        excludeLayers: [String] = [], excludeEmbeddings: Bool = true, muonA: Float = 3.4445,
        muonB: Float = -4.775, muonC: Float = 2.0315, adamLrRatio: Float = 1, momentum: Float = 0.95,
        nsSteps: Int = 5, nesterov: Bool = true, rmsRate: Float? = 0.2,
        normalizesKernels: Bool = false
    ) {
        self.init(
            learningRate: .constant(learningRate), adamBeta1: adamBeta1, adamBeta2: adamBeta2,
            adamWeightDecay: adamWeightDecay, epsilon: epsilon, weightDecay: weightDecay, clipnorm: clipnorm,
            clipvalue: clipvalue, globalClipnorm: globalClipnorm, useEma: useEma, emaMomentum: emaMomentum,
            emaOverwriteFrequency: emaOverwriteFrequency,
            gradientAccumulationSteps: gradientAccumulationSteps, excludeLayers: excludeLayers,
            excludeEmbeddings: excludeEmbeddings, muonA: muonA, muonB: muonB, muonC: muonC,
            adamLrRatio: adamLrRatio, momentum: momentum, nsSteps: nsSteps, nesterov: nesterov,
            rmsRate: rmsRate, normalizesKernels: normalizesKernels)
    }

    /// Disfavored, so that a number in the source means the other initializer.
    @_disfavoredOverload
    public init(
        learningRate: LearningRate, adamBeta1: Float = 0.9, adamBeta2: Float = 0.999,
        adamWeightDecay: Float = 0.004, epsilon: Float = 1e-7, weightDecay: Float = 0.004,
        clipnorm: Float? = nil, clipvalue: Float? = nil, globalClipnorm: Float? = nil, useEma: Bool = false,
        emaMomentum: Float = 0.99, emaOverwriteFrequency: Int? = nil, gradientAccumulationSteps: Int? = nil,
        excludeLayers: [String] = [], excludeEmbeddings: Bool = true, muonA: Float = 3.4445,
        muonB: Float = -4.775, muonC: Float = 2.0315, adamLrRatio: Float = 1, momentum: Float = 0.95,
        nsSteps: Int = 5, nesterov: Bool = true, rmsRate: Float? = 0.2,
        normalizesKernels: Bool = false
    ) {
        self.adamBeta1 = adamBeta1
        self.adamBeta2 = adamBeta2
        self.adamWeightDecay = adamWeightDecay
        self.epsilon = epsilon
        self.weightDecay = weightDecay
        self.excludeLayers = excludeLayers
        excluded = PathPatterns(excludeLayers)
        self.excludeEmbeddings = excludeEmbeddings
        self.muonA = muonA
        self.muonB = muonB
        self.muonC = muonC
        self.adamLrRatio = adamLrRatio
        self.momentum = momentum
        self.nsSteps = nsSteps
        self.nesterov = nesterov
        self.rmsRate = rmsRate
        self.normalizesKernels = normalizesKernels
        state = OptimizerState(
            learningRate: learningRate,
            OptimizerOptions(
                clipnorm: clipnorm, clipvalue: clipvalue, globalClipnorm: globalClipnorm, useEma: useEma,
                emaMomentum: emaMomentum, emaOverwriteFrequency: emaOverwriteFrequency,
                gradientAccumulationSteps: gradientAccumulationSteps))
    }

    public func validate() throws {
        try state.validate("Muon")
        try requireHyperparameter("Muon", "adamBeta1", adamBeta1, in: 0..<1)
        try requireHyperparameter("Muon", "adamBeta2", adamBeta2, in: 0..<1)
        try requireHyperparameter("Muon", "adamWeightDecay", adamWeightDecay, in: 0..<(.infinity))
        try requireHyperparameter("Muon", "epsilon", epsilon, in: 0..<(.infinity))
        try requireHyperparameter("Muon", "weightDecay", weightDecay, in: 0..<(.infinity))
        try PathPatterns(excludeLayers).validate("Muon", "excludeLayers")
        for (name, value) in [("muonA", muonA), ("muonB", muonB), ("muonC", muonC)] where !value.isFinite {
            throw CognitronError(
                .argument, "Muon", "invalid \(name)", expected: "a finite number", got: value.text)
        }
        try requireHyperparameter("Muon", "adamLrRatio", adamLrRatio, in: 0..<(.infinity))
        try requireHyperparameter("Muon", "momentum", momentum, in: 0..<1)
        try requireSteps("Muon", "nsSteps", nsSteps, atLeast: 1)
        try requireHyperparameter("Muon", "rmsRate", rmsRate ?? 0, in: 0..<(.infinity))
    }

    public func update(
        _ value: inout Tensor, gradient: Tensor, of parameter: Parameter, learningRate: Float
    ) {
        let slots = state.slots[parameter]
        guard isOrthogonal(parameter) else {
            // The weights decay by the learning rate itself.
            let decay = adamLrRatio > 0 ? state.decay(adamWeightDecay, of: parameter) / adamLrRatio : 0
            let rule = UpdateKernels.AdamStep(
                learningRate: learningRate * adamLrRatio, beta1: adamBeta1, beta2: adamBeta2,
                epsilon: epsilon, weightDecay: decay, step: slots.steps)
            return value.take(
                rule, gradient, mean: slots["mean"], square: slots["square"])
        }
        let columns = parameter.shape.last ?? 1
        let rows = parameter.shape.elementCount / max(1, columns)
        let scale = rmsRate.map { $0 * Float(max(rows, columns)).squareRoot() } ?? 1
        if normalizesKernels {
            let norm = Float(value.sumOfSquares.squareRoot())
            if norm > 0 { value *= Float(columns).squareRoot() / norm }
        }
        let rule = UpdateKernels.MuonStep(
            rate: learningRate * scale, momentum: momentum, nesterov: nesterov,
            keep: 1 - learningRate * state.decay(weightDecay, of: parameter),
            orthogonalization: Orthogonalization(a: muonA, b: muonB, c: muonC, steps: nsSteps))
        value.take(rule, gradient, velocity: slots["velocity"])
    }

    /// Whether the parameter takes orthogonal steps.
    private func isOrthogonal(_ parameter: Parameter) -> Bool {
        // Three axes may be those of attention (inputs, heads, size), which are no matrix.
        guard parameter.shape.count == 2 || parameter.shape.count > 3 && parameter.ownName == "kernel" else {
            return false
        }
        if excludeEmbeddings, parameter.name.lowercased().contains("embedding") { return false }
        return !excluded.matches(parameter.name)
    }
}
