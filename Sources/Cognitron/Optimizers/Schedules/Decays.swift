import Foundation

// Schedules that decay from the first step on.

/// Multiplies the learning rate by `decayRate` every `decaySteps`.
///
///     initialLearningRate · decayRate^(step / decaySteps)
///
/// `staircase` rounds step / decaySteps down.
///
/// - Source: Keras `ExponentialDecay`.
public struct ExponentialDecay: LearningRateSchedule {
    public let initialLearningRate: Float
    public let decaySteps: Int
    public let decayRate: Float
    public let staircase: Bool

    /// - Parameters:
    ///   - initialLearningRate: the rate at the first step.
    ///   - decaySteps: steps from one factor to the next, at least 1.
    ///   - decayRate: the factor, at least 0.
    ///   - staircase: whether the rate stands still in between.
    public init(initialLearningRate: Float, decaySteps: Int, decayRate: Float, staircase: Bool = false) {
        self.initialLearningRate = initialLearningRate
        self.decaySteps = decaySteps
        self.decayRate = decayRate
        self.staircase = staircase
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            initialLearningRate: try container.decode(Float.self, forKey: .initialLearningRate),
            decaySteps: try container.decode(Int.self, forKey: .decaySteps),
            decayRate: try container.decode(Float.self, forKey: .decayRate),
            staircase: try container.decode(.staircase, default: false))
    }

    public var problem: RuleProblem? {
        rateProblem("initialLearningRate", initialLearningRate) ?? stepsProblem("decaySteps", decaySteps)
            ?? rateProblem("decayRate", decayRate)
    }

    /// The rate at `step`, from 0.
    public func callAsFunction(_ step: Int) -> Float {
        let times = passed(step, decaySteps, staircase)
        return Float(Double(initialLearningRate) * pow(Double(decayRate), times))
    }
}

/// Divides the learning rate by a linear function of the step.
///
///     initialLearningRate / (1 + decayRate · step / decaySteps)
///
/// `staircase` rounds step / decaySteps down.
///
/// - Source: Keras `InverseTimeDecay`.
public struct InverseTimeDecay: LearningRateSchedule {
    public let initialLearningRate: Float
    public let decaySteps: Int
    public let decayRate: Float
    public let staircase: Bool

    /// - Parameters:
    ///   - initialLearningRate: the rate at the first step.
    ///   - decaySteps: steps in which the divisor grows by `decayRate`, at least 1.
    ///   - decayRate: at least 0.
    ///   - staircase: whether the rate stands still in between.
    public init(initialLearningRate: Float, decaySteps: Int, decayRate: Float, staircase: Bool = false) {
        self.initialLearningRate = initialLearningRate
        self.decaySteps = decaySteps
        self.decayRate = decayRate
        self.staircase = staircase
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            initialLearningRate: try container.decode(Float.self, forKey: .initialLearningRate),
            decaySteps: try container.decode(Int.self, forKey: .decaySteps),
            decayRate: try container.decode(Float.self, forKey: .decayRate),
            staircase: try container.decode(.staircase, default: false))
    }

    public var problem: RuleProblem? {
        rateProblem("initialLearningRate", initialLearningRate) ?? stepsProblem("decaySteps", decaySteps)
            ?? rateProblem("decayRate", decayRate)
    }

    /// The rate at `step`, from 0.
    public func callAsFunction(_ step: Int) -> Float {
        Float(Double(initialLearningRate) / (1 + Double(decayRate) * passed(step, decaySteps, staircase)))
    }
}

/// Decays the learning rate to `endLearningRate` along a polynomial.
///
///     (initialLearningRate − endLearningRate) · (1 − step / decaySteps)^power + endLearningRate
///
/// Later steps use `endLearningRate`. With `cycle` the decay restarts instead: `decaySteps` is multiplied by
/// the smallest whole number that makes it at least `step`.
///
/// - Source: Keras `PolynomialDecay`.
public struct PolynomialDecay: LearningRateSchedule {
    public let initialLearningRate: Float
    public let decaySteps: Int
    public let endLearningRate: Float
    public let power: Float
    public let cycle: Bool

