import Cognitron

/// What an experiment may vary.
public struct ExperimentSettings: Sendable {
    /// How much is trained.
    public enum Scale: String, Sendable, CaseIterable {
        /// Seconds, on data that the program makes or ships: for the tests.
        case small
        /// Minutes, on the data that docs/RESULTS.md names.
        case full
    }

    /// Decides weights, order and noise.
    public var seed: UInt64
    public var scale: Scale
    /// The folder that data sets are searched for in first; nil means the usual ones (`DatasetFolders`).
    public var data: String?
    /// Receives a line at each step that a person may want to see.
    public var report: @Sendable (String) -> Void

    public init(
        seed: UInt64 = 1, scale: Scale = .full, data: String? = nil,
        report: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        (self.seed, self.scale, self.data, self.report) = (seed, scale, data, report)
    }

    /// The first value at full scale, the second at the small one: `settings.pick(full: 20, small: 2)`.
    func pick<Value>(full: Value, small: Value) -> Value { scale == .full ? full : small }
}
