import Foundation

extension Model {
    package static let architectureKey = "cognitron.architecture"
    static let metadataPrefix = "cognitron.metadata."

    /// Writes the model to a safetensors file: the weights and statistics, and in its metadata the layers and
    /// wiring as JSON and the texts of `metadata`. The optimizer's state is not saved.
    ///
    /// The file is written under a temporary name and renamed when it is complete.
    ///
    /// - Throws: `CognitronError` where the model has not been built, a layer cannot be encoded, or the file
    ///   cannot be written.
    public func save(_ path: String) throws {
        var texts = [Self.architectureKey: try encodedArchitecture()]
        for (key, value) in metadata { texts[Self.metadataPrefix + key] = value }
        try write(metadata: texts, to: path)
    }

    /// Writes the weights and statistics to a safetensors file, without layers, wiring and metadata.
    /// `load(_:)` of a model with the same layers reads it.
    ///
    /// - Throws: `CognitronError` where the model has not been built or the file cannot be written.
    /// - Source: Keras `Model.save_weights`.
    public func saveWeights(_ path: String) throws { try write(metadata: [:], to: path) }

    private func write(metadata: [String: String], to path: String) throws {
        guard isBuilt else {
            throw CognitronError(
                .model, displayName, "has no weights to save",
                advice: "give it an Input and compile it, or let it see data first")
        }
        let tensors = Dictionary(uniqueKeysWithValues: namedParameters.map { ($0.path, $0.parameter.value) })
        try Safetensors(tensors: tensors, metadata: metadata).write(to: path)
    }

    private func encodedArchitecture() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(Architecture(self)), as: UTF8.self)
        } catch EncodingError.invalidValue(let value, let context) {
            let argument = context.codingPath.last.map { "\($0.stringValue) is \(value)" } ?? "\(value)"
            throw CognitronError(
                .model, displayName, "a layer cannot be saved (\(argument))",
                advice: "give the layer arguments that JSON can hold")
        }
    }

    /// Loads the weights and statistics from a file that a model with the same layers wrote.
    ///
    /// - Throws: `CognitronError` where the model is not built, the file cannot be read, or its tensors are
    ///   not the model's: the message lists every difference, and the model is unchanged.
    public func load(_ path: String) throws {
        try requireParameters()
        try adopt(try Safetensors(contentsOf: path).tensors, from: path)
    }

    /// Builds the model where its inputs are declared, and throws where it is not built then.
    package func requireParameters() throws {
        try (self as? Sequential)?.buildFromInput()
        guard isBuilt else {
            throw CognitronError(
                .model, displayName, "has no parameters to load into",
                advice: "give it an Input and compile it, or use Model.load(_:)")
        }
    }

    /// Makes a model from a file that `save` wrote: layers, wiring, weights and metadata. It can predict at
    /// once; to train it, compile it.
    ///
    ///     let model = try Model.load("model.safetensors")            // of either type
    ///     let chain = try Sequential.load("model.safetensors")       // has add(_:)
    ///
    /// - Throws: `CognitronError` where the file cannot be read, is damaged, contains an unregistered layer
    ///   type, or holds a model of another type than `Self`.
    public static func load(_ path: String) throws -> Self {
        let model = try read(path)
        guard let wanted = model as? Self else {
            throw CognitronError(
                .file, path, "holds another kind of model", expected: "a \(typeName)",
                got: "a \(model.typeName)",
                advice: "use Model.load(_:), which takes any")
        }
        return wanted
    }

    private static func read(_ path: String) throws -> Model {
        let file = try Safetensors(contentsOf: path)
        guard let json = file.metadata[architectureKey] else {
            throw CognitronError(
                .file, path, "holds tensors but no model", expected: "\(architectureKey) in its metadata",
                advice: "build the model in code and call its load(_:)")
        }
        let architecture: Architecture
        do {
            // Checked before the layers, whose form may differ in newer versions.
            try Architecture.requireKnownVersion(Data(json.utf8))
            architecture = try JSONDecoder().decode(Architecture.self, from: Data(json.utf8))
        } catch let error as CognitronError {
            throw error.inFile(path)
        } catch {
            throw CognitronError(
                .file, path, "its description of the model cannot be read (\(describe(error)))",
                advice: "the file is damaged or was made by another version")
        }
        do {
            let model = try architecture.makeModel()
            try model.buildDeclared(try architecture.declaredSizes)
            // Both are absent where a model has none.
            try model.tie(architecture.tied ?? [:])
            try model.adopt(file.tensors, from: path)
            model.freeze(architecture.frozen ?? [])
            for (key, value) in file.metadata where key.hasPrefix(metadataPrefix) {
                model.metadata[String(key.dropFirst(metadataPrefix.count))] = value
            }
            return model
        } catch let error as CognitronError {
            throw error.inFile(path)
        }
    }

    /// Sets the weights and statistics to tensors by their paths, all or nothing.
    ///
    /// - Parameter path: the file's name in messages.
    package func adopt(_ tensors: [String: Tensor], from path: String) throws {
        let wanted = namedParameters
        var differences: [String] = []
        for (name, parameter) in wanted {
            guard let tensor = tensors[name] else {
                differences.append("\(name) (\(parameter.shape)) is missing from the file")
                continue
            }
            if tensor.shape != parameter.shape {
                differences.append("\(name): the model has \(parameter.shape), the file \(tensor.shape)")
            }
        }
        let names = Set(wanted.map(\.path))
        for name in tensors.keys.sorted() where !names.contains(name) {
            differences.append("\(name) is not in the model")
        }
        guard differences.isEmpty else {
            throw CognitronError(
                .model, path, "does not fit the model:\n  " + differences.joined(separator: "\n  ") + "\n",
                advice: "build the model as it was when the file was saved")
        }
        for (name, parameter) in wanted {
            if let tensor = tensors[name] { parameter.value = tensor }
        }
    }

    /// Ties the parameters that layers shared when the model was saved.
    ///
    /// - Parameter tied: the path of each further use, with the path of the tensor in the file.
    private func tie(_ tied: [String: String]) throws {
        guard !tied.isEmpty else { return }
        let byPath = Dictionary(namedParameters(path: "")) { first, _ in first }
        for (path, first) in tied.sorted(by: { $0.key < $1.key }) {
            guard let parameter = byPath[path], let other = byPath[first], parameter.shape == other.shape
            else {
                throw CognitronError(
                    .file, "architecture", "\(path) is tied to \(first), which is no such parameter",
                    advice: "the file is damaged or was made by something else")
            }
            parameter.tie(to: other)
        }
        refreshParts()
    }

    private func freeze(_ paths: [String]) {
        let frozen = Set(paths)
        for (path, parameter) in namedParameters where frozen.contains(path) { parameter.isTrainable = false }
    }

    private static func describe(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "\(key.stringValue) is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
            DecodingError.dataCorrupted(let context):
            context.codingPath.isEmpty
                ? context.debugDescription
                : "at " + context.codingPath.map(\.stringValue).joined(separator: ".")
        default: "\(error)"
        }
    }
}

extension CognitronError {
    /// The error with the file's path in its place.
    func inFile(_ path: String) -> CognitronError {
        place.hasPrefix(path)
            ? self
            : CognitronError(
                kind, "\(path): \(place)", problem, expected: expected, got: received, advice: advice)
    }
}
