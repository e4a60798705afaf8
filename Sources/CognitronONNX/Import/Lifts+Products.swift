import Cognitron

extension Lifts {
    static let products: [String: Lift] = [
        "Gemm": { importer, node, inputs in
            guard let x = inputs[0]?.computed, let weights = inputs[1]?.constant, weights.rank == 2,
                x.rank == 2,
                node.int("transA") == 0, x.batchAxis == 0
            else { return nil }
            var kernel = node.int("transB") == 0 ? weights.tensor : weights.tensor.permuted([1, 0])
            kernel = kernel * node.float("alpha", 1)
            var bias: Tensor?
            if inputs.count > 2, let given = inputs[2] {
                guard let c = given.constant, c.tensor.count == 1 || c.tensor.count == kernel.shape[1],
                    c.rank < 3
                else { return nil }
                let row = (c.tensor * node.float("beta", 1)).reshaped([c.tensor.count])
                bias = row.count == 1 ? row.broadcast(to: [kernel.shape[1]]) : row
            }
            return try dense(importer, node, x, kernel, bias)
        },
        "MatMul": { importer, node, inputs in
            guard let x = inputs[0]?.computed, let weights = inputs[1]?.constant, weights.rank == 2,
                x.rank >= 2, x.order[x.rank - 1] == x.rank - 1
            else { return nil }
            let kernel = weights.tensor
            // A bias that is added next becomes the layer's.
            var bias: Tensor?
            let output = node.outputs[0]
            let addition = importer.absorbing(output, "Add") { next in
                let others = next.inputs.filter { $0 != output }
                guard next.inputs.count == 2, others.count == 1, let c = importer.values[others[0]]?.constant,
                    c.tensor.count == kernel.shape[1], c.shape.last == kernel.shape[1], c.rank <= x.rank
                else { return false }
                bias = c.tensor.reshaped([kernel.shape[1]])
                return true
            }
            let result = try dense(importer, node, x, kernel, bias)
            if let addition, let value = result.first { importer.setValue(addition.outputs[0], value) }
            return result
        },
        "Gather": { importer, node, inputs in
            guard let table = inputs[0]?.constant, let tokens = inputs[1]?.computed, table.rank == 2,
                node.int("axis") == 0, table.tensor.count > 0
            else { return nil }
            let layer = Embedding(table.shape[0], table.shape[1], name: importer.unique(node.name))
            importer.set(layer.embeddings, table.tensor)
            return try importer.apply(
                layer, [tokens], orders: [tokens.order + [tokens.rank]], types: [table.type]
            )
            .map { .computed($0) }
        },
    ]

    private static func dense(
        _ importer: GraphImporter, _ node: ONNXNode, _ x: ComputedValue, _ kernel: Tensor, _ bias: Tensor?
    ) throws -> [ImportedValue] {
        guard kernel.count > 0, x.shapes.0.last == kernel.shape[0] else {
            throw ImportProblem("the product of \(x.shapes.0) and \(kernel.shape)")
        }
        let layer = Dense(kernel.shape[1], useBias: bias != nil, name: importer.unique(node.name))
        importer.set(layer.kernel, kernel)
        if let bias { importer.set(layer.bias, bias) }
        return try importer.apply(layer, x)
    }
}
