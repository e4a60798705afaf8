/// A penalty on a parameter's values, which training adds to the loss.
///
///     Dense(64, kernelRegularizer: .l2(1e-4))
///
/// The penalty is added once a step, independently of the batch size.
///
/// - Source: Keras `regularizers`.
public struct Regularizer: Hashable, Sendable, Codable {
    let rule: any RegularizerRule

    /// A regularizer of your own: see `Rule`.
    public init(_ rule: some RegularizerRule) { self.rule = rule }

    /// l1 · Σ |w|, with l1 = 0.01
    public static let l1 = l1()
    /// l1 · Σ |w|
    public static func l1(_ l1: Float = 0.01) -> Regularizer { l1l2(l1: l1, l2: 0) }

    /// l2 · Σ w², with l2 = 0.01
    public static let l2 = l2()
    /// l2 · Σ w²
    public static func l2(_ l2: Float = 0.01) -> Regularizer { l1l2(l1: 0, l2: l2) }

    /// l1 · Σ |w| + l2 · Σ w²
    public static func l1l2(l1: Float = 0, l2: Float = 0) -> Regularizer { Regularizer(L1L2(l1: l1, l2: l2)) }

    /// Penalises rows that are not orthogonal to each other, with a factor of 0.01.
    public static let orthogonalRegularizer = orthogonalRegularizer()
    /// factor · mean |cosine| of two rows (or columns) of a matrix
    public static func orthogonalRegularizer(factor: Float = 0.01, mode: OrthogonalMode = .rows)
        -> Regularizer
    {
        Regularizer(Orthogonal(factor: factor, mode: mode))
    }

    /// Which vectors of the matrix are to be orthogonal to each other.
    public enum OrthogonalMode: String, Codable, Sendable { case rows, columns }

    /// The penalty, which is added to the loss.
    public func penalty(of value: Tensor) -> Float { rule.penalty(of: value) }

    /// The penalty's gradient with respect to the value.
    public func gradient(at value: Tensor) -> Tensor { rule.gradient(at: value) }

    /// What is wrong with the arguments for a parameter of this shape; nil where nothing is.
    func problem(for shape: Shape) -> RuleProblem? { rule.problem(for: shape) }
}

/// The rule of a `Regularizer`.
public protocol RegularizerRule: ParameterRule {
    /// The penalty, which is added to the loss.
    func penalty(of value: Tensor) -> Float

    /// The penalty's gradient with respect to the value.
    func gradient(at value: Tensor) -> Tensor
}

extension Regularizer {
    static let registry = Registry(
        "regularizer", registration: "Regularizer.register", [L1L2.self, Orthogonal.self])

    /// Lets files name a rule of your own.
    public static func register(_ rule: any RegularizerRule.Type) { registry.register(rule) }

    public init(from decoder: any Decoder) throws { rule = try Self.registry.decode(from: decoder) }
    public func encode(to encoder: any Encoder) throws { try Self.registry.encode(rule, to: encoder) }

    public static func == (a: Regularizer, b: Regularizer) -> Bool { a.rule.isEqual(to: b.rule) }
    public func hash(into hasher: inout Hasher) { hasher.combine(rule) }
}
