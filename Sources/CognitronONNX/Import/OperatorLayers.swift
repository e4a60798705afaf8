import Cognitron

// Nodes that become an `ONNXOperator`.

extension GraphImporter {
    /// Operators whose output's shape depends on the numbers themselves.
    private static let dataDependent: Set<String> = [
        "NonZero", "Compress", "NonMaxSuppression", "Range", "Unique",
    ]

    func operatorLayer(_ node: ONNXNode, _ inputs: [ImportedValue?]) throws -> [ImportedValue] {
        guard !Self.dataDependent.contains(node.type) else {
            throw ImportProblem("the shape of its output depends on numbers that only a run gives")
        }
        if OperatorShapes.elementwise.contains(node.type), let outputs = try elementwiseLayer(node, inputs) {
            return outputs
        }
        return try layer(node, inputs, inputs.map { $0?.computed?.order }, inputs, keepsOrder: nil)
    }

    /// Without transpositions, where all computed inputs have the axes in one order.
    private func elementwiseLayer(_ node: ONNXNode, _ inputs: [ImportedValue?]) throws -> [ImportedValue]? {
        let computed = inputs.compactMap { $0?.computed }
        guard let first = computed.first, computed.allSatisfy({ $0.rank == first.rank }) else { return nil }
        guard first.order != Array(first.order.indices) else { return nil }
        let order = first.order
        let arranged = try inputs.map { input -> ImportedValue? in
            switch input {
            case nil: return nil
            case .computed(let value)?:
                guard value.batchAxis == first.batchAxis else { return nil }
                return .computed(try value.arranged(order))
            case .known(let a, let b)?:
                guard a.rank <= first.rank, a.shape == b.shape else { return nil }
                func moved(_ x: ONNXTensor) -> ONNXTensor {
                    guard x.rank > 0 else { return x }
                    let sizes = Array(repeating: 1, count: first.rank - x.rank) + Array(x.shape)
                    return x.with(x.tensor.reshaped(Shape(sizes)).permuted(first.fileAxes))
                }
                return .known(moved(a), moved(b))
            }
        }
        guard zip(arranged, inputs).allSatisfy({ ($0 == nil) == ($1 == nil) }) else { return nil }
        let plain = Array(order.indices)
        return try layer(
            node, arranged, arranged.map { $0?.computed == nil ? nil : plain }, inputs, keepsOrder: order)
    }

    /// - Parameters:
    ///   - orders: for each computed input, the node's axes in the layer's.
    ///   - keepsOrder: the order that the outputs have; nil where the batch is to be found in them.
    private func layer(
        _ node: ONNXNode, _ inputs: [ImportedValue?], _ orders: [[Int]?], _ original: [ImportedValue?],
        keepsOrder: [Int]?
    ) throws -> [ImportedValue] {
        let computed = inputs.compactMap { $0?.computed }
        guard let first = computed.first else { throw ImportProblem("has no computed input") }
        let rows = first.layerShapes.0[0] / samples.0
        guard rows >= 1,
            computed.allSatisfy({
                $0.layerShapes.0[0] == first.layerShapes.0[0] || $0.layerShapes.0[0] % samples.0 == 0
            })
        else { throw ImportProblem("its inputs differ in their batch") }
        let outputs = try OperatorCall.probing { try probed(node, inputs, orders) }
        let usedCount = (node.outputs.lastIndex { !$0.isEmpty } ?? 0) + 1
        guard outputs.first.count >= usedCount, outputs.second.count == outputs.first.count else {
            throw ImportProblem("gives \(outputs.first.count) outputs, not \(usedCount)")
        }
        let outputOrders = try (0..<usedCount).map { number -> (node: [Int], file: [Int], rows: (Int, Int)) in
            let (a, b) = (outputs.first[number].shape, outputs.second[number].shape)
            if let keepsOrder { return (Array(keepsOrder.indices), keepsOrder, (a[0], b[0])) }
            let axes = try batchFirst(a, b)
            return (
                axes, axes.indices.map { place in axes.firstIndex(of: place) ?? place },
                (a[axes[0]], b[axes[0]])
            )
        }
        let layer = try operatorLayer(node, inputs, orders, outputOrders.map(\.node), rows)
        let results = try apply(
            layer, computed, orders: outputOrders.map(\.file),
            types: (0..<usedCount).map { outputs.first[$0].type },
            rows: outputOrders.map(\.rows))
        return results.map { .computed($0) }
    }

    private typealias Probe = (shape: Shape, type: ElementType)

