/// Whether a watched number should grow or shrink.
public enum MonitorMode: Sendable {
    /// As the metric says. A number whose direction is not known is an error when training begins.
    case automatic
    case minimum
    case maximum
}

/// The number a callback watches, and the best it has seen.
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

    /// Forgets what it has seen, and finds out whether the number should grow.
    ///
    /// - Throws: `CognitronError` where that is not known.
    mutating func begin(_ model: Model, _ callback: String) throws {
        best = nil
        guard mode == .automatic else { return }
        let plain = name.hasPrefix("val_") ? String(name.dropFirst(4)) : name
        direction = model.trainer?.step.directions[plain] ?? .unknown
        guard direction == .unknown else { return }
        throw CognitronError(
            .argument, callback, "whether \(name) should grow or shrink is not known", expected: "a mode",
            got: ".automatic", advice: "give mode: .maximum or .minimum, or the metric a direction")
    }

    /// Whether the scores are the best so far.
    mutating func improves(_ scores: Scores, _ callback: String) throws -> Bool {
        guard let value = scores[name] else { throw Self.missing(name, callback, scores.names) }
        if let best, !isBetter(value, than: best) { return false }
        guard !value.isNaN else { return false }
        best = value
        return true
    }

    private func isBetter(_ value: Float, than best: Float) -> Bool {
        direction == .maximize ? value > best + minDelta : value < best - minDelta
    }

    private static func missing(_ name: String, _ callback: String, _ known: [String]) -> CognitronError {
        CognitronError(
            .argument, callback, "nothing called \(name) is measured",
            expected: "one of \(known.joined(separator: ", "))", got: name,
            advice: name.hasPrefix("val_") ? "give fit validation data" : "add the metric to compile")
    }

    /// Throws where a callback watches a score that this training does not have: before the first epoch, not
    /// after it.
    static func validate(_ callbacks: [any Callback], _ trainer: Trainer, hasValidation: Bool) throws {
        // Steps of one's own name their scores when they have run.
        guard trainer.step is SupervisedStep else { return }
        let names = trainer.step.directions.keys.sorted()
        let known = names + (hasValidation ? names.map { "val_\($0)" } : [])
        for callback in callbacks {
            guard
                let missed = (callback as? any MonitoringCallback)?.watched.first(where: {
                    !known.contains($0)
                })
            else { continue }
            throw missing(missed, "\(type(of: callback))", known)
        }
    }
}

/// A callback that watches scores.
protocol MonitoringCallback: Callback {
    /// The names of those that it cannot do without.
    var watched: [String] { get }
}

extension Monitor: ResumableValue {
    var state: StateTree { best.map { ["best": .single($0)] } ?? [:] }

    mutating func restore(_ state: StateTree) throws { best = try state.getIfPresent("best") }
}