    /// - Parameters:
    ///   - initialLearningRate: the rate at the first step.
    ///   - decaySteps: steps from the first rate to the last, at least 1.
    ///   - endLearningRate: the lowest rate.
    ///   - power: 1 for a straight line; more falls faster at first.
    ///   - cycle: whether the rate rises again after `decaySteps`.
    public init(
        initialLearningRate: Float, decaySteps: Int, endLearningRate: Float = 0.0001, power: Float = 1,
        cycle: Bool = false
    ) {
        self.initialLearningRate = initialLearningRate
        self.decaySteps = decaySteps
        self.endLearningRate = endLearningRate
        self.power = power
        self.cycle = cycle
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            initialLearningRate: try container.decode(Float.self, forKey: .initialLearningRate),
            decaySteps: try container.decode(Int.self, forKey: .decaySteps),
            endLearningRate: try container.decode(.endLearningRate, default: 0.0001),
            power: try container.decode(.power, default: 1),
            cycle: try container.decode(.cycle, default: false))
    }

    public var problem: RuleProblem? {
        rateProblem("initialLearningRate", initialLearningRate) ?? stepsProblem("decaySteps", decaySteps)
            ?? rateProblem("endLearningRate", endLearningRate) ?? rateProblem("power", power)
    }

    /// The rate at `step`, from 0.
    public func callAsFunction(_ step: Int) -> Float {
        let passed = passed(step, decaySteps, false)
        let share = cycle ? passed / max(1, passed.rounded(.up)) : min(passed, 1)
        let (first, last) = (Double(initialLearningRate), Double(endLearningRate))
        return Float((first - last) * pow(1 - share, Double(power)) + last)
    }
}

/// Uses a constant learning rate between given steps.
///
///     values[i] for the first i with step ≤ boundaries[i], else the last value
///
/// - Source: Keras `PiecewiseConstantDecay`.
public struct PiecewiseConstantDecay: LearningRateSchedule {
    public let boundaries: [Int]
    public let values: [Float]

    /// - Parameters:
    ///   - boundaries: the last step of each value but the last; growing.
    ///   - values: the rates, one more than boundaries.
    public init(boundaries: [Int], values: [Float]) {
        self.boundaries = boundaries
        self.values = values
    }

    public var problem: RuleProblem? {
        guard values.count == boundaries.count + 1, !boundaries.isEmpty else {
            return (
                "boundaries, and one more value", "\(boundaries.count) boundaries and \(values.count) values"
            )
        }
        guard zip(boundaries, boundaries.dropFirst()).allSatisfy(<) else {
            return ("boundaries that grow", "\(boundaries)")
        }
        return values.lazy.compactMap { rateProblem("values", $0) }.first
    }

    /// The rate at `step`, from 0.
    public func callAsFunction(_ step: Int) -> Float {
        let index = boundaries.firstIndex { step <= $0 } ?? boundaries.count
        return values.indices.contains(index) ? values[index] : .nan
    }
}

/// step / decaySteps, rounded down with staircase.
private func passed(_ step: Int, _ decaySteps: Int, _ staircase: Bool) -> Double {
    let passed = Double(step) / Double(max(1, decaySteps))
    return staircase ? passed.rounded(.down) : passed
}

/// What is wrong with a rate or factor; nil where it is finite and at least 0.
func rateProblem(_ name: String, _ value: Float) -> RuleProblem? {
    value >= 0 && value.isFinite ? nil : ("a finite \(name) of at least 0", value.text)
}

/// What is wrong with a number of steps.
func stepsProblem(_ name: String, _ value: Int, atLeast minimum: Int = 1) -> RuleProblem? {
    value >= minimum ? nil : ("\(name) of at least \(minimum)", "\(value)")
}
