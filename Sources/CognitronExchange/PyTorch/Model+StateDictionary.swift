import Cognitron

extension Model {
    /// The weights and statistics as PyTorch names them and lays them out: `conv1.weight (out, in, H, W)` for
    /// `conv1/kernel (H, W, in, out)`. The networks of Models/ have torchvision's names.
    ///
    /// Layers that PyTorch has not keep their own names and layouts.
    ///
    /// - Throws: `CognitronError` where the model is not built.
    public func stateDictionary() throws -> [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        for weights in try torchWeights() {
            for (entry, tensor) in zip(weights.entries, weights.written()) { tensors[entry.name] = tensor }
        }
        return tensors
    }

    /// Sets the weights and statistics from a state dictionary of the same network in PyTorch. All or
    /// nothing; `num_batches_tracked` is ignored.
    ///
    /// - Parameter source: the dictionary's name in messages.
    /// - Throws: `CognitronError` where the model is not built, or the dictionary's tensors are not the
    ///   model's: the message lists every difference.
    public func load(stateDictionary: [String: Tensor], from source: String = "state dictionary") throws {
        let wanted = try torchWeights()
        var differences: [String] = []
        for entry in wanted.flatMap(\.entries) {
            guard let tensor = stateDictionary[entry.name] else {
                differences.append("\(entry.name) (\(entry.shape)) is missing from the file")
                continue
            }
            if tensor.shape != entry.shape {
                differences.append(
                    "\(entry.name): the model has \(entry.shape), the file \(tensor.shape)")
            }
        }
        let names = Set(wanted.flatMap { $0.entries.map(\.name) })
        for name in stateDictionary.keys.sorted()
        where !names.contains(name) && !name.hasSuffix("num_batches_tracked") {
            differences.append("\(name) is not in the model")
        }
        guard differences.isEmpty else {
            let rest = differences.count - 40
            throw CognitronError(
                .model, source,
                "does not fit the model:\n  " + differences.prefix(40).joined(separator: "\n  ")
                    + (rest > 0 ? "\n  and \(rest) more" : "") + "\n",
                advice: "name the network that the file was saved from")
        }
        for weights in wanted {
            let tensors = weights.entries.compactMap { stateDictionary[$0.name] }
            for (parameter, value) in weights.read(tensors) { parameter.value = value }
        }
    }

    /// Whether the names are those of PyTorch for some weights of the model, and not its own.
    func isStateDictionary(_ names: some Sequence<String>) throws -> Bool {
        let own = Set(namedParameters.map(\.path))
        let theirs = Set(try torchWeights().flatMap { $0.entries.map(\.name) })
        let names = Set(names)
        return names.intersection(theirs).count > names.intersection(own).count
    }

    /// A line for each layer that means something else in PyTorch, though its weights were written.
    func torchNotes() throws -> [String] {
        try expanded().graph.nodes.compactMap { node in
            switch node.layer {
            case let gru as GRU where gru.bias.shape.rank == 1:
                "\(node.name): PyTorch's GRU resets after the recurrent product, this one before"
            case is SeparableConv1D, is SeparableConv2D, is Normalization:
                "\(node.name): PyTorch has no such layer; its tensors keep their names and layouts"
            default: nil
            }
        }
    }

    private func torchWeights() throws -> [TorchWeights] {
        try requireParameters()
        return TorchWeights.weights(of: self, "", "", flattened: try flattenedShapes())
    }

    /// The shapes (…, C) that are flattened before dense layers, by these layers' paths with a slash.
    private func flattenedShapes() throws -> [String: Shape] {
        let graph = try expanded().graph
        guard let sizes = graph.inputSizes, case let inputs = sizes.map({ Shape($0.map { $0 ?? 1 }) }),
            let shapes = try expanded().valueShapes(for: inputs)
        else { return [:] }
        var flattened: [Int: Shape] = [:]
        var found: [String: Shape] = [:]
        for node in graph.nodes {
            guard let input = node.inputs.first, let output = node.outputs.first else { continue }
            switch node.layer {
            case is Flatten where shapes[input].rank > 1: flattened[output] = shapes[input]
            case is Dense: found[node.name + "/"] = flattened[input]
            default:
                // What does not change the shape of a flattened value keeps its order: dropout, activations.
                if shapes[input] == shapes[output] { flattened[output] = flattened[input] }
            }
        }
        return found
    }
}
