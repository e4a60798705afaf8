import Cognitron

/// An experiment: trains networks from a seed, compares them, and returns tables and drawings.
///
///     let findings = try Experiment(named: "universal-approximation").run(.init(seed: 1))
///     print(findings)
///
/// `swift run -c release examples NAME` runs one by its name. The same seed gives the same numbers on the
/// same processor.
public struct Experiment: NamedValue {
    public let name: String

    /// The question that it answers, in a few words.
    public let summary: String

    private let body: @Sendable (ExperimentSettings) throws -> Findings

    public init(
        _ name: String, _ summary: String, run: @escaping @Sendable (ExperimentSettings) throws -> Findings
    ) {
        (self.name, self.summary, body) = (name, summary, run)
    }

    /// - Throws: `CognitronError` where data are missing or a training fails.
    public func run(_ settings: ExperimentSettings = ExperimentSettings()) throws -> Findings {
        try body(settings)
    }
}
