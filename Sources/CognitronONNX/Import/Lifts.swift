import Cognitron

/// Nodes that become this package's own layers, by operator.
///
/// A lift gives nil where a node's arguments are none that the layer has; then the node becomes an
/// `ONNXOperator`.
enum Lifts {
    typealias Lift = @Sendable (GraphImporter, ONNXNode, [ImportedValue?]) throws -> [ImportedValue]?

    /// The inputs that a node must have, where they are more than one.
    static let inputCounts = [
        "Gemm": 2, "MatMul": 2, "Gather": 2, "Conv": 2, "ConvTranspose": 2, "LayerNormalization": 2,
        "LSTM": 3,
        "GRU": 3, "RNN": 3,
    ]

    static let all: [String: Lift] = [
        moving, activations, products, windows, normalizations, merging, recurrent,
    ]
    .reduce(into: [:]) { $0.merge($1) { first, _ in first } }
}

// MARK: - Moving axes

extension Lifts {
    private static let moving: [String: Lift] = [
        "Identity": { _, _, inputs in inputs[0].map { [$0] } },
        "Dropout": { importer, node, inputs in
            // The mask, a second output, is of no use in prediction.
            guard node.outputs.count < 2 || importer.readers[node.outputs[1]] == nil else { return nil }
            return inputs[0].map { [$0] }
        },
        "Cast": { _, node, inputs in
            guard let x = inputs[0]?.computed else { return nil }
            let type = try ElementType(code: node.int("to", 1), "Cast")
            let isExact =
                type == .float || type == .double || (!x.type.isFloating && type != .bool && type.size >= 4)
            return isExact ? [.computed(x.cast(type))] : nil
        },
        "Transpose": { _, node, inputs in
            guard let x = inputs[0]?.computed else { return nil }
            let axes = node.ints("perm") ?? Array((0..<x.rank).reversed())
            guard axes.sorted() == Array(0..<x.rank) else { throw ImportProblem("perm \(axes)") }
            return [.computed(x.transposed(axes))]
        },
        "Flatten": { importer, node, inputs in
            guard let x = inputs[0]?.computed, node.int("axis", 1) == 1, x.batchAxis == 0 else { return nil }
            let plain = try x.inFileOrder()
            if x.rank == 2 { return [.computed(plain)] }
            return try importer.apply(Flatten(name: importer.unique(node.name)), plain, order: [0, 1])
        },
        "Reshape": reshape,
        "Unsqueeze": { importer, node, inputs in
            guard let x = inputs[0]?.computed,
                let given = node.ints("axes") ?? (inputs.count > 1 ? inputs[1]?.constant?.integers : nil),
                given.count < 16
            else { return nil }
            let rank = x.rank + given.count
            let axes = given.map { $0 < 0 ? $0 + rank : $0 }
            guard Set(axes).count == axes.count, axes.allSatisfy({ (0..<rank).contains($0) }) else {
                return nil
            }
            // New axes go last in the layer's order.
            var (order, next, old) = ([Int](), x.rank, 0)
            for axis in 0..<rank {
                if axes.contains(axis) {
                    order.append(next)
                    next += 1
                } else {
                    order.append(x.order[old])
                    old += 1
                }
            }
            let shape = Array(x.layerShapes.0.sample) + axes.map { _ in 1 }
            return try importer.apply(
                Reshape(Shape(shape), name: importer.unique(node.name)), x, order: order)
        },
        "Squeeze": { importer, node, inputs in
            guard let x = inputs[0]?.computed,
                let given = node.ints("axes") ?? (inputs.count > 1 ? inputs[1]?.constant?.integers : nil)
            else { return nil }
            let axes = given.map { $0 < 0 ? $0 + x.rank : $0 }
            guard axes.allSatisfy({ (0..<x.rank).contains($0) && $0 != x.batchAxis && x.shapes.0[$0] == 1 })
            else { return nil }
            let removed = axes.map { x.order[$0] }
            let kept = (0..<x.rank).filter { !axes.contains($0) }
            let order = kept.map { axis in x.order[axis] - removed.filter { $0 < x.order[axis] }.count }
            let shape = x.layerShapes.0
            let sizes = (1..<x.rank).filter { !removed.contains($0) }.map { shape[$0] }
            guard !sizes.isEmpty else { return nil }
            return try importer.apply(
                Reshape(Shape(sizes), name: importer.unique(node.name)), x, order: order)
        },
    ]

