import Testing

@testable import Cognitron

@Suite("Learning rate schedules have Keras's rates")
struct ScheduleGoldenTests {
    struct Arguments: Decodable {
        var schedule: String
        var initialLearningRate: Float?
        var decaySteps: Int?
        var firstDecaySteps: Int?
        var alpha: Float?
        var warmupTarget: Float?
        var warmupSteps: Int?
        var tMul: Float?
        var mMul: Float?
        var decayRate: Float?
        var staircase: Bool?
        var endLearningRate: Float?
        var power: Float?
        var cycle: Bool?
        var boundaries: [Int]?
        var values: [Float]?
        var totalSteps: Int?
        var maxLr: Float?
        var pctStart: Float?
        var annealStrategy: OneCycle.AnnealStrategy?
        var divFactor: Float?
        var finalDivFactor: Float?

        /// The schedule with the arguments that Keras was given; the others have our defaults.
        func make() throws -> LearningRate {
            if let boundaries, let values {
                return .piecewiseConstantDecay(boundaries: boundaries, values: values)
            }
            if let totalSteps, let maxLr {
                guard let pctStart, let annealStrategy, let divFactor, let finalDivFactor else {
                    return .oneCycle(maxLearningRate: maxLr, totalSteps: totalSteps)
                }
                return .oneCycle(
                    maxLearningRate: maxLr, totalSteps: totalSteps, pctStart: pctStart,
                    annealStrategy: annealStrategy, divFactor: divFactor, finalDivFactor: finalDivFactor)
            }
            let first = try #require(initialLearningRate)
            if let firstDecaySteps {
                guard let tMul, let mMul else {
                    return .cosineDecayRestarts(initialLearningRate: first, firstDecaySteps: firstDecaySteps)
                }
                guard let alpha else {
                    return .cosineDecayRestarts(
                        initialLearningRate: first, firstDecaySteps: firstDecaySteps, tMul: tMul, mMul: mMul)
                }
                return .cosineDecayRestarts(
                    initialLearningRate: first, firstDecaySteps: firstDecaySteps, tMul: tMul, mMul: mMul,
                    alpha: alpha)
            }
            let steps = try #require(decaySteps)
            switch schedule {
            case "CosineDecay":
                guard let alpha else { return .cosineDecay(initialLearningRate: first, decaySteps: steps) }
                return .cosineDecay(
                    initialLearningRate: first, decaySteps: steps, alpha: alpha, warmupTarget: warmupTarget,
                    warmupSteps: warmupSteps ?? 0)
            case "PolynomialDecay":
                guard let endLearningRate, let power else {
                    return .polynomialDecay(initialLearningRate: first, decaySteps: steps)
                }
                return .polynomialDecay(
                    initialLearningRate: first, decaySteps: steps, endLearningRate: endLearningRate,
                    power: power, cycle: cycle ?? false)
            default:
                let rate = try #require(decayRate)
                let make =
                    schedule == "ExponentialDecay"
                    ? LearningRate.exponentialDecay : LearningRate.inverseTimeDecay
                return make(first, steps, rate, staircase ?? false)
            }
        }
    }

    @Test("At chosen steps", arguments: try GoldenCase.all("schedules"))
    func rates(_ golden: GoldenCase) throws {
        let schedule = try golden.configuration(Arguments.self).make()
        #expect(schedule.rule.problem == nil)
        let rates = try golden["steps"].map { schedule(Int($0)) }
        expectClose(rates, try golden["rates"], "rates", relative: 1e-6, absolute: 1e-8)
    }
}

@Suite("Regularizers and constraints have Keras's values")
struct WeightRuleGoldenTests {
    struct Arguments: Decodable {
        var regularizer: String?
        var constraint: String?
        var l1: Float?
        var l2: Float?
        var factor: Float?
        var mode: Regularizer.OrthogonalMode?
        var minValue: Float?
        var maxValue: Float?
        var rate: Float?
        var axis: Axes?

        enum Axes: Decodable {
            case one(Int)
            case several([Int])

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let axis = try? container.decode(Int.self) {
                    self = .one(axis)
                } else {
                    self = .several(try container.decode([Int].self))
                }
            }
        }

        var madeRegularizer: Regularizer {
            switch (regularizer, l1, l2) {
            case ("OrthogonalRegularizer", _, _):
                factor.map { .orthogonalRegularizer(factor: $0, mode: mode ?? .rows) }
                    ?? .orthogonalRegularizer
            case ("L1", let l1, _): l1.map { .l1($0) } ?? .l1
            case ("L2", _, let l2): l2.map { .l2($0) } ?? .l2
            default: .l1l2(l1: l1 ?? 0, l2: l2 ?? 0)
            }
        }

        var madeConstraint: Constraint {
            switch (constraint, maxValue, axis) {
            case ("NonNeg", _, _): .nonNeg
            case ("MinMaxNorm", nil, _): .minMaxNorm
            case ("MinMaxNorm", let most?, .one(let axis)?):
                .minMaxNorm(minValue: minValue ?? 0, maxValue: most, rate: rate ?? 1, axis: axis)
            case ("MinMaxNorm", let most?, .several(let axes)?):
                .minMaxNorm(minValue: minValue ?? 0, maxValue: most, rate: rate ?? 1, axis: axes)
            case ("UnitNorm", _, .one(let axis)?): .unitNorm(axis: axis)
            case ("UnitNorm", _, _): .unitNorm
            case (_, let most?, .one(let axis)?): .maxNorm(most, axis: axis)
            case (_, let most?, .several(let axes)?): .maxNorm(most, axis: axes)
            default: .maxNorm
            }
        }
    }

    @Test(
        "Penalties, their gradients, and constrained kernels", arguments: try GoldenCase.all("weight_rules"))
    func values(_ golden: GoldenCase) throws {
        let arguments = try golden.configuration(Arguments.self)
        let value = try golden["value"]
        guard arguments.regularizer != nil else {
            expectClose(
                arguments.madeConstraint.apply(to: value), try golden["result"], "result", relative: 1e-6)
            return
        }
        let regularizer = arguments.madeRegularizer
        expectClose(Tensor(regularizer.penalty(of: value)), try golden["penalty"], "penalty", relative: 1e-6)
        expectClose(regularizer.gradient(at: value), try golden["gradient"], "gradient", relative: 1e-6)
    }
}
