import Cognitron

extension Lifts {
    static let normalizations: [String: Lift] = [
        "BatchNormalization": { importer, node, inputs in
            guard let x = inputs[0]?.computed, x.rank >= 2, x.batchAxis == 0, node.int("training_mode") == 0,
                inputs.count == 5
            else { return nil }
            let parts = inputs.dropFirst().compactMap { $0?.constant?.tensor }
            guard parts.count == 4, parts.allSatisfy({ $0.shape == [x.shapes.0[1]] }) else { return nil }
            let epsilon = node.float("epsilon", 1e-5)
            guard epsilon > 0 else { return nil }
            let layer = BatchNormalization(
                momentum: node.float("momentum", 0.9), epsilon: epsilon, name: importer.unique(node.name))
            for (parameter, value) in zip(
                [layer.gamma, layer.beta, layer.movingMean, layer.movingVariance], parts)
            {
                importer.set(parameter, value)
            }
            return try importer.apply(layer, try x.arranged(ComputedValue.channelsLast(x.rank)))
        },
        "LayerNormalization": { importer, node, inputs in
            guard let x = inputs[0]?.computed, node.outputs.count == 1,
                let scale = inputs[1]?.constant?.tensor,
                node.int("axis", -1) == -1 || node.int("axis", -1) == x.rank - 1, x.rank >= 2,
                let size = x.shapes.0.last, scale.shape == [size], x.order[x.rank - 1] == x.rank - 1,
                node.float("epsilon", 1e-5) > 0
            else { return nil }
            let bias = inputs.count > 2 ? inputs[2]?.constant?.tensor : nil
            guard inputs.count < 3 || inputs[2] == nil || bias?.shape == [size] else { return nil }
            let layer = LayerNormalization(
                epsilon: node.float("epsilon", 1e-5), center: bias != nil, name: importer.unique(node.name))
            importer.set(layer.gamma, scale)
            if let bias { importer.set(layer.beta, bias) }
            return try importer.apply(layer, x)
        },
    ]

    // MARK: - Merging

    private static func merged(_ make: @escaping @Sendable (String) -> any AnyLayer) -> Lift {
        { importer, node, inputs in
            let computed = inputs.compactMap { $0?.computed }
            // In the order of the largest, with whose axes the others' broadcast.
            guard computed.count == inputs.count, computed.count >= 2,
                let first = computed.max(by: { $0.shapes.0.elementCount < $1.shapes.0.elementCount }),
                computed.allSatisfy({ $0.rank == first.rank && $0.batchAxis == first.batchAxis }),
                computed.allSatisfy({ $0.shapes.0[first.batchAxis] == first.shapes.0[first.batchAxis] }),
                try OperatorCall.broadcast(computed.map(\.shapes.0)) == first.shapes.0
            else { return nil }
            let arranged = try computed.map { try $0.arranged(first.order) }
            return try importer.apply(
                make(importer.unique(node.name)), arranged, orders: [first.order], types: [first.type]
            ).map { .computed($0) }
        }
    }

    static let merging: [String: Lift] = [
        "Add": merged { Add(name: $0) }, "Sum": merged { Add(name: $0) },
        "Mul": merged { Multiply(name: $0) },
        "Sub": merged { Subtract(name: $0) }, "Mean": merged { Average(name: $0) },
        "Concat": { importer, node, inputs in
            let computed = inputs.compactMap { $0?.computed }
            guard computed.count == inputs.count, let first = computed.first,
                computed.allSatisfy({ $0.rank == first.rank && $0.batchAxis == first.batchAxis })
            else { return nil }
            if computed.count == 1 { return [.computed(first)] }
            let axis = node.int("axis") < 0 ? node.int("axis") + first.rank : node.int("axis")
            guard (0..<first.rank).contains(axis), axis != first.batchAxis else { return nil }
            let arranged = try computed.map { try $0.arranged(first.order) }
            return try importer.apply(
                Concatenate(axis: first.order[axis], name: importer.unique(node.name)), arranged,
                orders: [first.order], types: [first.type]
            ).map { .computed($0) }
        },
    ]
}
