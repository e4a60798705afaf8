import CognitronKernels

/// Muon: momentum made orthogonal, so that a step goes as far in every direction of a kernel as in any other.
///
///     m ← momentum · m + gradient
///     u ← gradient + momentum · m                           // or m (without nesterov)
///     w ← w − learningRate · rmsRate · √max(rows, columns) · orthogonal(u)
///
/// `orthogonal` takes a matrix U·S·Vᵀ to about U·Vᵀ, by Newton and Schulz's iteration. `weightDecay` first
/// takes learningRate · weightDecay · w off every weight.
///
/// These are the steps of the kernels of dense layers and convolutions, whose filters are the columns of a
/// matrix. All other parameters (biases, batch normalisation, depthwise kernels) take `AdamW`'s, and so do
/// the layers of `excludeLayers`: the one that gives the model's output belongs there.
///
/// Learns in fewer epochs than SGD or Adam, most of all where a layer's inputs resemble each other (a wide
/// dense layer after a ReLU), for some matrix products a step: larger batches make them cheap.
///
/// - Source: Keras `Muon`, which leaves convolutions to Adam; Jordan et al., "Muon: An optimizer for hidden
///   layers in neural networks" (2024), which does not; `rmsRate`: Liu et al., "Muon is Scalable for LLM
///   Training" (2025).
public final class Muon: SlotOptimizer {
    public let state: OptimizerState
    public let weightDecay: Float
    public let momentum: Float
    public let nesterov: Bool
    public let steps: Int
    public let rmsRate: Float
    public let excludeLayers: [String]
    public let adamLearningRateRatio: Float
    public let adamBeta1: Float
    public let adamBeta2: Float
    public let epsilon: Float
    public let adamWeightDecay: Float

    /// - Parameters:
    ///   - learningRate: the step size, at least 0, or a schedule.
    ///   - weightDecay: how much every weight of a kernel shrinks at a step, times the learning rate; at
    ///     least 0.
    ///   - momentum: the share of its speed that a weight keeps, from 0 to below 1.
    ///   - nesterov: whether the gradient is counted again beside the gathered speed.
    ///   - steps: of Newton and Schulz's iteration, at least 1.
    ///   - rmsRate: the root mean square of a full step where the learning rate is 1: about Adam's, so that
    ///     learning rate and weight decay may be those that suit Adam.
    ///   - excludeLayers: the names of layers that take AdamW's steps, `dense_1`, and those of models in the
    ///     model.
    ///   - adamLearningRateRatio: `AdamW`'s learning rate, divided by `learningRate`.
    ///   - adamBeta1, adamBeta2, epsilon, adamWeightDecay: what `AdamW` calls beta1, beta2, epsilon and
    ///     weightDecay.
    public convenience init(
        learningRate: Float = 0.001, weightDecay: Float = 0.004, momentum: Float = 0.95,
        nesterov: Bool = true, steps: Int = 5, rmsRate: Float = 0.2, excludeLayers: [String] = [],
        adamLearningRateRatio: Float = 1, adamBeta1: Float = 0.9, adamBeta2: Float = 0.999,
        epsilon: Float = 1e-7, adamWeightDecay: Float = 0.004
    ) {
        self.init(
            learningRate: .constant(learningRate), weightDecay: weightDecay, momentum: momentum,
            nesterov: nesterov, steps: steps, rmsRate: rmsRate, excludeLayers: excludeLayers,
            adamLearningRateRatio: adamLearningRateRatio, adamBeta1: adamBeta1, adamBeta2: adamBeta2,
            epsilon: epsilon, adamWeightDecay: adamWeightDecay)
    }

    /// Disfavored, so that a number in the source means the other initializer.
    @_disfavoredOverload
    public init(
        learningRate: LearningRate, weightDecay: Float = 0.004, momentum: Float = 0.95,
        nesterov: Bool = true, steps: Int = 5, rmsRate: Float = 0.2, excludeLayers: [String] = [],
        adamLearningRateRatio: Float = 1, adamBeta1: Float = 0.9, adamBeta2: Float = 0.999,
        epsilon: Float = 1e-7, adamWeightDecay: Float = 0.004
    ) {
        state = OptimizerState(learningRate: learningRate)
        self.weightDecay = weightDecay
        self.momentum = momentum
        self.nesterov = nesterov
        self.steps = steps
        self.rmsRate = rmsRate
        self.excludeLayers = excludeLayers
        self.adamLearningRateRatio = adamLearningRateRatio
        self.adamBeta1 = adamBeta1
        self.adamBeta2 = adamBeta2
        self.epsilon = epsilon
        self.adamWeightDecay = adamWeightDecay
    }

    public func validate() throws {
        try state.validate("Muon")
        try requireHyperparameter("Muon", "weightDecay", weightDecay, in: 0..<(.infinity))
        try requireHyperparameter("Muon", "momentum", momentum, in: 0..<1)
        try requireHyperparameter("Muon", "rmsRate", rmsRate, in: 0..<(.infinity))
        guard steps >= 1 else {
            throw CognitronError(
                .argument, "Muon", "invalid steps", expected: "a whole number of at least 1", got: "\(steps)")
        }
        try requireHyperparameter(
            "Muon", "adamLearningRateRatio", adamLearningRateRatio, in: 0..<(.infinity))
        try requireHyperparameter("Muon", "adamBeta1", adamBeta1, in: 0..<1)
        try requireHyperparameter("Muon", "adamBeta2", adamBeta2, in: 0..<1)
        try requireHyperparameter("Muon", "epsilon", epsilon, in: 0..<(.infinity))
        try requireHyperparameter("Muon", "adamWeightDecay", adamWeightDecay, in: 0..<(.infinity))
    }

    public func update(
        _ value: inout Tensor, gradient: Tensor, of parameter: Parameter, learningRate: Float
    ) {
        guard isOrthogonal(parameter) else {
            let rule = UpdateKernels.Adam(
                learningRate: learningRate * adamLearningRateRatio, beta1: adamBeta1, beta2: adamBeta2,
                epsilon: epsilon, weightDecay: adamWeightDecay, step: state.slots.steps(of: parameter))
            return state.slots.apply(rule, to: &value, gradient: gradient, of: parameter)
        }
        let columns = parameter.shape.last ?? 1
        let rows = parameter.shape.elementCount / max(1, columns)
        let rule = UpdateKernels.Muon(
            rate: learningRate * rmsRate * Float(max(rows, columns)).squareRoot(), momentum: momentum,
            nesterov: nesterov, keep: 1 - learningRate * weightDecay,
            // Keller Jordan's coefficients, which grow small singular values fastest: after five steps all
            // but the tiniest lie between 0.7 and 1.2.
            orthogonalization: Orthogonalization(a: 3.4445, b: -4.775, c: 2.0315, steps: steps))
        UpdateKernels.apply(
            rule, to: value.mutablePointer, gradient: gradient.pointer,
            velocity: state.slots[parameter, "velocity"].mutablePointer, rows: rows, columns: columns)
    }

    /// Whether the parameter is a kernel that takes orthogonal steps.
    private func isOrthogonal(_ parameter: Parameter) -> Bool {
        guard parameter.ownName == "kernel", parameter.shape.count >= 2 else { return false }
        return !parameter.name.split(separator: "/").contains { excludeLayers.contains(String($0)) }
    }
}
