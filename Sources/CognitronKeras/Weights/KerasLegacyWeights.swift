import Cognitron

/// The weights of files that Keras 2 wrote: a group for each layer, by its name, with the attribute
/// `weight_names`.
struct KerasLegacyWeights {
    private let file: HDF5File
    private let group: HDF5Group

    /// - Returns: nil where the file is of another form.
    init?(_ file: HDF5File) {
        let group = file.root.group("model_weights") ?? file.root
        guard group.attributes.contains(where: { $0.name.hasPrefix("layer_names") }) else { return nil }
        (self.file, self.group) = (file, group)
    }

    /// The texts of an attribute, which long lists are spread over: `layer_names0`, `layer_names1` …
    private func texts(_ name: String, of group: HDF5Group) throws -> [String] {
        if let attribute = group.attribute(name) { return try file.texts.values(of: attribute) }
        var texts: [String] = []
        for number in 0..<group.attributes.count {
            guard let attribute = group.attribute("\(name)\(number)") else { break }
            texts += try file.texts.values(of: attribute)
        }
        return texts
    }

    /// The arrays of a layer, in order.
    private func datasets(_ layer: String) throws -> [HDF5Dataset] {
        guard let group = group.group(layer) else { return [] }
        return try texts("weight_names", of: group).map { name in
            guard case .dataset(let dataset)? = group[name] else {
                throw CognitronError.damaged(
                    file.bytes.path, "\(layer) has no array \(name.quoted), though it names one")
            }
            return dataset
        }
    }

    /// Puts the arrays into the parameters of the layers of the same names.
    ///
    /// - Throws: `CognitronError` that lists every difference; the model is then unchanged.
    func adopt(_ model: Model) throws {
        var (differences, values): ([String], [(Parameter, Tensor)]) = ([], [])
        var left = Set(try texts("layer_names", of: group).filter { try !datasets($0).isEmpty })
        for (name, layer) in model.children {
            let parameters = Self.ordered(layer)
            let datasets = try datasets(name)
            left.remove(name)
            guard parameters.count == datasets.count else {
                differences.append(
                    "\(name): the model has \(parameters.count) arrays, the file \(datasets.count)")
                continue
            }
            for (parameter, dataset) in zip(parameters, datasets) {
                guard Array(parameter.shape) == dataset.shape else {
                    differences.append(
                        "\(parameter.name): the model has \(parameter.shape), "
                            + "the file \(Shape(dataset.shape))"
                    )
                    continue
                }
                values.append((parameter, try dataset.tensor()))
            }
        }
        differences += left.sorted().map { "\($0) is not in the model" }
        guard differences.isEmpty else {
            throw CognitronError(
                .model, file.bytes.path,
                "does not fit the model:\n  " + differences.prefix(100).joined(separator: "\n  ") + "\n",
                advice: "build the model as it was when the file was saved")
        }
        for (parameter, value) in values { parameter.value = value }
    }

    /// Those that are trained first, as Keras lists them.
    private static func ordered(_ layer: any AnyLayer) -> [Parameter] {
        let all = KerasWeights(layer).places.compactMap(\.parameter)
        guard layer.isTrainable else { return all }
        return all.filter(\.isTrainable) + all.filter { !$0.isTrainable }
    }
}
