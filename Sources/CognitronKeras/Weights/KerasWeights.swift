import Cognitron

/// Where Keras's files of weights keep the parameters of a model.
///
///     layers/dense/vars/0                              // a layer's own, in order
///     layers/lstm/cell/vars/0                          // of an object inside it
///     layers/functional/layers/dense_1/vars/1          // of a model inside
///
/// Layers are called after their class, with a number from the second on, not after their names.
///
/// - Source: Keras `saving/saving_lib.py`.
struct KerasWeights {
    struct Place {
        let path: String
        /// The parameter; nil of a count that Keras keeps and we do not.
        let parameter: Parameter?
        /// The parameter's path with us, for messages.
        let name: String
    }

    private(set) var places: [Place] = []
    /// The layers whose weights the file keeps.
    private(set) var layers: [any AnyLayer] = []
    private var visited: Set<ObjectIdentifier> = []
    private let orders: [ObjectIdentifier: [any AnyLayer]]

    /// - Parameter orders: the layers of models in the order of their file, where it is known.
    init(_ layer: any AnyLayer, orders: [ObjectIdentifier: [any AnyLayer]] = [:]) {
        self.orders = orders
        visit(layer, "", "")
    }

    private mutating func visit(_ layer: any AnyLayer, _ path: String, _ name: String) {
        guard visited.insert(ObjectIdentifier(layer)).inserted else { return }
        let prefix = { (path: String) in path.isEmpty ? "" : path + "/" }
        guard !(layer is Model) else {
            let model = layer as? Model
            let inner = model.map { orders[ObjectIdentifier($0)] ?? $0.kerasLayers } ?? []
            let names = Dictionary(
                (model?.children ?? []).map { (ObjectIdentifier($0.layer), $0.name) },
                uniquingKeysWith: { a, _ in a })
            for (layer, part) in Self.named(inner) {
                visit(
                    layer, "\(prefix(path))layers/\(part)",
                    prefix(name) + (names[ObjectIdentifier(layer)] ?? part))
            }
            return
        }
        layers.append(layer)
        let form = KerasLayer.of(layer)
        let weights = form?.weights ?? KerasLayer.Weights()
        addOwn(layer, weights.owner.isEmpty ? path : "\(path)/\(weights.owner)", name)
        let children = layer.children
        let listed = weights.container.map { _ in Self.named(children.map(\.layer)).map(\.name) }
        for (index, child) in children.enumerated() {
            let part =
                if let container = weights.container, let listed { "\(container)/\(listed[index])" } else {
                    weights.children[child.name] ?? child.name
                }
            visit(child.layer, "\(path)/\(part)", "\(name)/\(child.name)")
        }
    }

    private mutating func addOwn(_ layer: any AnyLayer, _ path: String, _ name: String) {
        let inner = Set(layer.children.flatMap { $0.layer.allParameters.map(\.identity) })
        var own: [Parameter?] = layer.parameters.filter { !inner.contains($0.identity) }
        switch layer {
        case let spectral as SpectralNormalization:
            // Keras lists the kernel of the layer inside here too.
            own.insert(spectral.layer.parameters.first, at: 0)
        case is Normalization where !own.isEmpty: own.append(nil)
        // Its boundaries are in the configuration.
        case is Discretization: own = []
        default: break
        }
        for (index, parameter) in own.enumerated() {
            let last = parameter?.name.split(separator: "/").last.map(String.init) ?? "count"
            places.append(Place(path: "\(path)/vars/\(index)", parameter: parameter, name: "\(name)/\(last)"))
        }
    }

    /// The names of layers in a list.
    private static func named(_ layers: [any AnyLayer]) -> [(layer: any AnyLayer, name: String)] {
        var counts: [String: Int] = [:]
        return layers.map { layer in
            let name = KerasLayer.fileName(of: layer)
            let count = counts[name, default: 0]
            counts[name] = count + 1
            return (layer, count == 0 ? name : "\(name)_\(count)")
        }
    }
}

extension KerasLayer {
    /// The name of a layer's class in files of weights: `max_pooling2d`.
    static func fileName(of layer: any AnyLayer) -> String {
        if let model = layer as? Model { return model.isKerasSequential ? "sequential" : "functional" }
        let type = of(layer)?.name ?? String(describing: Swift.type(of: layer as AnyObject))
        return type == "GroupQueryAttention" ? "grouped_query_attention" : snakeCase(type)
    }

