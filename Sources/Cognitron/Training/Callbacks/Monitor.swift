/// Whether a monitored score is to be maximized or minimized.
public enum MonitorMode: Sendable {
    /// The metric's direction. If it is unknown, `fit` throws when training begins.
    case automatic
    case minimum
    case maximum
}

/// The score that a callback monitors, and its best value so far.
struct Monitor {
    let name: String
    let mode: MonitorMode
    let minDelta: Float
    private(set) var best: Float?
    private var direction: Direction

    init(_ name: String, _ mode: MonitorMode, minDelta: Float = 0) {
        self.name = name
        self.mode = mode
        self.minDelta = minDelta
        direction = mode == .automatic ? .unknown : mode == .minimum ? .minimize : .maximize
    }

    /// Resets the best value and looks up the score's direction.
    ///
    /// - Parameter initial: the value that the first best one must improve on.
    /// - Throws: `CognitronError` where the direction is unknown.
    mutating func begin(_ model: Model, _ callback: String, initial: Float? = nil) throws {
        best = initial
        guard mode == .automatic else { return }
        let plain = name.hasPrefix("val_") ? String(name.dropFirst(4)) : name
        direction = model.trainer?.step.directions[plain] ?? .unknown
        guard direction == .unknown else { return }
        throw CognitronError(
            .argument, callback, "whether \(name) should grow or shrink is not known",
            expected: "a mode", got: ".automatic",
            advice: "give mode: .maximum or .minimum, or the metric a direction")
    }

    /// Whether the score is the best so far; then it becomes the best value.
    mutating func improves(_ scores: Scores, _ callback: String) throws -> Bool {
        guard let value = scores[name] else { throw Self.missing(name, callback, scores.names) }
        if let best, !beats(value, best) { return false }
        guard !value.isNaN else { return false }
        best = value
        return true
    }

    /// Whether a value improves on another by more than `minDelta`.
    func beats(_ value: Float, _ best: Float) -> Bool {
        direction == .maximize ? value > best + minDelta : value < best - minDelta
    }

    /// Whether this epoch has not measured the validation data (`validationFrequency`).
    func isUnmeasured(_ scores: Scores) -> Bool { name.hasPrefix("val_") && scores[name] == nil }

    private static func missing(_ name: String, _ callback: String, _ known: [String]) -> CognitronError {
        CognitronError(
            .argument, callback, "nothing called \(name) is measured",
            expected: "one of \(known.joined(separator: ", "))", got: name,
            advice: name.hasPrefix("val_") ? "give fit validation data" : "add the metric to compile")
    }

    /// Throws where a callback monitors a score that this training does not measure. Called before the first
    /// epoch.
    static func validate(_ callbacks: [any Callback], _ trainer: Trainer, hasValidation: Bool) throws {
        // The scores of other steps are known only after their first batch.
        guard trainer.step is SupervisedStep else { return }
        let names = trainer.step.directions.keys.sorted()
        let known = names + (hasValidation ? names.map { "val_\($0)" } : [])
        for callback in callbacks {
            guard
                let missed = (callback as? any MonitoringCallback)?.monitored.first(where: {
                    !known.contains($0)
                })
            else { continue }
            throw missing(missed, "\(type(of: callback))", known)
        }
    }
}

/// A callback that monitors scores.
protocol MonitoringCallback: Callback {
    /// The names of the scores that it needs.
    var monitored: [String] { get }
}

extension Monitor: ResumableValue {
    var state: StateTree { best.map { ["best": .single($0)] } ?? [:] }

    mutating func restore(_ state: StateTree) throws { best = try state.getIfPresent("best") }
}
