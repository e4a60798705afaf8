import Cognitron
import Foundation

/// Makes a model of an ONNX file's graph, node by node.
///
/// Problems are collected, so that a file's unsupported nodes are listed together.
final class GraphImporter {
    let file: ONNXFile
    private let sizes: [String: Int]
    private(set) var values: [String: ImportedValue] = [:]
    private var problems: [String] = []
    private var names: Set<String> = []
    /// Which nodes read a value, by name.
    private(set) var readers: [String: [Int]] = [:]
    private(set) var nodes: [ONNXNode] = []
    /// Nodes that an earlier one has taken in, such as the addition of a bias.
    private var absorbed: Set<Int> = []
    /// Sets the weights, once the model has declared them.
    private var weightings: [() throws -> Void] = []
    /// The two numbers of samples that shapes are worked out for.
    private(set) var samples = (2, 3)
    /// The numbers worked out of constants so far, and how many there may be.
    private var foldedCount = 0
    private static let largestFold = 1 << 26
    /// The batch that the file fixes; nil where it is free.
    private(set) var fixedBatch: Int?

    init(_ file: ONNXFile, sizes: [String: Int]) { (self.file, self.sizes) = (file, sizes) }

    func model() throws -> Model {
        let graph = file.model.graph
        let inputs = try prepare(graph)
        for index in try order(graph) where !absorbed.contains(index) { importNode(index) }
        try report()
        var outputs: [(name: String, value: ComputedValue)] = []
        for output in graph.output {
            guard let value = values[output.name]?.computed else {
                problems.append("output \(output.name): does not depend on the model's inputs")
                continue
            }
            do { outputs.append((output.name, try layerOutput(value, output.name))) } catch {
                problems.append("output \(output.name): \(error)")
            }
        }
        try report()
        return try makeModel(inputs, outputs)
    }

    /// A value in the file's order that a layer gives: of an input, a layer that passes it on.
    private func layerOutput(_ value: ComputedValue, _ name: String) throws -> ComputedValue {
        let plain = try value.arranged(Array(0..<value.rank))
        guard plain.isInput else { return plain }
        return try apply(Identity(name: unique(name)), [plain], orders: [plain.order], types: [plain.type])[0]
    }

    private func makeModel(
        _ inputs: [Input], _ outputs: [(name: String, value: ComputedValue)]
    ) throws -> Model {
        guard !outputs.isEmpty else { throw failure("has no outputs") }
        do {
            let name = file.model.graph.name
            let model = try Model(
                inputs: inputs, outputs: outputs.map(\.value.symbol),
                name: name.isEmpty || name.contains("/") ? nil : name)
            for setWeights in weightings { try setWeights() }
            for entry in file.model.metadataProps { model.metadata[entry.key] = entry.value }
            return model
        } catch let error as CognitronError {
            throw failure("makes no model: \(error)")
        } catch {
            throw failure("makes no model: \(error)")
        }
    }

    private func failure(_ problem: String) -> CognitronError { CognitronError(.file, file.path, problem) }

    private func report() throws {
        guard !problems.isEmpty else { return }
        let shown = problems.prefix(100)
        let rest = problems.count - shown.count
        throw CognitronError(
            .file, file.path,
            "has parts that cannot be imported:\n  " + shown.joined(separator: "\n  ")
                + (rest > 0 ? "\n  and \(rest) more" : "") + "\n")
    }
}

// MARK: - Inputs, weights and order

extension GraphImporter {
    /// Checks names, reads weights and makes the inputs.
    private func prepare(_ graph: Onnx_GraphProto) throws -> [Input] {
        guard (7...25).contains(file.opset) else {
            throw CognitronError(
                .file, file.path, "asks for an operator set that is not known", expected: "7 to 25",
                got: "\(file.opset)")
        }
        guard graph.sparseInitializer.isEmpty else { throw failure("holds sparse tensors") }
        nodes = graph.node.map { ONNXNode(proto: $0, opset: file.opset) }
        for (index, node) in nodes.enumerated() {
            for name in node.inputs where !name.isEmpty { readers[name, default: []].append(index) }
            if node.proto.attribute.contains(where: {
                $0.type == .graph || $0.type == .graphs || $0.hasG || !$0.graphs.isEmpty
            }) {
                problems.append("\(node.name) (\(node.type)): has graphs inside")
            }
        }
        for tensor in graph.initializer {
            do {
                let value = try ONNXTensor(tensor, folder: file.folder)
                guard values.updateValue(.constant(value), forKey: tensor.name) == nil else {
                    problems.append("\(tensor.name): two weights have this name")
                    continue
                }
            } catch { problems.append("\(error)") }
        }
        let given = graph.input.filter { values[$0.name] == nil }
        chooseSamples(given)
        let inputs = given.compactMap(makeInput)
        try report()
        guard !inputs.isEmpty else { throw failure("has no inputs") }
        return inputs
    }