    /// - Source: Keras `to_snake_case`.
    private static func snakeCase(_ name: String) -> String {
        let letters = Array(name)
        return letters.indices.reduce("") { result, index in
            let letter = letters[index]
            let isStart =
                index > 0 && letter.isUppercase
                && (letters[index - 1].isLowercase
                    || index + 1 < letters.count && letters[index + 1].isLowercase)
            return result + (isStart ? "_" : "") + letter.lowercased()
        }
    }
}

// MARK: - Writing

extension KerasWeights {
    /// The groups and arrays of a file.
    func content(adding others: [HDF5Content.Member]) -> HDF5Content {
        let root = Branch()
        for place in places {
            root.add(
                place.path.split(separator: "/")[...],
                place.parameter.map { .tensor($0.value) } ?? .integer(0))
        }
        for other in others { root.add(other.name.split(separator: "/")[...], other.content) }
        return root.content
    }

    private final class Branch {
        private var members: [(name: String, branch: Branch)] = []
        private var places: [String: Int] = [:]
        private var leaf: HDF5Content?

        func add(_ path: ArraySlice<Substring>, _ content: HDF5Content) {
            guard let first = path.first.map(String.init) else { return leaf = content }
            if places[first] == nil {
                places[first] = members.count
                members.append((first, Branch()))
            }
            members[places[first] ?? 0].branch.add(path.dropFirst(), content)
        }

        var content: HDF5Content {
            leaf ?? .group(members.map { .init($0.name, $0.branch.content) }, attributes: [])
        }
    }
}

extension KerasWeights {
    /// Writes tensors whose names are those of Keras's files.
    static func write(_ tensors: [String: Tensor], to path: String) throws {
        let names = tensors.keys.sorted()
        guard let wrong = names.first(where: { !$0.contains("vars/") }) else {
            let root = Branch()
            for name in names {
                root.add(name.split(separator: "/")[...], .tensor(tensors[name] ?? Tensor(0)))
            }
            return try HDF5Writer.write(root.content, to: path)
        }
        throw CognitronError(
            .file, path, "these weights have no place in a file of Keras",
            expected: "names as layers/dense/vars/0",
            got: wrong, advice: "convert the model that they belong to, not the weights alone")
    }
}

// MARK: - Reading

extension KerasWeights {
    /// Puts a file's arrays into the parameters.
    ///
    /// - Throws: `CognitronError` that lists every array that is missing, misshapen or left over; the model
    ///   is then unchanged.
    func adopt(_ file: HDF5File) throws {
        let root = file.root
        var differences: [String] = []
        var values: [(Parameter, Tensor)] = []
        var taken: Set<String> = []
        for place in places {
            guard let dataset = Self.dataset(place.path, root) else {
                if place.parameter != nil {
                    differences.append(
                        "\(place.name) is missing from the file, which should have it at \(place.path)")
                }
                continue
            }
            taken.insert(dataset.path)
            guard let parameter = place.parameter else { continue }
            let (sizes, wanted) = (dataset.shape, Array(parameter.shape))
            guard sizes.filter({ $0 != 1 }) == wanted.filter({ $0 != 1 }) else {
                differences.append(
                    "\(place.name): the model has \(parameter.shape), the file \(Shape(sizes)) at \(place.path)"
                )
                continue
            }
            values.append((parameter, try dataset.tensor().reshaped(parameter.shape)))
        }
        for dataset in root.datasets where !taken.contains(dataset.path) && !Self.isSpare(dataset.path) {
            differences.append("\(dataset.path) (\(Shape(dataset.shape))) is not in the model")
        }
        guard differences.isEmpty else {
            let more = differences.count - 100
            let listed = differences.prefix(100) + (more > 0 ? ["and \(more) more"] : [])
            throw CognitronError(
                .model, file.bytes.path,
                "does not fit the model:\n  " + listed.joined(separator: "\n  ") + "\n",
                advice: "build the model as it was when the file was saved")
        }
        for (parameter, value) in values { parameter.value = value }
    }

    /// The array of a path, also where Keras 2.13 put it.
    private static func dataset(_ path: String, _ root: HDF5Group) -> HDF5Dataset? {
        let older = path.replacing("layers/", with: "_layer_checkpoint_dependencies/")
        for path in [path, older] {
            if case .dataset(let dataset)? = root[path] { return dataset }
        }
        return nil
    }

    /// Whether an array is none of the layers': the optimizer's, or the state of random numbers.
    static func isSpare(_ path: String) -> Bool {
        path.hasPrefix("optimizer/") || path.hasPrefix("_optimizer/") || path.contains("seed_generator")
            || path.hasPrefix("metrics/") || path.hasPrefix("compile_metrics/") || path.hasPrefix("loss/")
            || path.hasPrefix("_compile_metrics/") || path.hasPrefix("loss_tracker/")
    }
}
