/// A function between layers, of every number by itself or of each row (the softmax).
///
///     Dense(10, activation: .softmax)
///     Conv2D(64, kernelSize: 3, activation: .leakyRelu(negativeSlope: 0.1))
///
/// - Source: Keras `activations`.
public struct ActivationFunction: Hashable, Sendable, Codable {
    let rule: any ActivationRule

    /// A function of your own: see `Rule`.
    public init(_ rule: some ActivationRule) { self.rule = rule }

    /// x
    public static let linear = ActivationFunction(Linear())
    /// max(x, 0)
    public static let relu = ActivationFunction(Relu())
    /// maxValue where x is at least that; x above the threshold; negativeSlope·(x − threshold) elsewhere
    public static func relu(
        negativeSlope: Float = 0, maxValue: Float? = nil, threshold: Float = 0
    ) -> ActivationFunction {
        ActivationFunction(Relu(negativeSlope: negativeSlope, maxValue: maxValue, threshold: threshold))
    }
    /// min(max(x, 0), 6)
    public static let relu6 = relu(maxValue: 6)
    /// x where it is positive, 0.2·x elsewhere
    public static let leakyRelu = leakyRelu(negativeSlope: 0.2)
    /// x where it is positive, negativeSlope·x elsewhere
    public static func leakyRelu(negativeSlope: Float) -> ActivationFunction {
        ActivationFunction(LeakyRelu(negativeSlope: negativeSlope))
    }
    /// 1 / (1 + e⁻ˣ)
    public static let sigmoid = ActivationFunction(Sigmoid())
    /// (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)
    public static let tanh = ActivationFunction(Tanh())
    /// 1.7159·tanh(2x/3), which is 1 at 1 and −1 at −1. LeCun et al., "Efficient BackProp" (1998); Keras has
    /// none.
    public static let scaledTanh = ActivationFunction(ScaledTanh())
    /// eˣ / Σ eˣ along the last axis
    public static let softmax = softmax(axis: -1)
    /// eˣ / Σ eˣ along an axis. As in Keras, a positive one counts the batch: 1 is a sample's first. So do
    /// those of `logSoftmax`, `sparsemax` and `glu`.
    public static func softmax(axis: Int) -> ActivationFunction { ActivationFunction(Softmax(axis: axis)) }
    /// x − ln Σ eˣ along the last axis
    public static let logSoftmax = logSoftmax(axis: -1)
    /// x − ln Σ eˣ along an axis
    public static func logSoftmax(axis: Int) -> ActivationFunction {
        ActivationFunction(LogSoftmax(axis: axis))
    }
    /// max(x − τ, 0) along the last axis, τ such that they sum to 1
    public static let sparsemax = sparsemax(axis: -1)
    /// max(x − τ, 0) along an axis, τ such that they sum to 1
    public static func sparsemax(axis: Int) -> ActivationFunction {
        ActivationFunction(Sparsemax(axis: axis))
    }
    /// ln(1 + eˣ)
    public static let softplus = ActivationFunction(Softplus())
    /// x where it is positive, eˣ − 1 elsewhere
    public static let elu = elu(alpha: 1)
    /// x where it is positive, alpha·(eˣ − 1) elsewhere
    public static func elu(alpha: Float) -> ActivationFunction { ActivationFunction(Elu(alpha: alpha)) }
    /// x·Φ(x), Φ being the normal distribution
    public static let gelu = gelu(approximate: false)
    /// x·Φ(x), or its approximation by a tangent
    public static func gelu(approximate: Bool) -> ActivationFunction {
        ActivationFunction(Gelu(approximate: approximate))
    }
    /// x / (1 + e⁻ˣ)
    public static let swish = ActivationFunction(Swish())
    /// x / (1 + e⁻ˣ), the swish under its other name
    public static let silu = swish
    /// x where it is positive, alpha·(e^(x / alpha) − 1) elsewhere, with alpha = 1
    public static let celu = celu(alpha: 1)
    /// x where it is positive, alpha·(e^(x / alpha) − 1) elsewhere; alpha is above 0
    public static func celu(alpha: Float) -> ActivationFunction { ActivationFunction(Celu(alpha: alpha)) }
    /// 1.0507·(x where it is positive, 1.6733·(eˣ − 1) elsewhere)
    public static let selu = ActivationFunction(Selu())
    /// eˣ
    public static let exponential = ActivationFunction(Exponential())
    /// (x + 3) / 6, from 0 to 1
    public static let hardSigmoid = ActivationFunction(HardSigmoid())
    /// x·hardSigmoid(x)
    public static let hardSilu = ActivationFunction(HardSilu())
    /// x·hardSigmoid(x), the hard SiLU under its other name
    public static let hardSwish = hardSilu
    /// x, from −1 to 1
    public static let hardTanh = ActivationFunction(HardTanh())
    /// ln(1 / (1 + e⁻ˣ))
    public static let logSigmoid = ActivationFunction(LogSigmoid())
    /// x·tanh(ln(1 + eˣ))
    public static let mish = ActivationFunction(Mish())
    /// x / (1 + |x|)
    public static let softsign = ActivationFunction(Softsign())
    /// 0 up to −1, x from 1 on, (x + 1)² / 4 between
    public static let sparsePlus = ActivationFunction(SparsePlus())
    /// (x + 1) / 2, from 0 to 1
    public static let sparseSigmoid = ActivationFunction(SparseSigmoid())
    /// x − tanh x
    public static let tanhShrink = ActivationFunction(TanhShrink())
    /// (x + √(x² + 4)) / 2
    public static let squareplus = squareplus(b: 4)
    /// (x + √(x² + b)) / 2; b is above 0
    public static func squareplus(b: Float) -> ActivationFunction { ActivationFunction(Squareplus(b: b)) }
    /// x where |x| > 0.5, 0 elsewhere
    public static let hardShrink = hardShrink(threshold: 0.5)
    /// x where |x| > threshold, 0 elsewhere
    public static func hardShrink(threshold: Float) -> ActivationFunction {
        ActivationFunction(HardShrink(threshold: threshold))
    }
    /// x moved 0.5 towards 0, and 0 where |x| ≤ 0.5
    public static let softShrink = softShrink(threshold: 0.5)
    /// x moved towards 0 by the threshold, and 0 where |x| ≤ threshold
    public static func softShrink(threshold: Float) -> ActivationFunction {
        ActivationFunction(SoftShrink(threshold: threshold))
    }
    /// x where x > threshold, defaultValue elsewhere
    public static func threshold(_ threshold: Float, defaultValue: Float) -> ActivationFunction {
        ActivationFunction(Threshold(threshold: threshold, defaultValue: defaultValue))
    }
    /// a / (1 + e⁻ᵇ), a and b being the halves of the last axis. It changes the shape: use it as a layer,
    /// `Activation(.glu)`.
    public static let glu = glu(axis: -1)
    /// a / (1 + e⁻ᵇ), a and b being the halves of an axis
    public static func glu(axis: Int) -> ActivationFunction { ActivationFunction(Glu(axis: axis)) }

