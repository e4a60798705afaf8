import CognitronKernels
import Foundation

/// The share of tokens that a decoder is told in a training step; the others are its own. See
/// `ScheduledSampling`.
///
/// - Source: Bengio, Vinyals, Jaitly and Shazeer, "Scheduled Sampling for Sequence Prediction with Recurrent
///   Neural Networks" (2015), section 2.4.
public struct TeacherForcing: Hashable, Sendable {
    private let decay: Decay

    private enum Decay: Hashable {
        case constant(Float)
        case linear(lowest: Float, steps: Int)
        case inverseSigmoid(Float)
    }

    /// The same share at every step, from 0 to 1.
    public static func constant(_ share: Float) -> TeacherForcing {
        require((0...1).contains(share), "a share of \(share)")
        return TeacherForcing(decay: .constant(share))
    }

    /// lowest + (1 − lowest) · max(0, 1 − step / steps)
    ///
    /// - Parameters:
    ///   - lowest: the share from the last of the steps on.
    ///   - steps: at least 1.
    public static func linear(to lowest: Float, steps: Int) -> TeacherForcing {
        require((0...1).contains(lowest) && steps >= 1, "a share of \(lowest) after \(steps) steps")
        return TeacherForcing(decay: .linear(lowest: lowest, steps: steps))
    }

    /// k / (k + exp(step / k)): near 1 at first, ½ at step k · ln k, then towards 0.
    ///
    /// - Parameter k: at least 1.
    public static func inverseSigmoid(_ k: Float) -> TeacherForcing {
        require(k >= 1 && k.isFinite, "an inverse sigmoid of \(k)")
        return TeacherForcing(decay: .inverseSigmoid(k))
    }

    /// The share at `step`, from 0.
    public func callAsFunction(_ step: Int) -> Float {
        switch decay {
        case .constant(let share): share
        case .linear(let lowest, let steps):
            lowest + (1 - lowest) * max(0, 1 - Float(step) / Float(steps))
        case .inverseSigmoid(let k): k / (k + exp(Float(step) / k))
        }
    }
}
