import CognitronKernels

/// Creates the initial values of a parameter.
///
///     Dense(64, kernelInitializer: .heNormal)
///     Dense(64, kernelInitializer: .varianceScaling(scale: 2, mode: .fanOut, distribution: .uniform))
///
/// The scaled ones depend on the number of inputs (`fanIn`) and outputs (`fanOut`) of a weight: `(inputs,
/// units)` of a dense kernel, times the kernel's area for a convolution.
///
/// The random numbers depend on the seed of `compile` and on the parameter. An initializer's own `seed`
/// replaces both: all parameters of one shape then start with the same numbers, in every model.
///
/// Invalid arguments (a minimum above the maximum, numbers that are not finite) are errors of the layer's
/// `build`.
///
/// - Source: Keras `initializers`.
public struct Initializer: Hashable, Sendable, Codable {
    let rule: any InitializerRule

    /// An initializer of your own: see `Rule`.
    public init(_ rule: some InitializerRule) { self.rule = rule }

    /// 0.
    public static let zeros = constant(0)
    /// 1.
    public static let ones = constant(1)
    /// The same number everywhere.
    public static func constant(_ value: Float) -> Initializer { Initializer(Constant(value: value)) }

    /// The identity matrix times `gain`, for parameters with two axes.
    public static let identity = identity()
    public static func identity(gain: Float = 1) -> Initializer { Initializer(IdentityMatrix(gain: gain)) }

    /// Replaces the model's seed and the parameter's identity by `seed`, unless that is nil.
    func seeded(_ seed: UInt64?) -> Initializer {
        seed.map { Initializer(Seeded(seed: $0, initializer: self)) } ?? self
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
