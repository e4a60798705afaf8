import Cognitron

/// A learning-rate schedule of the command line.
struct ScheduleName: NamedValue {
    static let table = NameTable("schedule", [constant, cosine])

    let name: String
    private let maker: @Sendable (_ highest: Float, _ steps: Int) -> LearningRateScheduler?

    /// Returns the schedule with the peak learning rate `highest`; nil for a constant one.
    func scheduler(_ highest: Float, epochs: Int, batches: Int) -> LearningRateScheduler? {
        let (product, overflow) = epochs.multipliedReportingOverflow(by: batches)
        return maker(highest, overflow ? .max : product)
    }

    static let constant = ScheduleName(name: "constant") { _, _ in nil }

    /// Rises from a tenth of the peak for a sixth of the steps, then falls to 0.
    static let cosine = ScheduleName(name: "cosine") { highest, steps in
        let warmupSteps = steps / 6
        return LearningRateScheduler(
            CosineDecay(
                initialLearningRate: highest / 10, decaySteps: steps - warmupSteps, warmupTarget: highest,
                warmupSteps: warmupSteps))
    }

    private init(
        name: String, _ make: @escaping @Sendable (_ highest: Float, _ steps: Int) -> LearningRateScheduler?
    ) {
        (self.name, maker) = (name, make)
    }
}
