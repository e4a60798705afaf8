/// What became of each tensor when `Model.load(_:matching:)` loaded a file, by path.
public struct TransferReport: Sendable, CustomStringConvertible {
    /// A parameter whose tensor in the file has another shape.
    public struct Misfit: Sendable, Equatable {
        public let path: String
        public let modelShape: Shape
        public let fileShape: Shape
    }

    /// Loaded as a whole.
    public internal(set) var loaded: [String] = []
    /// Loaded for the classes that file and model have in common.
    public internal(set) var partlyLoaded: [String] = []
    /// Parameters of the model that the file does not hold.
    public internal(set) var missing: [String] = []
    /// Tensors of the file that the model has no parameter for.
    public internal(set) var unexpected: [String] = []
    /// Parameters with another shape in the file.
    public internal(set) var misshapen: [Misfit] = []
    /// Parameters that the matching leaves out, a classifier without a common class among them.
    public internal(set) var leftOut: [String] = []

    /// Parameters that keep their own values.
    public var kept: [String] { missing + misshapen.map(\.path) + leftOut }

    /// The number of loaded tensors, and a line for each kind of misfit:
    ///
    ///     60 of 62 tensors loaded
    ///     other shapes: fc/kernel (512, 10), in the file (512, 8)
    public var description: String {
        let count = loaded.count + partlyLoaded.count
        let shapes = misshapen.map { "\($0.path) \($0.modelShape), in the file \($0.fileShape)" }
        let lines = [
            ("loaded for the common classes", partlyLoaded), ("new", leftOut),
            ("missing from the file", missing), ("other shapes", shapes), ("not in the model", unexpected),
        ]
        return
            (["\(count) of \(count + kept.count) tensors loaded"]
            + lines.filter { !$0.1.isEmpty }.map { "\($0.0): \(Self.list($0.1))" })
            .joined(separator: "\n")
    }

    /// At most eight names.
    private static func list(_ names: [String]) -> String {
        names.prefix(8).joined(separator: ", ") + (names.count > 8 ? " and \(names.count - 8) more" : "")
    }
}
