/// What a parameter's numbers must fulfil: training puts them back there after every step of the optimizer.
///
///     Dense(64, kernelConstraint: .maxNorm(3))
///
/// `axis` names the axes along which a norm is taken: 0 for a dense kernel (inputs, units) whose units are
/// held each, [0, 1, 2] for the filters of a convolution (KH, KW, C, OC). Negative ones count from the end.
///
/// - Source: Keras `constraints`.
public struct Constraint: Hashable, Sendable, Codable {
    let rule: any ConstraintRule

    /// A constraint of your own: see `Rule`.
    public init(_ rule: some ConstraintRule) { self.rule = rule }

    /// Norms of at most 2 along the first axis.
    public static let maxNorm = maxNorm()
    /// Norms of at most `maxValue`: larger ones are scaled down.
    public static func maxNorm(_ maxValue: Float = 2, axis: Int = 0) -> Constraint {
        maxNorm(maxValue, axis: [axis])
    }
    public static func maxNorm(_ maxValue: Float = 2, axis: [Int]) -> Constraint {
        Constraint(MaxNorm(maxValue: maxValue, axis: axis))
    }

    /// Negative numbers become 0.
    public static let nonNegative = Constraint(NonNegative())

    /// Norms of 1 along the first axis.
    public static let unitNorm = unitNorm()
    /// Norms of 1.
    public static func unitNorm(axis: Int = 0) -> Constraint { unitNorm(axis: [axis]) }
    public static func unitNorm(axis: [Int]) -> Constraint { Constraint(UnitNorm(axis: axis)) }

    /// The numbers nearest to `value`, or a scaled copy of it, that fulfil the constraint.
    public func apply(to value: consuming Tensor) -> Tensor { rule.apply(to: value) }

    /// What is wrong with the arguments for a parameter of this shape; nil where nothing is.
    func problem(for shape: Shape) -> RuleProblem? { rule.problem(for: shape) }
}

/// The rule of a `Constraint`.
public protocol ConstraintRule: ParameterRule {
    /// A tensor of the same shape that fulfils the constraint.
    func apply(to value: consuming Tensor) -> Tensor
}

extension Constraint {
    static let registry = Registry(
        "constraint", registration: "Constraint.register",
        [MaxNorm.self, NonNegative.self, UnitNorm.self])

    /// Lets files name a rule of your own.
    public static func register(_ rule: any ConstraintRule.Type) { registry.register(rule) }

    public init(from decoder: any Decoder) throws { rule = try Self.registry.decode(from: decoder) }
    public func encode(to encoder: any Encoder) throws { try Self.registry.encode(rule, to: encoder) }

    public static func == (a: Constraint, b: Constraint) -> Bool { a.rule.isEqual(to: b.rule) }
    public func hash(into hasher: inout Hasher) { hasher.combine(rule) }
}
