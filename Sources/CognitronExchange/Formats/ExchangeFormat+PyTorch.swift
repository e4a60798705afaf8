import Cognitron

extension ExchangeFormat {
    /// State dictionaries of PyTorch.
    public static let pyTorch = ExchangeFormat(
        name: "PyTorch", endings: ["pt", "pth"],
        read: { path, model in
            let file = try TorchFile(contentsOf: path)
            let notes =
                file.others.isEmpty ? [] : ["beside the tensors: \(file.others.joined(separator: ", "))"]
            guard let model else { return Exchanged(.tensors(file.tensors), notes: notes) }
            try model.load(stateDictionary: file.tensors, from: path)
            return Exchanged(.model(model), notes: notes)
        },
        write: { content, path in
            switch content {
            case .tensors(let tensors): try TorchFile(tensors: tensors).write(to: path)
            case .model(let model):
                try model.save(pyTorch: path)
                return try notes(of: content) + model.torchNotes()
            }
            return []
        },
        list: { path in
            let plan = try TorchFile.plan(path).plan
            return FileListing(
                format: "PyTorch's zip archive",
                facts: plan.others.isEmpty
                    ? [] : [FileListing.Fact("further values", plan.others.joined(separator: ", "))],
                tensors: plan.places.map {
                    FileListing.Entry(name: $0.name, type: $0.typeName, shape: $0.sizes)
                })
        })
}

extension Model {
    /// Writes the weights and statistics as a state dictionary that
    /// `torch.load("m.pt", weights_only=True)` reads, with PyTorch's names and layouts.
    ///
    /// - Throws: `CognitronError` where the model is not built or the file cannot be written.
    public func save(pyTorch path: String) throws {
        try TorchFile(tensors: try stateDictionary()).write(to: path)
    }

    /// Loads the weights and statistics from a state dictionary of the same network in PyTorch, as
    /// `torch.save(model.state_dict(), "m.pt")` writes it. All or nothing.
    ///
    /// - Throws: `CognitronError` where the file cannot be read or calls for more than tensors, or its tensors
    ///   are not the model's.
    public func load(pyTorch path: String) throws {
        try load(stateDictionary: try TorchFile(contentsOf: path).tensors, from: path)
    }
}