    /// The function's value.
    public func callAsFunction(_ input: Tensor) -> Tensor { forward(input).output }

    /// The function's value and its pullback. Works in place where the input is not shared.
    public func forward(_ input: consuming Tensor) -> (output: Tensor, pullback: Pullback) {
        rule.forward(input)
    }
}

/// The rule of an `ActivationFunction`.
///
///     struct Square: ActivationRule {
///         func forward(_ input: consuming Tensor) -> (output: Tensor, pullback: Pullback) {
///             let x = input
///             return (x.squared, { 2 * x * $0 })
///         }
///     }
public protocol ActivationRule: Rule {
    /// The function's value and its pullback.
    func forward(_ input: consuming Tensor) -> (output: Tensor, pullback: Pullback)

    /// What is wrong with the arguments for samples of this shape. By default that is `problem`.
    func problem(for input: Shape) -> RuleProblem?

    /// The shape of a sample's output. By default that of its input.
    func outputShape(for input: Shape) -> Shape
}

extension ActivationRule {
    public func problem(for input: Shape) -> RuleProblem? { problem }
    public func outputShape(for input: Shape) -> Shape { input }
}

// MARK: - In files

extension ActivationFunction {
    static let registry = Registry(
        "activation function", registration: "ActivationFunction.register",
        [
            Linear.self, Relu.self, LeakyRelu.self, Elu.self, Celu.self, Selu.self, Threshold.self,
            HardShrink.self, SoftShrink.self, HardTanh.self, HardSigmoid.self, HardSilu.self,
            SparsePlus.self, SparseSigmoid.self, Sigmoid.self, LogSigmoid.self, Tanh.self, TanhShrink.self,
            ScaledTanh.self,
            Softplus.self, Softsign.self, Squareplus.self, Exponential.self, Gelu.self, Swish.self,
            Mish.self, Softmax.self, LogSoftmax.self, Sparsemax.self, Glu.self,
        ])

    /// Lets files name a rule of your own.
    public static func register(_ rule: any ActivationRule.Type) { registry.register(rule) }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: FirstFormat.self)
        rule =
            container.contains(.kind)
            ? try container.decode(FirstFormat.Kind.self, forKey: .kind).rule
            : try Self.registry.decode(from: decoder)
    }

    public func encode(to encoder: any Encoder) throws { try Self.registry.encode(rule, to: encoder) }

    public static func == (a: ActivationFunction, b: ActivationFunction) -> Bool {
        a.rule.isEqual(to: b.rule)
    }
    public func hash(into hasher: inout Hasher) { hasher.combine(rule) }

    /// What files held before activation functions were an open set: `{"kind": {"relu": {}}}`.
    private enum FirstFormat: CodingKey {
        case kind

        enum Kind: Decodable {
            case linear, relu, sigmoid, tanh, softmax, softplus, swish
            case leakyRelu(negativeSlope: Float)
            case elu(alpha: Float)
            case gelu(approximate: Bool)

            var rule: any ActivationRule {
                switch self {
                case .linear: Linear()
                case .relu: Relu()
                case .sigmoid: Sigmoid()
                case .tanh: Tanh()
                case .softmax: Softmax()
                case .softplus: Softplus()
                case .swish: Swish()
                case .leakyRelu(let slope): LeakyRelu(negativeSlope: slope)
                case .elu(let alpha): Elu(alpha: alpha)
                case .gelu(let approximate): Gelu(approximate: approximate)
                }
            }
        }
    }
}
