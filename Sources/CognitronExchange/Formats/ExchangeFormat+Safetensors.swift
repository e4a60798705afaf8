import Cognitron

extension ExchangeFormat {
    /// Cognitron's own model files, and others' tensors in safetensors, with PyTorch's names too.
    public static let safetensors = ExchangeFormat(
        name: "safetensors", endings: ["safetensors"],
        read: { path, model in
            let file = try Safetensors(contentsOf: path)
            if file.metadata[Model.architectureKey] != nil, model == nil {
                return Exchanged(.model(try Model.load(path)))
            }
            let notes = file.conversions.sorted { $0.key < $1.key }.map {
                "\($0): \($1) read as 32-bit floats"
            }
            guard let model else { return Exchanged(.tensors(file.tensors), notes: notes) }
            if try model.isStateDictionary(file.tensors.keys) {
                try model.load(stateDictionary: file.tensors, from: path)
            } else {
                try model.load(path)
            }
            return Exchanged(.model(model), notes: notes)
        },
        write: { content, path in
            switch content {
            case .model(let model): try model.save(path)
            case .tensors(let tensors): try Safetensors(tensors: tensors).write(to: path)
            }
            return []
        },
        list: { path in
            let file = try Safetensors(contentsOf: path)
            let texts = file.metadata.sorted { $0.key < $1.key }.map { FileListing.Fact($0.key, $0.value) }
            return FileListing(
                format: file.metadata[Model.architectureKey] == nil ? "safetensors" : "safetensors, a model",
                facts: texts,
                tensors: file.tensors.sorted { $0.key < $1.key }.map {
                    FileListing.Entry(
                        name: $0.key, type: file.conversions[$0.key]?.storedType ?? "F32",
                        shape: Array($0.value.shape))
                })
        })
}