    /// Where a file fixes the batch, its own shapes are worked out for that.
    private func chooseSamples(_ inputs: [Onnx_ValueInfoProto]) {
        let batches = inputs.map { info -> Int? in
            guard let first = info.type.tensorType.shape.dim.first else { return nil }
            if case .dimValue(let size) = first.value { return Int(clamping: size) }
            return sizes[first.dimParam]
        }
        guard let batch = batches.first ?? nil, batches.allSatisfy({ $0 == batch }),
            (1...1024).contains(batch)
        else { return }
        fixedBatch = batch
        samples = (batch, batch + 1)
    }

    private func makeInput(_ info: Onnx_ValueInfoProto) -> Input? {
        do {
            guard case .tensorType(let type) = info.type.value, type.hasShape else {
                throw ImportProblem("is no tensor with a known number of axes")
            }
            let element = try ElementType(code: Int(type.elemType), info.name)
            guard !type.shape.dim.isEmpty else { throw ImportProblem("is a single number and has no batch") }
            let own = try type.shape.dim.dropFirst().map { dimension -> Int in
                switch dimension.value {
                case .dimValue(let size) where (1...1 << 31).contains(size): return Int(size)
                case .dimParam(let name):
                    guard let size = sizes[name] else {
                        throw ImportProblem(
                            "its axis \"\(name)\" is free: give it a size, sizes: [\"\(name)\": …]")
                    }
                    return size
                default: throw ImportProblem("has an axis without size")
                }
            }
            _ = try OperatorCall.shape(own)
            let input = Input(shape: Shape(own), name: unique(info.name))
            let shapes = (Shape(own).batched(samples.0), Shape(own).batched(samples.1))
            guard
                values.updateValue(
                    .computed(
                        ComputedValue(
                            input.symbolic, order: Array(0...own.count), shapes: shapes, type: element,
                            isInput: true)),
                    forKey: info.name) == nil
            else { throw ImportProblem("two inputs have this name") }
            return input
        } catch {
            problems.append("input \(info.name): \(error)")
            return nil
        }
    }

    /// The nodes, each after those that it reads. Throws where nodes read each other in a circle, a value is
    /// missing, or two nodes give one value.
    private func order(_ graph: Onnx_GraphProto) throws -> [Int] {
        var givers: [String: Int] = [:]
        for (index, node) in nodes.enumerated() {
            for name in node.outputs where !name.isEmpty {
                if givers.updateValue(index, forKey: name) != nil || values[name] != nil {
                    problems.append(
                        "\(node.name) (\(node.type)): gives \(name), which another part gives too")
                }
            }
        }
        for node in nodes {
            for name in node.inputs where !name.isEmpty && givers[name] == nil && values[name] == nil {
                problems.append("\(node.name) (\(node.type)): reads \(name), which nothing gives")
            }
        }
        try report()
        var waiting = nodes.map { node in Set(node.inputs.compactMap { givers[$0] }).count }
        var ready = waiting.indices.filter { waiting[$0] == 0 }
        var sorted: [Int] = []
        var followers: [Int: [Int]] = [:]
        for (index, node) in nodes.enumerated() {
            for giver in Set(node.inputs.compactMap { givers[$0] }) {
                followers[giver, default: []].append(index)
            }
        }
        // Lowest first, which keeps a file's own order.
        var next = 0
        while next < ready.count {
            let index = ready[next]
            next += 1
            sorted.append(index)
            for follower in followers[index] ?? [] {
                waiting[follower] -= 1
                if waiting[follower] == 0 { ready.append(follower) }
            }
        }
        guard sorted.count == nodes.count else {
            let names = nodes.indices.filter { waiting[$0] > 0 }.prefix(5).map { nodes[$0].name }
            throw failure("has nodes that read each other in a circle: \(names.joined(separator: ", "))")
        }
        return sorted
    }
}

// MARK: - Nodes

extension GraphImporter {
    private func importNode(_ index: Int) {
        let node = nodes[index]
        var inputs: [ImportedValue?] = []
        for name in node.inputs {
            let value = name.isEmpty ? nil : values[name]
            // What reads a value that failed is not reported again.
            if !name.isEmpty && value == nil { return }
            inputs.append(value)
        }
        do {
            let outputs = try imported(node, inputs)
            for (name, value) in zip(node.outputs, outputs) where !name.isEmpty && values[name] == nil {
                values[name] = value
            }
        } catch {
            problems.append("\(node.name) (\(node.type)): \(error)")
        }
    }

    private func imported(_ node: ONNXNode, _ inputs: [ImportedValue?]) throws -> [ImportedValue] {
        guard node.proto.domain.isEmpty || node.proto.domain == "ai.onnx" else {
            throw ImportProblem("is of the operators of \(node.proto.domain)")
        }
        guard Operators.all[node.type] != nil else { throw ImportProblem("no such operator") }
        if inputs.allSatisfy({ $0?.computed == nil }) { return try folded(node, inputs) }
        if node.type == "Shape" || node.type == "Size", let value = inputs[0]?.computed {
            let zeros = (value.shapes.0, value.shapes.1)
            return try sizesKnown(node, zeros)
        }
        if let lift = Lifts.all[node.type], let outputs = try lift(self, node, inputs) { return outputs }
        return try operatorLayer(node, inputs)
    }

