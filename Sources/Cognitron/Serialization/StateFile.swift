// State trees in files.

extension StateTree {
    private static let stateKey = "cognitron.state"
    private static let checksumKey = "cognitron.checksum"
    private static let prefix = "state"

    /// Writes the tree to a safetensors file: the structure and a checksum in the metadata. Readers see the
    /// complete file or none.
    ///
    /// - Throws: `CognitronError` of kind `.file` where it cannot be written.
    package func write(to path: String) throws {
        let (json, tensors) = flattened(prefix: Self.prefix)
        let texts = [Self.stateKey: json, Self.checksumKey: Self.checksum(json, tensors)]
        try Safetensors(tensors: tensors, metadata: texts).write(to: path)
    }

    /// Reads a file that `write` wrote.
    ///
    /// - Throws: `CognitronError` of kind `.file` where the file is missing or damaged.
    package init(contentsOf path: String) throws {
        let file = try Safetensors(contentsOf: path)
        guard let json = file.metadata[Self.stateKey], let sum = file.metadata[Self.checksumKey] else {
            throw CognitronError(
                .file, path, "holds no state", expected: "\(Self.stateKey) and its checksum in the metadata")
        }
        let actual = Self.checksum(json, file.tensors)
        guard actual == sum else {
            throw CognitronError(
                .file, path, "its checksum does not fit what it holds", expected: sum, got: actual,
                advice: "the file is damaged: take another copy")
        }
        do {
            try self.init(json: json, tensors: file.tensors)
        } catch let error as CognitronError {
            throw error.inFile(path)
        }
    }

    private static func checksum(_ json: String, _ tensors: [String: Tensor]) -> String {
        var sum = Checksum()
        sum.add(json)
        for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            sum.add(name)
            sum.add(tensor)
        }
        return sum.text
    }
}
