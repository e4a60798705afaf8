/// Restricts a parameter's values: applied after every step of the optimizer.
///
///     Dense(64, kernelConstraint: .maxNorm(3))
///
/// `axis` is the axis or axes along which norms are computed: 0 for each unit of a dense kernel (inputs,
/// units), [0, 1, 2] for each filter of a convolution (KH, KW, C, OC). Negative axes count from the end.
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

    /// Replaces negative numbers by 0.
    public static let nonNeg = Constraint(NonNegative())

    @available(*, deprecated, renamed: "nonNeg")
    public static var nonNegative: Constraint { nonNeg }

    /// Norms of at most 1 along the first axis.
    public static let minMaxNorm = minMaxNorm()
    /// Norms from `minValue` to `maxValue`: others are scaled, with a `rate` below 1 only in part.
    public static func minMaxNorm(
        minValue: Float = 0, maxValue: Float = 1, rate: Float = 1, axis: Int = 0
    ) -> Constraint {
        minMaxNorm(minValue: minValue, maxValue: maxValue, rate: rate, axis: [axis])
    }
    public static func minMaxNorm(
        minValue: Float = 0, maxValue: Float = 1, rate: Float = 1, axis: [Int]
    ) -> Constraint {
        Constraint(MinMaxNorm(minValue: minValue, maxValue: maxValue, rate: rate, axis: axis))
    }

    /// Norms of 1 along the first axis.
    public static let unitNorm = unitNorm()
    /// Norms of 1.
    public static func unitNorm(axis: Int = 0) -> Constraint { unitNorm(axis: [axis]) }
    public static func unitNorm(axis: [Int]) -> Constraint { Constraint(UnitNorm(axis: axis)) }

    /// Brings numbers to −`limit` … `limit`, as the weights of a discriminator trained on
    /// `AdversarialLoss.wasserstein`.
    public static func clip(_ limit: Float) -> Constraint { Constraint(Clip(limit: limit)) }

    /// Clips or scales `value`, so that it satisfies the constraint.
    public func apply(to value: consuming Tensor) -> Tensor { rule.apply(to: value) }

    /// What is wrong with the arguments for a parameter of this shape; nil where nothing is.
    func problem(for shape: Shape) -> RuleProblem? { rule.problem(for: shape) }
}

/// The rule of a `Constraint`.
public protocol ConstraintRule: ParameterRule {
    /// Returns a tensor of the same shape that satisfies the constraint.
    func apply(to value: consuming Tensor) -> Tensor
}

extension Constraint {
    static let registry = Registry(
        "constraint", registration: "Constraint.register",
        [Clip.self, MaxNorm.self, MinMaxNorm.self, NonNegative.self, UnitNorm.self])

    /// Lets files name a rule of your own.
    public static func register(_ rule: any ConstraintRule.Type) { registry.register(rule) }

    public init(from decoder: any Decoder) throws { rule = try Self.registry.decode(from: decoder) }
    public func encode(to encoder: any Encoder) throws { try Self.registry.encode(rule, to: encoder) }

    public static func == (a: Constraint, b: Constraint) -> Bool { a.rule.isEqual(to: b.rule) }
    public func hash(into hasher: inout Hasher) { hasher.combine(rule) }
}
