extension Graph {
    /// Builds every layer and returns the shapes of all values.
    ///
    /// - Parameters:
    ///   - path: the prefix of the layers' paths in a model within another one; nil for the outermost model.
    ///   - model: the model's name in messages.
    func build(_ inputShapes: [Shape], path: String?, model: String) throws -> [Shape] {
        guard inputShapes.count == inputs.count else {
            throw CognitronError(
                .shape, model, "wrong number of inputs", expected: "\(inputs.count)",
                got: "\(inputShapes.count)")
        }
        try requireProperNames(model)
        var shapes = [Shape](repeating: [], count: valueCount)
        for (value, shape) in zip(inputs, inputShapes) {
            try BuildContext(path: path ?? "input").requireTractable(shape)
            shapes[value] = shape
        }
        var trail: [String] = []
        for node in nodes {
            var context = BuildContext(path: path.map { "\($0)/\(node.name)" } ?? node.name, trail: trail)
            let built = try node.layer.build(inputs: node.inputs.map { shapes[$0] }, &context)
            guard built.count == node.outputs.count else {
                throw context.error(
                    .model, "gives several outputs, of which layers in a row pass on but one",
                    expected: "\(node.outputs.count)", got: "\(built.count)",
                    advice: "wire it with Model(inputs:outputs:)")
            }
            if let layer = node.layer as? any ActivatedLayer, !(layer is any ActivationLayer) {
                try context.require(layer.activation, keeping: built[0])
            }
            for (value, shape) in zip(node.outputs, built) {
                try context.requireTractable(shape)
                shapes[value] = shape
            }
            trail.append("\(node.name) \(built.map(\.description).joined(separator: ", "))")
        }
        return shapes
    }

    /// Throws where a name is not a valid part of a path, or two layers have the same name: files and
    /// messages could not distinguish them.
    private func requireProperNames(_ model: String) throws {
        var owners: [String: (number: Int, layer: any AnyLayer)] = [:]
        for (number, layer) in layers.enumerated() {
            guard let name = layer.name else { continue }
            guard !name.isEmpty, !name.contains("/") else {
                throw CognitronError(
                    .model, model, "layer number \(number + 1) (\(layer.typeName)) has an invalid name",
                    expected: "a name without slashes, which separate a model's name from its layers'",
                    got: "\"\(name)\"")
            }
            if let first = owners.updateValue((number, layer), forKey: name) {
                throw CognitronError(
                    .model, model,
                    "two layers are called \(name): number \(first.number + 1) (\(first.layer.typeName)) and "
                        + "number \(number + 1) (\(layer.typeName))",
                    advice: "give each layer a name of its own")
            }
        }
    }
}
