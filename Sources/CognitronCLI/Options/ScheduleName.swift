import Cognitron

/// A learning-rate schedule of the command line.
struct ScheduleName: NamedValue {
    static let table = NameTable(
        "schedule",
        [constant, cosine, oneCycle, linear, step, exponential, cosineRestarts, inverseSquareRoot])

    let name: String
    private let maker: @Sendable (_ highest: Float, _ steps: Int) -> LearningRate?

    /// Returns the schedule with the peak learning rate `highest`; nil for a constant one.
    func scheduler(_ highest: Float, epochs: Int, batches: Int) -> LearningRateScheduler? {
        let (product, overflow) = epochs.multipliedReportingOverflow(by: batches)
        return maker(highest, overflow ? .max : product).map { LearningRateScheduler($0) }
    }

    static let constant = ScheduleName(name: "constant") { _, _ in nil }

    /// Rises from a tenth of the peak for a sixth of the steps, then falls to 0.
    static let cosine = ScheduleName(name: "cosine") { highest, steps in
        let warmupSteps = steps / 6
        return .cosineDecay(
            initialLearningRate: highest / 10, decaySteps: steps - warmupSteps, warmupTarget: highest,
            warmupSteps: warmupSteps)
    }

    /// Rises from a 25th of the peak for three tenths of the steps, then falls far below its start.
    static let oneCycle = ScheduleName(name: "one-cycle") { highest, steps in
        .oneCycle(maxLearningRate: highest, totalSteps: steps)
    }

    /// Falls to 0 in a straight line.
    static let linear = ScheduleName(name: "linear") { highest, steps in
        .polynomialDecay(initialLearningRate: highest, decaySteps: steps, endLearningRate: 0)
    }

    /// A tenth of the peak after half of the steps, a hundredth after three quarters.
    static let step = ScheduleName(name: "step") { highest, steps in
        // Boundaries are the last steps of their rates, and rise.
        let half = max(1, steps / 2)
        return .piecewiseConstantDecay(
            boundaries: [half, max(half + 1, steps / 4 * 3)], values: [highest, highest / 10, highest / 100])
    }

    /// Falls by the same factor at every step, to a hundredth.
    static let exponential = ScheduleName(name: "exponential") { highest, steps in
        .exponentialDecay(initialLearningRate: highest, decaySteps: steps, decayRate: 0.01)
    }

    /// Falls to 0 along a cosine three times, each twice as long as the one before.
    static let cosineRestarts = ScheduleName(name: "cosine-restarts") { highest, steps in
        .cosineDecayRestarts(initialLearningRate: highest, firstDecaySteps: max(1, steps / 7))
    }

    /// Rises for a tenth of the steps, at most 4,000, then falls with the root of the step, as transformers
    /// have it.
    static let inverseSquareRoot = ScheduleName(name: "inverse-square-root") { highest, steps in
        .inverseSquareRoot(learningRate: highest, warmupSteps: min(4000, max(1, steps / 10)))
    }

    private init(
        name: String, _ make: @escaping @Sendable (_ highest: Float, _ steps: Int) -> LearningRate?
    ) {
        (self.name, maker) = (name, make)
    }
}
