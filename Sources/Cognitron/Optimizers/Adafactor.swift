import Foundation

/// Divides by past squares as Adam, in less memory: of a matrix it stores the means of rows and columns only.
///
///     s = gradient² + epsilon1,  β = 1 − t^beta2Decay
///     r ← β · r + (1 − β) · mean of s along the last axis
///     c ← β · c + (1 − β) · mean of s along the last axis but one
///     v = r / mean(r) · c                  // a vector keeps v itself: v ← β · v + (1 − β) · s
///     u = gradient / √v
///     ρ = min(learningRate, 1 / √t),  α = max(epsilon2, rms(w)) · ρ
///     w ← w − α · u / max(1, rms(u) / clipThreshold)
///
/// t counts the steps of each parameter by itself. `weightDecay` first subtracts
/// learningRate · weightDecay · w.
///
/// - Source: Keras `Adafactor`; Shazeer and Stern, "Adafactor: Adaptive Learning Rates with Sublinear Memory
///   Cost" (2018).
public final class Adafactor: SlotOptimizer {
    public let state: OptimizerState
    public let beta2Decay: Float
    public let epsilon1: Float
    public let epsilon2: Float
    public let clipThreshold: Float
    public let relativeStep: Bool
    public let weightDecay: Float

    /// - Parameters:
    ///   - learningRate: the step size, at least 0, or a schedule.
    ///   - beta2Decay: how fast β comes near 1; below 0.
    ///   - epsilon1: what is added to the squares, at least 0.
    ///   - epsilon2: the least root mean square of the weights that scales a step, at least 0.
    ///   - clipThreshold: the root mean square of u above which it is scaled down; above 0.
    ///   - relativeStep: has no effect, as in Keras: ρ is at most 1 / √t in any case.
    ///   - weightDecay: how much every weight shrinks at a step, times the learning rate; at least 0.
    ///   - clipnorm, clipvalue, globalClipnorm, useEma, emaMomentum, emaOverwriteFrequency,
    ///     gradientAccumulationSteps: see `OptimizerOptions`.
    public convenience init(
        learningRate: Float = 0.001, beta2Decay: Float = -0.8, epsilon1: Float = 1e-30,
        epsilon2: Float = 1e-3, clipThreshold: Float = 1, relativeStep: Bool = true, weightDecay: Float = 0,
        clipnorm: Float? = nil, clipvalue: Float? = nil, globalClipnorm: Float? = nil, useEma: Bool = false,
        emaMomentum: Float = 0.99, emaOverwriteFrequency: Int? = nil, gradientAccumulationSteps: Int? = nil
    ) {
        self.init(
            learningRate: .constant(learningRate), beta2Decay: beta2Decay, epsilon1: epsilon1,
            epsilon2: epsilon2, clipThreshold: clipThreshold, relativeStep: relativeStep,
            weightDecay: weightDecay, clipnorm: clipnorm, clipvalue: clipvalue,
            globalClipnorm: globalClipnorm, useEma: useEma, emaMomentum: emaMomentum,
            emaOverwriteFrequency: emaOverwriteFrequency, gradientAccumulationSteps: gradientAccumulationSteps
        )
    }

    /// Disfavored, so that a number in the source means the other initializer.
    @_disfavoredOverload
    public init(
        learningRate: LearningRate, beta2Decay: Float = -0.8, epsilon1: Float = 1e-30, epsilon2: Float = 1e-3,
        clipThreshold: Float = 1, relativeStep: Bool = true, weightDecay: Float = 0, clipnorm: Float? = nil,
        clipvalue: Float? = nil, globalClipnorm: Float? = nil, useEma: Bool = false,
        emaMomentum: Float = 0.99, emaOverwriteFrequency: Int? = nil, gradientAccumulationSteps: Int? = nil
    ) {
        self.beta2Decay = beta2Decay
        self.epsilon1 = epsilon1
        self.epsilon2 = epsilon2
        self.clipThreshold = clipThreshold
        self.relativeStep = relativeStep
        self.weightDecay = weightDecay
        state = OptimizerState(
            learningRate: learningRate,
            OptimizerOptions(
                clipnorm: clipnorm, clipvalue: clipvalue, globalClipnorm: globalClipnorm, useEma: useEma,
                emaMomentum: emaMomentum, emaOverwriteFrequency: emaOverwriteFrequency,
                gradientAccumulationSteps: gradientAccumulationSteps))
    }

    public func validate() throws {
        try state.validate("Adafactor")
        try requireHyperparameter("Adafactor", "epsilon1", epsilon1, in: 0..<(.infinity))
        try requireHyperparameter("Adafactor", "epsilon2", epsilon2, in: 0..<(.infinity))
        try requireHyperparameter("Adafactor", "weightDecay", weightDecay, in: 0..<(.infinity))
        guard beta2Decay < 0, beta2Decay.isFinite, clipThreshold > 0 else {
            throw CognitronError(
                .argument, "Adafactor", "invalid beta2Decay or clipThreshold",
                expected: "a finite number below 0 and one above 0",
                got: "\(beta2Decay.text) and \(clipThreshold.text)")
        }
    }

    public func update(
        _ value: inout Tensor, gradient: Tensor, of parameter: Parameter, learningRate: Float
    ) {
        let step = Double(state.slots[parameter].steps)
        value *= 1 - learningRate * state.decay(weightDecay, of: parameter)
        let (direction, length) = direction(gradient, Float(1 - pow(step, Double(beta2Decay))), parameter)
        let rate = min(learningRate, Float(1 / step.squareRoot())) * max(epsilon2, value.rootMeanSquare)
        value.subtract(direction, times: rate / max(1, length / clipThreshold))
    }

    /// u and its root mean square.
    private func direction(_ gradient: Tensor, _ beta: Float, _ parameter: Parameter) -> (Tensor, Float) {
        let (slots, squares) = (state.slots, gradient.squared + epsilon1)
        guard gradient.rank >= 2 else {
            slots[parameter, "square"].blend(toward: squares, share: 1 - beta)
            return scaled(gradient / slots[parameter, "square"].squareRoot)
        }
        let (rows, columns) = (squares.mean(axis: -1), squares.mean(axis: -2))
        slots[parameter, "rows", shape: rows.shape].blend(toward: rows, share: 1 - beta)
        slots[parameter, "columns", shape: columns.shape].blend(toward: columns, share: 1 - beta)
        let r = slots[parameter, "rows", shape: rows.shape]
        let c = slots[parameter, "columns", shape: columns.shape]
        // Two divisions, since the product of the two means may fall below the smallest number.
        let rowShares = (r / r.mean(axis: -1, keepingDimensions: true)).expandingDimensions(at: -1)
        return scaled(gradient / rowShares.squareRoot / c.expandingDimensions(at: -2).squareRoot)
    }

    private func scaled(_ direction: Tensor) -> (Tensor, Float) { (direction, direction.rootMeanSquare) }
}

extension Tensor {
    fileprivate var rootMeanSquare: Float { Float((sumOfSquares / Double(Swift.max(1, count))).squareRoot()) }
}
