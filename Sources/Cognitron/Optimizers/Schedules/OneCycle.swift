import Foundation

/// Increases the learning rate to its maximum, then decreases it far below its start.
///
///     from maxLearningRate / divFactor to maxLearningRate           during pctStart of the steps
///     from there to maxLearningRate / divFactor / finalDivFactor    during the others
///
/// Both phases follow half a cosine or a straight line. Steps after `totalSteps` use the last rate.
///
/// - Source: PyTorch `OneCycleLR`, without the cycle of the momentum; Smith and Topin, "Super-Convergence:
///   Very Fast Training of Neural Networks Using Large Learning Rates" (2018).
public struct OneCycle: LearningRateSchedule {
    /// The curve between two rates.
    public enum AnnealStrategy: String, Codable, Sendable { case cos, linear }

    public let maxLearningRate: Float
    public let totalSteps: Int
    public let pctStart: Float
    public let annealStrategy: AnnealStrategy
    public let divFactor: Float
    public let finalDivFactor: Float

    /// - Parameters:
    ///   - maxLearningRate: the highest rate.
    ///   - totalSteps: the steps of the training, at least 1.
    ///   - pctStart: the share of the steps during which the rate grows, from 0 to 1.
    ///   - annealStrategy: the curve between the rates.
    ///   - divFactor: the highest rate divided by the first, above 0.
    ///   - finalDivFactor: the first rate divided by the last, above 0.
    public init(
        maxLearningRate: Float, totalSteps: Int, pctStart: Float = 0.3, annealStrategy: AnnealStrategy = .cos,
        divFactor: Float = 25, finalDivFactor: Float = 10000
    ) {
        self.maxLearningRate = maxLearningRate
        self.totalSteps = totalSteps
        self.pctStart = pctStart
        self.annealStrategy = annealStrategy
        self.divFactor = divFactor
        self.finalDivFactor = finalDivFactor
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            maxLearningRate: try container.decode(Float.self, forKey: .maxLearningRate),
            totalSteps: try container.decode(Int.self, forKey: .totalSteps),
            pctStart: try container.decode(.pctStart, default: 0.3),
            annealStrategy: try container.decode(.annealStrategy, default: .cos),
            divFactor: try container.decode(.divFactor, default: 25),
            finalDivFactor: try container.decode(.finalDivFactor, default: 10000))
    }

    public var problem: RuleProblem? {
        rateProblem("maxLearningRate", maxLearningRate) ?? stepsProblem("totalSteps", totalSteps)
            ?? ((0...1).contains(pctStart) ? nil : ("a pctStart from 0 to 1", pctStart.text))
            ?? factorProblem("divFactor", divFactor) ?? factorProblem("finalDivFactor", finalDivFactor)
    }

    private func factorProblem(_ name: String, _ value: Float) -> RuleProblem? {
        value > 0 && value.isFinite ? nil : ("a finite \(name) above 0", value.text)
    }

    /// The rate at `step`, from 0.
    public func callAsFunction(_ step: Int) -> Float {
        let (highest, last) = (Double(maxLearningRate), Double(totalSteps - 1))
        let first = highest / Double(divFactor)
        let top = max(0, Double(pctStart) * Double(totalSteps) - 1)
        let now = min(Double(step), last)
        if now <= top, top > 0 { return Float(annealed(from: first, to: highest, now / top)) }
        let share = last > top ? (now - top) / (last - top) : 1
        return Float(annealed(from: highest, to: first / Double(finalDivFactor), share))
    }

    private func annealed(from start: Double, to end: Double, _ share: Double) -> Double {
        switch annealStrategy {
        case .cos: end + (start - end) / 2 * (1 + Foundation.cos(.pi * share))
        case .linear: start + (end - start) * share
        }
    }
}
