// The random initializers: each as a value with Keras's defaults, and as a function of its arguments.

extension Initializer {
    /// Normal with mean 0 and standard deviation 0.05.
    public static let randomNormal = randomNormal()
    /// Normal with the given mean and standard deviation.
    public static func randomNormal(mean: Float = 0, stddev: Float = 0.05, seed: UInt64? = nil) -> Initializer
    {
        Initializer(RandomNormal(mean: mean, standardDeviation: stddev)).seeded(seed)
    }

    /// Normal with mean 0 and standard deviation 0.05, cut at two standard deviations.
    public static let truncatedNormal = truncatedNormal()
    /// Normal; numbers more than two standard deviations from the mean are drawn again.
    public static func truncatedNormal(mean: Float = 0, stddev: Float = 0.05, seed: UInt64? = nil)
        -> Initializer
    {
        Initializer(TruncatedNormal(mean: mean, standardDeviation: stddev)).seeded(seed)
    }

    /// Uniform over -0.05..<0.05.
    public static let randomUniform = randomUniform()
    /// Uniform over minval..<maxval; constant if they are equal.
    public static func randomUniform(minval: Float = -0.05, maxval: Float = 0.05, seed: UInt64? = nil)
        -> Initializer
    {
        Initializer(RandomUniform(minimum: minval, maximum: maxval)).seeded(seed)
    }

    /// Orthonormal columns (or rows, whichever are fewer) of the kernel seen as (…, outputs): Saxe et al.,
    /// "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks" (2014).
    public static let orthogonal = orthogonal()
    /// The same times `gain`.
    public static func orthogonal(gain: Float = 1, seed: UInt64? = nil) -> Initializer {
        Initializer(Orthogonal(gain: gain)).seeded(seed)
    }

    /// Draws with mean 0 and variance scale / fan.
    ///
    /// - Parameters:
    ///   - scale: above 0.
    ///   - mode: the fan of the inputs, of the outputs, or the mean of both.
    ///   - distribution: the distribution.
    ///   - seed: replaces the seed of `compile`.
    ///   - inputAxes, outputAxes: the axes whose sizes multiply to the two fans; if either is nil, the axes
    ///     of a dense layer or convolution.
    /// - Source: Keras `VarianceScaling`.
    public static func varianceScaling(
        scale: Float = 1, mode: FanMode = .fanIn, distribution: ScaledDistribution = .truncatedNormal,
        seed: UInt64? = nil, inputAxes: [Int]? = nil, outputAxes: [Int]? = nil
    ) -> Initializer {
        Initializer(
            VarianceScaling(
                scale: scale, mode: mode, distribution: distribution, inputAxes: inputAxes,
                outputAxes: outputAxes)
        ).seeded(seed)
    }

    /// The fan that scales an initializer.
    public enum FanMode: String, Codable, Sendable { case fanIn, fanOut, fanAvg }

    /// The distribution of a scaled initializer.
    public enum ScaledDistribution: String, Codable, Sendable {
        case uniform, truncatedNormal, untruncatedNormal
    }

    /// Uniform over ±√(6 / (fanIn + fanOut)): Glorot and Bengio, "Understanding the difficulty of training
    /// deep feedforward neural networks" (2010).
    public static let glorotUniform = glorotUniform()
    public static func glorotUniform(
        seed: UInt64? = nil, inputAxes: [Int]? = nil, outputAxes: [Int]? = nil
    ) -> Initializer {
        varianceScaling(
            scale: 1, mode: .fanAvg, distribution: .uniform, seed: seed, inputAxes: inputAxes,
            outputAxes: outputAxes)
    }

    /// Truncated normal with variance 2 / (fanIn + fanOut).
    public static let glorotNormal = glorotNormal()
    public static func glorotNormal(
        seed: UInt64? = nil, inputAxes: [Int]? = nil, outputAxes: [Int]? = nil
    ) -> Initializer {
        varianceScaling(
            scale: 1, mode: .fanAvg, distribution: .truncatedNormal, seed: seed, inputAxes: inputAxes,
            outputAxes: outputAxes)
    }

    /// Uniform over ±√(6 / fanIn): He et al., "Delving Deep into Rectifiers" (2015).
    public static let heUniform = heUniform()
    public static func heUniform(
        seed: UInt64? = nil, inputAxes: [Int]? = nil, outputAxes: [Int]? = nil
    ) -> Initializer {
        varianceScaling(
            scale: 2, mode: .fanIn, distribution: .uniform, seed: seed, inputAxes: inputAxes,
            outputAxes: outputAxes)
    }

    /// Truncated normal with variance 2 / fanIn.
    public static let heNormal = heNormal()
    public static func heNormal(
        seed: UInt64? = nil, inputAxes: [Int]? = nil, outputAxes: [Int]? = nil
    ) -> Initializer {
        varianceScaling(
            scale: 2, mode: .fanIn, distribution: .truncatedNormal, seed: seed, inputAxes: inputAxes,
            outputAxes: outputAxes)
    }

    /// Uniform over ±√(3 / fanIn): LeCun et al., "Efficient BackProp" (1998).
    public static let lecunUniform = lecunUniform()
    public static func lecunUniform(
        seed: UInt64? = nil, inputAxes: [Int]? = nil, outputAxes: [Int]? = nil
    ) -> Initializer {
        varianceScaling(
            scale: 1, mode: .fanIn, distribution: .uniform, seed: seed, inputAxes: inputAxes,
            outputAxes: outputAxes)
    }

    /// Truncated normal with variance 1 / fanIn.
    public static let lecunNormal = lecunNormal()
    public static func lecunNormal(
        seed: UInt64? = nil, inputAxes: [Int]? = nil, outputAxes: [Int]? = nil
    ) -> Initializer {
        varianceScaling(
            scale: 1, mode: .fanIn, distribution: .truncatedNormal, seed: seed, inputAxes: inputAxes,
            outputAxes: outputAxes)
    }

    @available(*, deprecated, message: "the standard deviation is called stddev, as in Keras")
    public static func randomNormal(mean: Float = 0, standardDeviation: Float) -> Initializer {
        randomNormal(mean: mean, stddev: standardDeviation)
    }

    @available(*, deprecated, message: "the standard deviation is called stddev, as in Keras")
    public static func truncatedNormal(mean: Float = 0, standardDeviation: Float) -> Initializer {
        truncatedNormal(mean: mean, stddev: standardDeviation)
    }

    @available(*, deprecated, message: "the bounds are called minval and maxval, as in Keras")
    public static func randomUniform(minimum: Float, maximum: Float) -> Initializer {
        randomUniform(minval: minimum, maxval: maximum)
    }
}
