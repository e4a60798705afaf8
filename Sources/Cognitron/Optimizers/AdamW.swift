/// Adam with weight decay apart from the gradient: a step first subtracts learningRate · weightDecay · w.
///
/// - Source: Keras `AdamW`; Loshchilov and Hutter, "Decoupled Weight Decay Regularization" (2019).
public final class AdamW: Adam {
    /// - Parameters:
    ///   - learningRate: the step size, at least 0, or a schedule.
    ///   - weightDecay: how much every weight shrinks at a step, times the learning rate; at least 0.
    ///   - beta1: the share of the running mean that a step keeps, from 0 to below 1.
    ///   - beta2: the share of the running mean of squares that a step keeps, from 0 to below 1.
    ///   - epsilon: what is added to the divisor, at least 0.
    ///   - amsgrad: whether the largest mean of squares so far divides, not the present one.
    ///   - clipnorm, clipvalue, globalClipnorm, useEma, emaMomentum, emaOverwriteFrequency,
    ///     gradientAccumulationSteps: see `OptimizerOptions`.
    public convenience init(
        learningRate: Float = 0.001, weightDecay: Float = 0.004, beta1: Float = 0.9, beta2: Float = 0.999,
        epsilon: Float = 1e-7, amsgrad: Bool = false, clipnorm: Float? = nil, clipvalue: Float? = nil,
        globalClipnorm: Float? = nil, useEma: Bool = false, emaMomentum: Float = 0.99,
        emaOverwriteFrequency: Int? = nil, gradientAccumulationSteps: Int? = nil
    ) {
        self.init(
            learningRate: .constant(learningRate), weightDecay: weightDecay, beta1: beta1, beta2: beta2,
            epsilon: epsilon, amsgrad: amsgrad, clipnorm: clipnorm, clipvalue: clipvalue,
            globalClipnorm: globalClipnorm, useEma: useEma, emaMomentum: emaMomentum,
            emaOverwriteFrequency: emaOverwriteFrequency, gradientAccumulationSteps: gradientAccumulationSteps
        )
    }

    /// Disfavored, so that a number in the source means the other initializer.
    @_disfavoredOverload
    public init(
        learningRate: LearningRate, weightDecay: Float = 0.004, beta1: Float = 0.9, beta2: Float = 0.999,
        epsilon: Float = 1e-7, amsgrad: Bool = false, clipnorm: Float? = nil, clipvalue: Float? = nil,
        globalClipnorm: Float? = nil, useEma: Bool = false, emaMomentum: Float = 0.99,
        emaOverwriteFrequency: Int? = nil, gradientAccumulationSteps: Int? = nil
    ) {
        super.init(
            learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, amsgrad: amsgrad,
            weightDecay: weightDecay, clipnorm: clipnorm, clipvalue: clipvalue,
            globalClipnorm: globalClipnorm, useEma: useEma, emaMomentum: emaMomentum,
            emaOverwriteFrequency: emaOverwriteFrequency, gradientAccumulationSteps: gradientAccumulationSteps
        )
    }
}
