import Cognitron
import CognitronData

extension ExchangeFormat {
    /// Arrays by name in one archive: a model's have the paths of its parameters.
    public static let npz = ExchangeFormat(
        name: "NumPy", endings: ["npz"],
        read: { path, model in
            let archive = try NumPyArchive(contentsOf: path)
            var tensors: [String: Tensor] = [:]
            for name in archive.names { tensors[name] = try archive[name].tensor }
            return try filled(model, tensors, path)
        },
        write: { content, path in
            let named = try tensors(of: content).sorted { $0.key < $1.key }
            try NumPyArchive.write(named.map { ($0.key, $0.value) }, to: path)
            return notes(of: content)
        },
        list: { path in
            let archive = try NumPyArchive(contentsOf: path)
            return FileListing(
                format: "NumPy's archive of arrays",
                tensors: try archive.names.map { name in
                    let (type, shape) = try archive.form(of: name)
                    return FileListing.Entry(name: name, type: type, shape: shape)
                })
        })

    /// One array.
    public static let npy = ExchangeFormat(
        name: "NumPy", endings: ["npy"],
        read: { path, model in
            try filled(model, ["array": NumPyArray(contentsOf: path).tensor], path)
        },
        write: { content, path in
            let tensors = try tensors(of: content)
            guard tensors.count == 1, let tensor = tensors.values.first else {
                throw CognitronError(
                    .argument, path, "holds one array", expected: "one tensor", got: "\(tensors.count)",
                    advice: "write a .npz, which holds many")
            }
            try tensor.writeNumPy(to: path)
            return notes(of: content)
        },
        list: { path in
            let (type, shape) = try NumPyArray.form(ofFileAt: path)
            return FileListing(
                format: "NumPy's array", tensors: [FileListing.Entry(name: "array", type: type, shape: shape)]
            )
        })

    /// The content of a file that holds tensors alone: the model filled with them where there is one.
    static func filled(_ model: Model?, _ tensors: [String: Tensor], _ path: String) throws -> Exchanged {
        guard let model else { return Exchanged(.tensors(tensors)) }
        if try model.isStateDictionary(tensors.keys) {
            try model.load(stateDictionary: tensors, from: path)
        } else {
            try model.adopt(tensors, from: path)
        }
        return Exchanged(.model(model))
    }

    /// The tensors to write into a file that holds nothing else.
    static func tensors(of content: Exchanged.Content) throws -> [String: Tensor] {
        switch content {
        case .tensors(let tensors): return tensors
        case .model(let model):
            try model.requireParameters()
            return Dictionary(
                uniqueKeysWithValues: model.namedParameters.map { ($0.path, $0.parameter.value) })
        }
    }

    static func notes(of content: Exchanged.Content) -> [String] {
        guard case .model(let model) = content else { return [] }
        return ["the layers and their wiring: the format holds tensors alone"]
            + (model.metadata.isEmpty
                ? []
                : ["what is known of the model: \(model.metadata.keys.sorted().joined(separator: ", "))"])
    }
}
