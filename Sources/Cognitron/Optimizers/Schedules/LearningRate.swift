/// A learning rate: a number, or a schedule over the optimizer's steps.
///
///     Adam(learningRate: 0.001)
///     Adam(learningRate: .cosineDecay(initialLearningRate: 0.001, decaySteps: 10_000))
///
/// A schedule is a value without state: each optimizer that uses it starts at its first step.
///
/// - Source: Keras `optimizers.schedules`.
public struct LearningRate: Hashable, Sendable, Codable {
    let rule: any LearningRateSchedule

    /// A schedule, for example one of your own: see `Rule`.
    public init(_ schedule: some LearningRateSchedule) { rule = schedule }

    /// The same rate at every step.
    public static func constant(_ rate: Float) -> LearningRate { LearningRate(Constant(rate: rate)) }

    /// The rate at `step`, from 0.
    public func callAsFunction(_ step: Int) -> Float { rule(step) }

    /// Whether every step has the same rate.
    var isConstant: Bool { rule is Constant }

    struct Constant: LearningRateSchedule {
        var rate: Float

        func callAsFunction(_ step: Int) -> Float { rate }

        var problem: RuleProblem? {
            rate >= 0 && rate.isFinite ? nil : ("a finite number of at least 0", rate.text)
        }
    }
}

/// The rule of a `LearningRate`.
///
///     struct Halving: LearningRateSchedule {
///         var steps = 1000
///         func callAsFunction(_ step: Int) -> Float { 0.1 * pow(0.5, Float(step / steps)) }
///     }
///
///     extension LearningRate { static let halving = LearningRate(Halving()) }
public protocol LearningRateSchedule: Rule {
    /// The rate at `step`, from 0: a finite number of at least 0.
    func callAsFunction(_ step: Int) -> Float
}

extension LearningRate: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
    public init(floatLiteral rate: Float) { self = .constant(rate) }
    public init(integerLiteral rate: Int) { self = .constant(Float(rate)) }
}

// MARK: - The schedules

extension LearningRate {
    /// See `CosineDecay`.
    public static func cosineDecay(
        initialLearningRate: Float, decaySteps: Int, alpha: Float = 0, warmupTarget: Float? = nil,
        warmupSteps: Int = 0
    ) -> LearningRate {
        LearningRate(
            CosineDecay(
                initialLearningRate: initialLearningRate, decaySteps: decaySteps, alpha: alpha,
                warmupTarget: warmupTarget, warmupSteps: warmupSteps))
    }

    /// See `CosineDecayRestarts`.
    public static func cosineDecayRestarts(
        initialLearningRate: Float, firstDecaySteps: Int, tMul: Float = 2, mMul: Float = 1, alpha: Float = 0
    ) -> LearningRate {
        LearningRate(
            CosineDecayRestarts(
                initialLearningRate: initialLearningRate, firstDecaySteps: firstDecaySteps, tMul: tMul,
                mMul: mMul, alpha: alpha))
    }

    /// See `ExponentialDecay`.
    public static func exponentialDecay(
        initialLearningRate: Float, decaySteps: Int, decayRate: Float, staircase: Bool = false
    ) -> LearningRate {
        LearningRate(
            ExponentialDecay(
                initialLearningRate: initialLearningRate, decaySteps: decaySteps, decayRate: decayRate,
                staircase: staircase))
    }

    /// See `InverseTimeDecay`.
    public static func inverseTimeDecay(
        initialLearningRate: Float, decaySteps: Int, decayRate: Float, staircase: Bool = false
    ) -> LearningRate {
        LearningRate(
            InverseTimeDecay(
                initialLearningRate: initialLearningRate, decaySteps: decaySteps, decayRate: decayRate,
                staircase: staircase))
    }

    /// See `PiecewiseConstantDecay`.
    public static func piecewiseConstantDecay(boundaries: [Int], values: [Float]) -> LearningRate {
        LearningRate(PiecewiseConstantDecay(boundaries: boundaries, values: values))
    }

    /// See `PolynomialDecay`.
    public static func polynomialDecay(
        initialLearningRate: Float, decaySteps: Int, endLearningRate: Float = 0.0001, power: Float = 1,
        cycle: Bool = false
    ) -> LearningRate {
        LearningRate(
            PolynomialDecay(
                initialLearningRate: initialLearningRate, decaySteps: decaySteps,
                endLearningRate: endLearningRate, power: power, cycle: cycle))
    }

    /// See `OneCycle`.
    public static func oneCycle(
        maxLearningRate: Float, totalSteps: Int, pctStart: Float = 0.3,
        annealStrategy: OneCycle.AnnealStrategy = .cos, divFactor: Float = 25, finalDivFactor: Float = 10000
    ) -> LearningRate {
        LearningRate(
            OneCycle(
                maxLearningRate: maxLearningRate, totalSteps: totalSteps, pctStart: pctStart,
                annealStrategy: annealStrategy, divFactor: divFactor, finalDivFactor: finalDivFactor))
    }

    /// See `InverseSquareRoot`.
    public static func inverseSquareRoot(learningRate: Float, warmupSteps: Int) -> LearningRate {
        LearningRate(InverseSquareRoot(learningRate: learningRate, warmupSteps: warmupSteps))
    }

    /// The transformer's, for so many features: see `InverseSquareRoot`.
    public static func inverseSquareRoot(features: Int, warmupSteps: Int) -> LearningRate {
        .inverseSquareRoot(
            learningRate: 1 / (Float(features) * Float(warmupSteps)).squareRoot(), warmupSteps: warmupSteps)
    }

    /// See `Warmup`.
    public static func warmup(
        _ schedule: LearningRate, warmupSteps: Int, initialLearningRate: Float = 0
    ) -> LearningRate {
        LearningRate(
            Warmup(schedule, warmupSteps: warmupSteps, initialLearningRate: initialLearningRate))
    }
}

// MARK: - In files

extension LearningRate {
    static let registry = Registry(
        "learning rate schedule", registration: "LearningRate.register",
        [
            Constant.self, CosineDecay.self, CosineDecayRestarts.self, ExponentialDecay.self,
            InverseTimeDecay.self, OneCycle.self, PiecewiseConstantDecay.self, PolynomialDecay.self,
            InverseSquareRoot.self, Warmup.self,
        ])

    /// Lets files name a schedule of your own.
    public static func register(_ schedule: any LearningRateSchedule.Type) { registry.register(schedule) }

    public init(from decoder: any Decoder) throws { rule = try Self.registry.decode(from: decoder) }
    public func encode(to encoder: any Encoder) throws { try Self.registry.encode(rule, to: encoder) }

    public static func == (a: LearningRate, b: LearningRate) -> Bool { a.rule.isEqual(to: b.rule) }
    public func hash(into hasher: inout Hasher) { hasher.combine(rule) }
}