    /// What the node gives, for either number of samples: worked out of shapes, or by a run on zeros.
    private func probed(
        _ node: ONNXNode, _ inputs: [ImportedValue?], _ orders: [[Int]?]
    ) throws -> (first: [Probe], second: [Probe]) {
        func side(_ isSecond: Bool) throws -> [Probe] {
            let shapes = zip(inputs, orders).map { input, order -> Shape? in
                switch input {
                case nil: return nil
                case .known(let a, let b)?: return isSecond ? b.shape : a.shape
                case .computed(let value)?:
                    let shape = isSecond ? value.layerShapes.1 : value.layerShapes.0
                    return order.map { Shape($0.map { shape[$0] }) } ?? shape
                }
            }
            if let shape = try OperatorShapes.known(node, shapes) {
                let types = inputs.compactMap { $0?.type }
                return [(shape, try OperatorShapes.type(node, types))]
            }
            let tensors = try zip(inputs, shapes).map { input, shape -> ONNXTensor? in
                guard case .computed(let value)? = input, let shape else {
                    guard case .known(let a, let b)? = input else { return nil }
                    return isSecond ? b : a
                }
                probedCount += shape.elementCount
                guard probedCount <= Self.largestProbes else {
                    throw ImportProblem(
                        "shapes that take too long to work out: give the model smaller inputs")
                }
                return ONNXTensor(.zeros(try OperatorCall.shape(Array(shape))), value.type)
            }
            return try Operators.run(node, tensors).map { ($0.shape, $0.type) }
        }
        return (try side(false), try side(true))
    }

    /// The zeros that all nodes together may be run on.
    private static let largestProbes = 1 << 28

    /// The axes of an output with the batch first: the axis that grows with the number of samples.
    private func batchFirst(_ a: Shape, _ b: Shape) throws -> [Int] {
        guard a.rank == b.rank else { throw ImportProblem("its output has other axes for other batches") }
        let growing = a.indices.filter { a[$0] != b[$0] }
        guard let batch = growing.first, growing.count == 1, a[batch] * samples.1 == b[batch] * samples.0
        else {
            throw ImportProblem("its output of shape \(a) does not have one row for each sample of a batch")
        }
        return [batch] + a.indices.filter { $0 != batch }
    }

    private func operatorLayer(
        _ node: ONNXNode, _ inputs: [ImportedValue?], _ orders: [[Int]?], _ outputOrders: [[Int]], _ rows: Int
    ) throws -> ONNXOperator {
        var large: [(number: Int, value: Tensor)] = []
        let sources = try inputs.enumerated().map { number, input -> ONNXOperator.Source in
            switch input {
            case nil: return .init()
            case .computed(let value)?: return .init(order: orders[number], type: value.type)
            case .known(let a, let b)?:
                let (value, axis) = try repeatedRows(a.tensor, b.tensor)
                let shape = Array(value.shape)
                if axis != nil || value.isSame(as: b.tensor) {
                    guard value.count > Self.smallCount else {
                        return .init(type: a.type, shape: shape, values: value.bytes, repeatedAxis: axis)
                    }
                    large.append((number, value))
                    return .init(type: a.type, shape: shape, repeatedAxis: axis)
                }
                // v = base + slope · samples
                let slope = (b.tensor - a.tensor) / Float(samples.1 - samples.0)
                let base = a.tensor - slope * Float(samples.0)
                return .init(type: a.type, shape: shape, values: base.bytes, growth: slope.bytes)
            }
        }
        let layer = ONNXOperator(
            node, sources, outputOrders: outputOrders, rowsPerSample: rows, name: unique(node.name))
        try layer.declareConstants(BuildContext(path: layer.name ?? ""))
        for (number, value) in large { layer.constants[number]?.value = value }
        return layer
    }

    /// The numbers of a constant that is kept with the layer's arguments: shapes and axes are no longer.
    private static let smallCount = 256

    /// The rows of one sample where a constant has some for each sample, and their axis; else the constant.
    private func repeatedRows(_ a: Tensor, _ b: Tensor) throws -> (rows: Tensor, axis: Int?) {
        if a.shape == b.shape { return (a, nil) }
        let axes = a.shape.indices.filter { $0 < b.rank && a.shape[$0] != b.shape[$0] }
        guard a.rank == b.rank, axes.count == 1, a.shape[axes[0]] % samples.0 == 0, a.count > 0 else {
            throw ImportProblem("a constant has a shape that depends on the batch")
        }
        let axis = axes[0]
        let rows = a.part(axis: axis, 0..<a.shape[axis] / samples.0)
        func repeated(_ count: Int) -> Tensor {
            rows.tiled(rows.shape.indices.map { $0 == axis ? count : 1 })
        }
        guard repeated(samples.0).isSame(as: a), repeated(samples.1).isSame(as: b) else {
            throw ImportProblem("a constant has a shape that depends on the batch")
        }
        return (rows, axis)
    }
}

extension Tensor {
    /// Whether shape and numbers are equal, those that are none included.
    fileprivate func isSame(as other: Tensor) -> Bool {
        shape == other.shape
            && (self == other || scalars.elementsEqual(other.scalars) { $0 == $1 || $0.isNaN && $1.isNaN })
    }
}
