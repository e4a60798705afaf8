import Cognitron
import CognitronExchange

extension ExchangeFormat {
    /// Models of Keras 3: layers, weights, and the optimizer with its state.
    public static let keras = ExchangeFormat(
        name: "Keras", endings: ["keras"],
        read: { path, _ in
            let (model, notes) = try KerasArchive.read(path)
            return Exchanged(.model(model), notes: notes)
        },
        write: { content, path in
            guard case .model(let model) = content else {
                throw CognitronError(
                    .file, path, "weights alone are no model of Keras", expected: "a model with its layers",
                    advice: "convert a file that has them, or write a .weights.h5 file")
            }
            return try model.save(keras: path)
        },
        list: { try KerasListing.archive($0) })

    /// Weights of Keras 3, and whole models and weights of Keras 2.
    public static let kerasWeights = ExchangeFormat(
        name: "Keras weights", endings: ["weights.h5", "h5"],
        read: { path, model in
            let file = try HDF5File(contentsOf: path)
            if let model {
                try model.loadWeights(keras: path)
                return Exchanged(.model(model))
            }
            if file.root.attribute("model_config") != nil {
                let (model, notes) = try KerasArchive.read(path)
                return Exchanged(.model(model), notes: notes)
            }
            let (own, others) = file.root.datasets.reduce(into: ([HDF5Dataset](), 0)) { result, dataset in
                if KerasWeights.isSpare(dataset.path) || dataset.type.isText {
                    result.1 += 1
                } else {
                    result.0.append(dataset)
                }
            }
            let tensors = try own.map { ($0.path, try $0.tensor()) }
            return Exchanged(
                .tensors(Dictionary(tensors) { first, _ in first }),
                notes: others == 0 ? [] : ["\(others) arrays of the optimizer, metrics or random numbers"])
        },
        write: { content, path in
            switch content {
            case .model(let model): try model.saveWeights(keras: path)
            case .tensors(let tensors): try KerasWeights.write(tensors, to: path)
            }
            return path.hasSuffix(".weights.h5")
                ? [] : ["Keras loads weights of names that end in .weights.h5"]
        },
        list: { try KerasListing.weights($0) })
}