    /// A reshape of each sample, where the batch stays the first axis.
    private static let reshape: Lift = { importer, node, inputs in
        guard let x = inputs[0]?.computed, x.batchAxis == 0,
            case .known(var a, var b)? = inputs.count > 1 ? inputs[1] : nil
        else { return nil }
        if let batch = importer.fixedBatch, a.tensor == b.tensor, a.integers.first == batch,
            x.shapes.0[0] == batch
        {
            // A file with a fixed batch names it in its shapes.
            b.tensor = Tensor([Float(importer.samples.1)] + a.tensor.scalars.dropFirst())
        }
        func sizes(_ shape: Shape, _ target: ONNXTensor) throws -> [Int] {
            var sizes = target.integers
            for (axis, size) in sizes.enumerated() where size == 0 && node.int("allowzero") == 0 {
                guard shape.indices.contains(axis) else {
                    throw ImportProblem("size 0 copies no axis \(axis)")
                }
                sizes[axis] = shape[axis]
            }
            guard let free = sizes.firstIndex(of: -1) else { return sizes }
            sizes[free] = 1
            let known = try OperatorCall.shape(sizes).elementCount
            guard known > 0, shape.elementCount % known == 0 else {
                throw ImportProblem("\(shape) does not reshape to \(target.integers)")
            }
            sizes[free] = shape.elementCount / known
            return sizes
        }
        let (first, second) = (try sizes(x.shapes.0, a), try sizes(x.shapes.1, b))
        guard first.count >= 2, first.count == second.count, first[0] == x.shapes.0[0],
            second[0] == x.shapes.1[0],
            first.dropFirst() == second.dropFirst(), first.dropFirst().allSatisfy({ $0 > 0 }),
            first.reduce(1, *) == x.shapes.0.elementCount
        else { return try importer.operatorLayer(node, [inputs[0], .known(a, b)]) }
        let plain = try x.inFileOrder()
        let target = Shape(first.dropFirst())
        return try importer.apply(
            Reshape(target, name: importer.unique(node.name)), plain, order: Array(first.indices))
    }
}

// MARK: - Activation functions

extension Lifts {
    private static func activation(_ function: @escaping @Sendable (ONNXNode) -> ActivationFunction?) -> Lift
    {
        { importer, node, inputs in
            guard let x = inputs[0]?.computed, let function = function(node) else { return nil }
            return try importer.apply(Activation(function, name: importer.unique(node.name)), x)
        }
    }

    /// A function along an axis: the last one, or before opset 13 all from one on.
    private static func rows(_ function: @escaping @Sendable (Int) -> ActivationFunction) -> Lift {
        { importer, node, inputs in
            guard let x = inputs[0]?.computed else { return nil }
            let isOld = importer.file.opset < 13
            let axis = node.int("axis", isOld ? 1 : -1)
            let own = axis < 0 ? axis + x.rank : axis
            guard (0..<x.rank).contains(own), own != x.batchAxis, !isOld || own == x.rank - 1 else {
                return nil
            }
            return try importer.apply(
                Activation(function(x.order[own]), name: importer.unique(node.name)), x)
        }
    }

    private static let activations: [String: Lift] = [
        "Relu": activation { _ in .relu }, "Sigmoid": activation { _ in .sigmoid },
        "Tanh": activation { _ in .tanh }, "Exp": activation { _ in .exponential },
        "Softplus": activation { _ in .softplus }, "Softsign": activation { _ in .softsign },
        "Mish": activation { _ in .mish }, "HardSwish": activation { _ in .hardSilu },
        "Elu": activation { .elu(alpha: $0.float("alpha", 1)) },
        "Celu": activation { $0.float("alpha", 1) > 0 ? .celu(alpha: $0.float("alpha", 1)) : nil },
        "LeakyRelu": activation { .leakyRelu(negativeSlope: $0.float("alpha", 0.01)) },
        "Gelu": activation { .gelu(approximate: $0.string("approximate", "none") == "tanh") },
        "ThresholdedRelu": activation { .threshold($0.float("alpha", 1), defaultValue: 0) },
        "Selu": activation { $0.has("alpha") || $0.has("gamma") ? nil : .selu },
        "Softmax": rows { .softmax(axis: $0) }, "LogSoftmax": rows { .logSoftmax(axis: $0) },
        "Clip": { importer, node, inputs in
            guard let x = inputs[0]?.computed else { return nil }
            func bound(_ name: String, _ number: Int) -> Float? {
                inputs.count > number
                    ? inputs[number]?.constant?.tensor.scalars.first
                    : node.has(name) ? node.float(name, 0) : nil
            }
            guard bound("min", 1) == 0, let high = bound("max", 2), high > 0, high.isFinite else {
                return nil
            }
            return try importer.apply(
                Activation(.relu(maxValue: high), name: importer.unique(node.name)), x)
        },
    ]
}