    /// Runs a node whose inputs are known, for both numbers of samples.
    private func folded(_ node: ONNXNode, _ inputs: [ImportedValue?]) throws -> [ImportedValue] {
        func side(_ isSecond: Bool) throws -> [ONNXTensor] {
            try Operators.run(
                node,
                inputs.map { input in
                    guard case .known(let a, let b)? = input else { return nil }
                    return isSecond ? b : a
                })
        }
        let first = try side(false)
        for output in first { try requireFoldable(output) }
        if inputs.allSatisfy({ $0 == nil || $0?.constant != nil }) { return first.map { .constant($0) } }
        let second = try side(true)
        return zip(first, second).map { .known($0, $1) }
    }

    /// Bounds the sum of what is worked out of constants: a few bytes of a file can ask for a large tensor.
    private func requireFoldable(_ tensor: ONNXTensor) throws {
        foldedCount += tensor.tensor.count
        guard foldedCount <= Self.largestFold else {
            throw ImportProblem("more than \(Self.largestFold) numbers are worked out of constants")
        }
    }

    private func sizesKnown(_ node: ONNXNode, _ shapes: (Shape, Shape)) throws -> [ImportedValue] {
        if node.type == "Size" {
            return [
                .known(
                    ONNXTensor(Tensor(Float(shapes.0.elementCount)), .int64),
                    ONNXTensor(Tensor(Float(shapes.1.elementCount)), .int64))
            ]
        }
        let rank = shapes.0.rank
        func clamped(_ value: Int) -> Int { min(max(value < 0 ? value + rank : value, 0), rank) }
        let (start, end) = (clamped(node.int("start")), clamped(node.int("end", rank)))
        let range = start..<max(start, end)
        return [
            .known(ONNXTensor(integers: Array(shapes.0[range])), ONNXTensor(integers: Array(shapes.1[range])))
        ]
    }

    // MARK: - What lifts use

    /// A name for a layer after a node's, without slashes.
    func unique(_ name: String) -> String {
        let plain = String(name.map { $0 == "/" ? "_" : $0 }.drop { $0 == "_" })
        let base = plain.isEmpty ? "layer" : plain
        if names.insert(base).inserted { return base }
        var number = 1
        while !names.insert("\(base)_\(number)").inserted { number += 1 }
        return "\(base)_\(number)"
    }

    /// Calls a layer on values as they are, and works out the shapes of its outputs.
    ///
    /// - Parameters:
    ///   - orders: the file's axes in each output.
    ///   - rows: how many rows each output has for either number of samples; by default as many as the first
    ///     input.
    func apply(
        _ layer: any AnyLayer, _ inputs: [ComputedValue], orders: [[Int]], types: [ElementType],
        rows given: [(Int, Int)]? = nil
    ) throws -> [ComputedValue] {
        let shapes = inputs.map(\.layerShapes)
        var context = BuildContext(path: layer.name ?? "layer")
        let first = try layer.build(inputs: shapes.map { $0.0.sample }, &context)
        let second = try layer.build(inputs: shapes.map { $0.1.sample }, &context)
        let rows = (shapes[0].0[0], shapes[0].1[0])
        let symbols =
            layer.outputCount == 1
            ? [layer.callAsFunction(inputs.map(\.symbol))] : layer.outputs(of: inputs.map(\.symbol))
        return try symbols.enumerated().map { number, symbol in
            let order = orders[number]
            let rows = given?[number] ?? rows
            let (a, b) = (first[number].batched(rows.0), second[number].batched(rows.1))
            guard order.count == a.rank, a.rank == b.rank else {
                throw ImportProblem("gives \(a), not what its node says")
            }
            return ComputedValue(
                symbol, order: order, shapes: (Shape(order.map { a[$0] }), Shape(order.map { b[$0] })),
                type: types[number])
        }
    }

    /// The same for a layer of one output that keeps the axes of its first input.
    func apply(_ layer: any AnyLayer, _ inputs: ComputedValue..., order: [Int]? = nil) throws
        -> [ImportedValue]
    {
        try apply(layer, inputs, orders: [order ?? inputs[0].order], types: [inputs[0].type]).map {
            .computed($0)
        }
    }

    /// Sets a weight once the model is made.
    func set(_ parameter: Parameter, _ value: Tensor) {
        weightings.append {
            guard parameter.shape == value.shape else {
                throw ImportProblem(
                    "\(parameter.name): a weight of shape \(value.shape), expected \(parameter.shape)")
            }
            parameter.value = value
        }
    }

    /// The node that alone reads a value, where it is of a type; taken in by the one that asks.
    func absorbing(_ output: String, _ type: String, _ accept: (ONNXNode) -> Bool) -> ONNXNode? {
        guard let own = readers[output], own.count == 1, let index = own.first, nodes[index].type == type,
            !file.model.graph.output.contains(where: { $0.name == output }), accept(nodes[index])
        else { return nil }
        absorbed.insert(index)
        return nodes[index]
    }

    func setValue(_ name: String, _ value: ImportedValue) { values[name] = value }
}
