import Cognitron

// What nodes that become layers use.

extension GraphImporter {
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
