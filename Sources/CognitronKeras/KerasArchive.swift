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
    private static let largestConfig = 1 << 23

    /// Where metadata.json has what a model's own metadata says.
    private static let ownKey = "cognitron"

    static let readingAdvice = "take what is named out of the model, save it in Keras again, and load that"

    // MARK: Writing

    static func write(_ model: Model, to path: String) throws -> [String] {
        try model.requireKerasParameters()
        let scope = KerasScope()
        scope.number(model)
        var object = try scope.object(of: model, name: nil)
        if let optimizer = model.optimizer {
            if let (slots, form) = optimizer.keras {
                if let state: StateTree = try? slots.saveState().get("state"),
                    try state.getIfPresent("learningRate", as: Float.self) == nil
                {
                    scope.note("the schedule of the learning rate: the present rate stands for it")
                }
                object["compile_config"] = [
                    "optimizer": form.object(of: slots), "loss": .null, "loss_weights": .null,
                    "metrics": .null,
                    "weighted_metrics": .null, "run_eagerly": false, "steps_per_execution": 1,
                    "jit_compile": false,
                ]
            } else {
                scope.note("the optimizer \(String(describing: type(of: optimizer))): Keras has none like it")
            }
        }
        try scope.finish(
            path, "written as a model of Keras", advice: "convert it to safetensors, ONNX or PyTorch")
        var metadata: JSONValue = ["keras_version": .text(version), "date_saved": "1980-01-01@00:00:00"]
        // Keras reads its own keys alone.
        for (key, value) in model.metadata.sorted(by: { $0.key < $1.key }) {
            metadata[[ownKey, key]] = .text(value)
        }
        let files = [
            (path: Name.metadata, bytes: Array(metadata.text.utf8)),
            (path: Name.config, bytes: Array(object.text.utf8)),
            (
                path: Name.weights,
                bytes: try HDF5Writer.bytes(try weights(of: model), path)
            ),
        ]
        let bytes = try Archive.zip(files, path)
        try AtomicFile.write(to: path) { file in try bytes.withUnsafeBytes { try file.write($0) } }
        return scope.notes
    }

    /// The weights of a model, and the state of its optimizer.
    static func weights(of model: Model) throws -> HDF5Content {
        let weights = KerasWeights(model)
        guard let (optimizer, form) = model.optimizer?.keras else { return weights.content(adding: []) }
        return weights.content(adding: try KerasOptimizerState.variables(optimizer, form, weights.trained))
    }

    // MARK: Reading

    static func read(_ path: String) throws -> (model: Model, notes: [String]) {
        if isHDF5(path) { return try legacy(path) }
        var files = try members(path)
        guard let config = files[Name.config], let weights = files.removeValue(forKey: Name.weights) else {
            throw CognitronError.damaged(
                path, "is no model of Keras", expected: "\(Name.config) and \(Name.weights) in it",
                got: files.keys.sorted().joined(separator: ", "))
        }
        let scope = KerasScope()
        let model = try self.model(of: try JSONValue(Array(config), "\(path), \(Name.config)"), scope, path)
        try KerasWeights(model, orders: scope.orders).adopt(
            try HDF5File(weights, "\(path), \(Name.weights)"))
        for layer in scope.frozen { layer.isTrainable = false }
        if let bytes = files[Name.metadata], let own = try? JSONValue(Array(bytes), path)[ownKey] {
            for member in own.members ?? [] { model.metadata[member.key] = member.value.string }
        }
        return (model, scope.notes)
    }

    /// Makes the model of a configuration and builds it.
    static func model(of object: JSONValue, _ scope: KerasScope, _ path: String) throws -> Model {
        let layer = scope.layer(of: object)
        try scope.finish(path, "read", advice: readingAdvice)
        guard let model = layer as? Model else {
            throw CognitronError(
                .file, path, "holds no model but a single layer",
                expected: "a Sequential or functional model",
                advice: readingAdvice)
        }
        guard model.wiring != nil else {
            throw CognitronError(
                .file, path, "the model has no input shape", expected: "an InputLayer in it",
                advice: "build the model in Keras before it is saved")
        }
        return model
    }

    /// Whether a file begins as HDF5 files do.
    static func isHDF5(_ path: String) -> Bool { (try? FileBytes.first(8, of: path)) == HDF5File.signature }

    /// Reads a whole model that Keras 2 saved: its configuration is an attribute.
    private static func legacy(_ path: String) throws -> (model: Model, notes: [String]) {
        let file = try HDF5File(contentsOf: path)
        guard let attribute = file.root.attribute("model_config"), let weights = KerasLegacyWeights(file),
            let config = try file.texts.values(of: attribute).first
        else {
            throw CognitronError(
                .file, path, "holds weights but no model", expected: "an attribute model_config",
                advice: "build the model in code and call its loadWeights(keras:)")
        }
        let scope = KerasScope()
        let model = try self.model(
            of: try JSONValue(Array(config.utf8), "\(path), model_config"), scope, path)
        for layer in scope.frozen { layer.isTrainable = false }
        try weights.adopt(model)
        return (model, scope.notes + ["the optimizer: only files of Keras 3 are read with it"])
    }

    /// The optimizer of a file with its state.
    static func optimizer(_ path: String, for model: Model) throws -> any Optimizer {
        let files = try members(path)
        let config = try JSONValue(Array(files[Name.config] ?? Data()), "\(path), \(Name.config)")
        guard let object = config[["compile_config", "optimizer"]], object != .null else {
            throw CognitronError(
                .file, path, "has no optimizer", expected: "a model that was compiled when it was saved")
        }
        let name = object["class_name"]?.string ?? object.string ?? ""
        guard let form = KerasOptimizer.named(name) else {
            throw CognitronError(
                .file, path, "its optimizer is not here",
                expected: "one of \(KerasOptimizer.all.map(\.name).joined(separator: ", "))",
                got: name)
        }
        let arguments = KerasOptimizer.Config(json: object["config"] ?? [:])
        let optimizer = form.make(arguments)
        try optimizer.validate()
        let scope = KerasScope()
        let saved = try self.model(of: config, scope, path)
        let order = KerasWeights(saved, orders: scope.orders).trained.map(\.name)
        let byName = Dictionary(model.parameters.map { ($0.name, $0) }) { first, _ in first }
        let parameters = order.compactMap { byName[$0] }
        try KerasOptimizerState.restore(
            optimizer, form, arguments, from: try weightsFile(path), parameters.filter(\.isTrainable))
        return optimizer
    }

    /// The weights of a file of either form.
    static func weightsFile(_ path: String) throws -> HDF5File {
        if isHDF5(path) || !path.hasSuffix(".keras") { return try HDF5File(contentsOf: path) }
        guard let weights = try members(path)[Name.weights] else {
            throw CognitronError.damaged(path, "is no model of Keras", expected: "\(Name.weights) in it")
        }
        return try HDF5File(weights, "\(path), \(Name.weights)")
    }

    /// The metadata and the configuration of an archive.
    static func description(_ path: String) throws -> (metadata: JSONValue, config: JSONValue) {
        let files = try members(path)
        func value(_ name: String) throws -> JSONValue {
            guard let bytes = files[name] else {
                throw CognitronError.damaged(path, "is no model of Keras", expected: "\(name) in it")
            }
            return try JSONValue(Array(bytes), "\(path), \(name)")
        }
        return (try value(Name.metadata), try value(Name.config))
    }

    /// The files of an archive that are read.
    static func members(_ path: String) throws -> [String: Data] {
        if let obstacle = CognitronError.obstacle(toReading: path) { throw obstacle }
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        let known = [Name.metadata, Name.config, Name.weights]
        var files: [String: Data] = [:]
        try Archive.forEachEntry(
            ofZipAt: path, limit: largestExpansion * size + smallContent, where: { known.contains($0) }
        ) { name, bytes in
            if files[name] == nil { files[name] = Data(bytes) }
        }
        guard files[Name.config]?.count ?? 0 <= largestConfig else {
            throw CognitronError.damaged(
                path, "\(Name.config) is too long", expected: "at most \(largestConfig) bytes")
        }
        return files
    }
}

extension KerasScope {
    /// Numbers the layers that several of the models inside a model use. Keras 3.15 writes such files, and
    /// cannot load them.
    func number(_ model: Model) {
        var (seen, count): (Set<ObjectIdentifier>, Int) = ([], 0)
        func visit(_ layer: any AnyLayer) {
            let identifier = ObjectIdentifier(layer)
            guard seen.insert(identifier).inserted else {
                if sharedNumbers[identifier] == nil {
                    count += 1
                    sharedNumbers[identifier] = count
                    note(
                        "\(layer.name ?? String(describing: type(of: layer))): used in a model and in one "
                            + "inside it, "
                            + "which Keras 3.15 saves but cannot load")
                }
                return
            }
            for child in layer.children { visit(child.layer) }
        }
        visit(model)
    }
}
