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
    /// eˣ / Σ eˣ along the last axis
    public static let softmax = ActivationFunction(Softmax())
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
    /// The function's value, of the input's shape, and its pullback.
    func forward(_ input: consuming Tensor) -> (output: Tensor, pullback: Pullback)
}

// MARK: - In files

extension ActivationFunction {
    static let registry = Registry(
        "activation function", registration: "ActivationFunction.register",
        [
            Linear.self, Relu.self, LeakyRelu.self, Sigmoid.self, Tanh.self, Softmax.self, Softplus.self,
            Elu.self,
            Gelu.self, Swish.self,
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
