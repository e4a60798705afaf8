import Cognitron

// What the graph begins with: weights, inputs, and the order of its nodes.

extension GraphImporter {
    /// Checks names, reads weights and makes the inputs.
    func prepare(_ graph: Onnx_GraphProto) throws -> [Input] {
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
                weightCount += value.tensor.count
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
    func order(_ graph: Onnx_GraphProto) throws -> [Int] {
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
