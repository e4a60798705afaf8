import Cognitron

/// A kind of file that models are exchanged in, found by the ending of its name.
public struct ExchangeFormat: Sendable {
    /// Its name in messages, such as `ONNX`.
    public let name: String
    /// The endings of its files, longest first, without the first point: `weights.h5`.
    public let endings: [String]
    /// What reads a file. A model to fill makes a model of a file that holds weights alone.
    public let read: @Sendable (_ path: String, _ model: Model?) throws -> Exchanged
    /// What writes a file, all or nothing; returns a line for each thing that the format could not take.
    public let write: @Sendable (_ content: Exchanged.Content, _ path: String) throws -> [String]
    /// What lists a file's contents and runs nothing.
    public let list: @Sendable (_ path: String) throws -> FileListing

    public init(
        name: String, endings: [String],
        read: @escaping @Sendable (String, Model?) throws -> Exchanged,
        write: @escaping @Sendable (Exchanged.Content, String) throws -> [String],
        list: @escaping @Sendable (String) throws -> FileListing
    ) {
        self.name = name
        self.endings = endings
        self.read = read
        self.write = write
        self.list = list
    }
}

/// What was read from a file of another framework.
public struct Exchanged {
    public enum Content {
        /// Layers and weights.
        case model(Model)
        /// Weights alone, by name.
        case tensors([String: Tensor])
    }

    public var content: Content
    /// A line for each thing in the file that was left out.
    public var notes: [String]

    public init(_ content: Content, notes: [String] = []) {
        self.content = content
        self.notes = notes
    }
}
