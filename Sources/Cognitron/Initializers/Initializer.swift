import CognitronKernels

/// How a parameter's first numbers are drawn.
///
/// The scaled ones look at how many inputs (`fanIn`) and outputs (`fanOut`) a weight connects: `(inputs,
/// units)` of a dense kernel, and these times the kernel's area of a convolution's.
///
/// Arguments that cannot be drawn from (a minimum above the maximum, numbers that are not finite) are errors
/// of the layer's `build`.
///
/// - Source: Keras `initializers`.
public struct Initializer: Hashable, Sendable, Codable {
    let rule: any InitializerRule

    /// An initializer of your own: see `Rule`.
    public init(_ rule: some InitializerRule) { self.rule = rule }

    public static let zeros = constant(0)
    public static let ones = constant(1)
    public static func constant(_ value: Float) -> Initializer { Initializer(Constant(value: value)) }

    /// Even over ±√(6 / (fanIn + fanOut)): Glorot and Bengio, "Understanding the difficulty of training deep
    /// feedforward neural networks" (2010).
    public static let glorotUniform = scaled(1, .fanAvg, .uniform)
    /// Truncated normal with variance 2 / (fanIn + fanOut).
    public static let glorotNormal = scaled(1, .fanAvg, .truncatedNormal)
    /// Even over ±√(6 / fanIn): He et al., "Delving Deep into Rectifiers" (2015).
    public static let heUniform = scaled(2, .fanIn, .uniform)
    /// Truncated normal with variance 2 / fanIn.
    public static let heNormal = scaled(2, .fanIn, .truncatedNormal)
    /// Even over ±√(3 / fanIn): LeCun et al., "Efficient BackProp" (1998).
    public static let lecunUniform = scaled(1, .fanIn, .uniform)
    /// Truncated normal with variance 1 / fanIn.
    public static let lecunNormal = scaled(1, .fanIn, .truncatedNormal)

    /// Normal with mean 0 and standard deviation 0.05.
    public static let randomNormal = randomNormal()
    public static func randomNormal(mean: Float = 0, standardDeviation: Float = 0.05) -> Initializer {
        Initializer(RandomNormal(mean: mean, standardDeviation: standardDeviation))
    }

    /// Normal, with numbers further than two standard deviations from the mean drawn again.
    public static let truncatedNormal = truncatedNormal()
    public static func truncatedNormal(mean: Float = 0, standardDeviation: Float = 0.05) -> Initializer {
        Initializer(TruncatedNormal(mean: mean, standardDeviation: standardDeviation))
    }

    /// Even over -0.05..<0.05, or over the given range; where minimum and maximum are equal, that number.
    public static let randomUniform = randomUniform()
    public static func randomUniform(minimum: Float = -0.05, maximum: Float = 0.05) -> Initializer {
        Initializer(RandomUniform(minimum: minimum, maximum: maximum))
    }

    /// Orthonormal columns (or rows, whichever are fewer) of the kernel seen as (…, outputs): Saxe et al.,
    /// "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks" (2014).
    public static let orthogonal = orthogonal()
    public static func orthogonal(gain: Float = 1) -> Initializer { Initializer(Orthogonal(gain: gain)) }

    private static func scaled(
        _ scale: Float, _ mode: VarianceScaling.Mode, _ distribution: VarianceScaling.Distribution
    ) -> Initializer {
        Initializer(VarianceScaling(scale: scale, mode: mode, distribution: distribution))
    }

    /// What is wrong with the arguments for a parameter of this shape; nil where nothing is.
    func problem(for shape: Shape) -> RuleProblem? { rule.problem(for: shape) }

    /// A tensor of the given shape. The same key gives the same numbers.
    public func make(_ shape: Shape, key: RandomKey) -> Tensor {
        if let problem = problem(for: shape) {
            fail("an initializer expected \(problem.expected), got \(problem.got)")
        }
        let value = rule.make(shape, key: key)
        require(
            value.shape == shape, "\(type(of: rule)) made a tensor of shape \(value.shape), expected \(shape)"
        )
        return value
    }
}

/// The rule of an `Initializer`.
public protocol InitializerRule: ParameterRule {
    /// A tensor of the given shape. The same key must give the same numbers: draw with
    /// `Tensor.randomUniform(_:in:key:)` and the like, or with `key.generator()`.
    func make(_ shape: Shape, key: RandomKey) -> Tensor
}
