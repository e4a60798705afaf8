import Foundation

/// Decays the learning rate along half a cosine, after an optional linear warm-up.
///
/// Without warm-up, step s of `decaySteps` uses
///
///     initialLearningRate · (alpha + (1 − alpha) · (1 + cos(π · s / decaySteps)) / 2)
///
/// and every later step alpha · initialLearningRate. With warm-up the rate first grows linearly from
/// `initialLearningRate` to `warmupTarget` during `warmupSteps`, then decays from there.
///
/// - Source: Keras `CosineDecay`; Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm
///   Restarts" (2017).
public struct CosineDecay: LearningRateSchedule {
    public let initialLearningRate: Float
    public let decaySteps: Int
    public let alpha: Float
    public let warmupTarget: Float?
    public let warmupSteps: Int

    /// - Parameters:
    ///   - initialLearningRate: the rate at the first step.
    ///   - decaySteps: steps from the highest rate to the lowest, warm-up not counted; at least 1.
    ///   - alpha: the lowest rate as a share of the highest.
    ///   - warmupTarget: the rate after the warm-up; nil for none.
    ///   - warmupSteps: steps of the warm-up.
    public init(
        initialLearningRate: Float, decaySteps: Int, alpha: Float = 0, warmupTarget: Float? = nil,
        warmupSteps: Int = 0
    ) {
        self.initialLearningRate = initialLearningRate
        self.decaySteps = decaySteps
        self.alpha = alpha
        self.warmupTarget = warmupTarget
        self.warmupSteps = warmupSteps
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            initialLearningRate: try container.decode(Float.self, forKey: .initialLearningRate),
            decaySteps: try container.decode(Int.self, forKey: .decaySteps),
            alpha: try container.decode(.alpha, default: 0),
            warmupTarget: try container.decodeIfPresent(Float.self, forKey: .warmupTarget),
            warmupSteps: try container.decode(.warmupSteps, default: 0))
    }

    public var problem: RuleProblem? {
        rateProblem("initialLearningRate", initialLearningRate) ?? stepsProblem("decaySteps", decaySteps)
            ?? rateProblem("alpha", alpha) ?? warmupTarget.flatMap { rateProblem("warmupTarget", $0) }
            ?? stepsProblem("warmupSteps", warmupSteps, atLeast: 0)
    }

    /// The rate at `step`, from 0.
    public func callAsFunction(_ step: Int) -> Float {
        guard let warmupTarget else { return decayed(initialLearningRate, step) }
        guard step >= warmupSteps else {
            let share = Float(step) / Float(warmupSteps)
            return initialLearningRate + share * (warmupTarget - initialLearningRate)
        }
        return decayed(warmupTarget, step - warmupSteps)
    }

    private func decayed(_ highest: Float, _ step: Int) -> Float {
        let share = Double(min(step, decaySteps)) / Double(max(1, decaySteps))
        return cosineDecayed(highest, share, alpha)
    }
}

/// Cosine decay with warm restarts.
///
/// The first takes `firstDecaySteps`; each further one takes `tMul` times as many and starts at `mMul` times
/// the rate:
///
///     initialLearningRate · (alpha + (1 − alpha) · mMulⁱ · (1 + cos(π · share)) / 2)
///
/// with i the restarts so far and share the fraction of the current decay that has passed.
///
/// - Source: Keras `CosineDecayRestarts`; Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm
///   Restarts" (2017).
public struct CosineDecayRestarts: LearningRateSchedule {
    public let initialLearningRate: Float
    public let firstDecaySteps: Int
    public let tMul: Float
    public let mMul: Float
    public let alpha: Float

    /// - Parameters:
    ///   - initialLearningRate: the rate at the first step.
    ///   - firstDecaySteps: steps of the first decay, at least 1.
    ///   - tMul: how many times longer each decay is than the one before; at least 1.
    ///   - mMul: how many times higher each decay starts than the one before.
    ///   - alpha: the lowest rate as a share of `initialLearningRate`.
    public init(
        initialLearningRate: Float, firstDecaySteps: Int, tMul: Float = 2, mMul: Float = 1, alpha: Float = 0
    ) {
        self.initialLearningRate = initialLearningRate
        self.firstDecaySteps = firstDecaySteps
        self.tMul = tMul
        self.mMul = mMul
        self.alpha = alpha
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            initialLearningRate: try container.decode(Float.self, forKey: .initialLearningRate),
            firstDecaySteps: try container.decode(Int.self, forKey: .firstDecaySteps),
            tMul: try container.decode(.tMul, default: 2), mMul: try container.decode(.mMul, default: 1),
            alpha: try container.decode(.alpha, default: 0))
    }

    public var problem: RuleProblem? {
        rateProblem("initialLearningRate", initialLearningRate)
            ?? stepsProblem("firstDecaySteps", firstDecaySteps)
            ?? (tMul >= 1 && tMul.isFinite ? nil : ("a finite tMul of at least 1", tMul.text))
            ?? rateProblem("mMul", mMul) ?? rateProblem("alpha", alpha)
    }

    /// The rate at `step`, from 0.
    public func callAsFunction(_ step: Int) -> Float {
        var (restarts, share) = (0.0, Double(step) / Double(max(1, firstDecaySteps)))
        if tMul > 1 {
            // Not by logarithms, whose rounding would delay some restarts by a step.
            var length = 1.0
            while share >= length {
                share -= length
                length *= Double(tMul)
                restarts += 1
            }
            share /= length
        } else {
            restarts = share.rounded(.down)
            share -= restarts
        }
        let height = Float(pow(Double(mMul), restarts))
        return initialLearningRate * (alpha + (1 - alpha) * height * Float((1 + cos(.pi * share)) / 2))
    }
}

/// highest · (alpha + (1 − alpha) · (1 + cos(π · share)) / 2)
private func cosineDecayed(_ highest: Float, _ share: Double, _ alpha: Float) -> Float {
    highest * (alpha + (1 - alpha) * Float((1 + cos(.pi * share)) / 2))
}
