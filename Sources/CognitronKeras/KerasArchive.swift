import Cognitron
import CognitronData
import Foundation

/// Keras's files of whole models: a zip archive of `metadata.json`, `config.json` and `model.weights.h5`.
///
/// - Source: Keras `saving/saving_lib.py`.
enum KerasArchive {
    private enum Name {
        static let metadata = "metadata.json"
        static let config = "config.json"
        static let weights = "model.weights.h5"
    }

    /// The version of Keras whose form is written.
    private static let version = "3.15.1"
    /// Members may unpack to this many times the file's size, and a megabyte.
    private static let largestExpansion = 64
    private static let smallContent = 1 << 20
    private static let largestConfig = 1 << 26

    static let readingAdvice = "take what is named out of the model, save it in Keras again, and load that"

    // MARK: Writing

    static func write(_ model: Model, to path: String) throws -> [String] {
        try model.requireKerasParameters()
        let scope = KerasScope()
        scope.number(model)
        let object = try scope.object(of: model, name: nil)
        try scope.finish(path, "written as a model of Keras", advice: "convert it to safetensors, ONNX or PyTorch")
        let metadata: JSONValue = ["keras_version": .text(version), "date_saved": "1980-01-01@00:00:00"]
        let files = [
            (path: Name.metadata, bytes: Array(metadata.text.utf8)),
            (path: Name.config, bytes: Array(object.text.utf8)),
            (path: Name.weights, bytes: try HDF5Writer.bytes(try weights(of: model), path)),
        ]
        try AtomicFile.write(Data(try Archive.zip(files, path)), to: path)
        return scope.notes
    }

    static func weights(of model: Model) throws -> HDF5Content { KerasWeights(model).content(adding: []) }

    // MARK: Reading

    static func read(_ path: String) throws -> (model: Model, notes: [String]) {
        let files = try members(path)
        guard let config = files[Name.config], let weights = files[Name.weights] else {
            throw CognitronError.damaged(
                path, "is no model of Keras", expected: "\(Name.config) and \(Name.weights) in it",
                got: files.keys.sorted().joined(separator: ", "))
        }
        let scope = KerasScope()
        let model = try self.model(of: try JSONValue(config, "\(path), \(Name.config)"), scope, path)
        try KerasWeights(model, orders: scope.orders).adopt(
            try HDF5File(Data(weights), "\(path), \(Name.weights)"))
        for layer in scope.frozen { layer.isTrainable = false }
        return (model, scope.notes)
    }

    /// Makes the model of a configuration and builds it.
    static func model(of object: JSONValue, _ scope: KerasScope, _ path: String) throws -> Model {
        let layer = scope.layer(of: object)
        try scope.finish(path, "read", advice: readingAdvice)
        guard let model = layer as? Model else {
            throw CognitronError(
                .file, path, "holds no model but a single layer", expected: "a Sequential or functional model",
                advice: readingAdvice)
        }
        guard model.wiring != nil else {
            throw CognitronError(
                .file, path, "the model has no input shape", expected: "an InputLayer in it",
                advice: "build the model in Keras before it is saved")
        }
        return model
    }

    /// The weights of a file of either form.
    static func weightsFile(_ path: String) throws -> HDF5File {
        guard path.hasSuffix(".keras") else { return try HDF5File(contentsOf: path) }
        guard let weights = try members(path)[Name.weights] else {
            throw CognitronError.damaged(path, "is no model of Keras", expected: "\(Name.weights) in it")
        }
        return try HDF5File(Data(weights), "\(path), \(Name.weights)")
    }

    /// The files of an archive that are read.
    static func members(_ path: String) throws -> [String: [UInt8]] {
        if let obstacle = CognitronError.obstacle(toReading: path) { throw obstacle }
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        let known = [Name.metadata, Name.config, Name.weights]
        let entries = try Archive.entries(ofZipAt: path, limit: largestExpansion * size + smallContent) {
            known.contains($0)
        }
        let files = Dictionary(entries.map { ($0.path, $0.bytes) }, uniquingKeysWith: { first, _ in first })
        guard files[Name.config]?.count ?? 0 <= largestConfig else {
            throw CognitronError.damaged(
                path, "\(Name.config) is too long", expected: "at most \(largestConfig) bytes")
        }
        return files
    }
}

extension KerasScope {
    /// Numbers the layers that several of the models inside a model use.
    func number(_ model: Model) {
        var (seen, count): (Set<ObjectIdentifier>, Int) = ([], 0)
        func visit(_ layer: any AnyLayer) {
            let identifier = ObjectIdentifier(layer)
            guard seen.insert(identifier).inserted else {
                if sharedNumbers[identifier] == nil {
                    count += 1
                    sharedNumbers[identifier] = count
                }
                return
            }
            for child in layer.children { visit(child.layer) }
        }
        visit(model)
    }
}
