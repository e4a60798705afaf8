import Cognitron

/// What a file holds, for a person to read.
public struct FileListing: Sendable, Equatable {
    /// The format with its version: `ONNX, opset 17`.
    public var format: String
    /// Further facts in order, such as the producer: name and value.
    public var facts: [Fact]
    public var tensors: [Entry]

    public struct Fact: Sendable, Equatable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A tensor in the file.
    public struct Entry: Sendable, Equatable {
        public var name: String
        /// The element type as the format spells it.
        public var type: String
        public var shape: [Int]

        public init(name: String, type: String, shape: [Int]) {
            self.name = name
            self.type = type
            self.shape = shape
        }
    }

    public init(format: String, facts: [Fact] = [], tensors: [Entry] = []) {
        self.format = format
        self.facts = facts
        self.tensors = tensors
    }
}
