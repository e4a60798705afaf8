import Cognitron

// Recurrent layers, which take the batch first and time second.

extension Lifts {
    static let recurrent: [String: Lift] = [
        "LSTM": { try RecurrentLift($0, $1, $2, gates: 4)?.outputs() },
        "GRU": { try RecurrentLift($0, $1, $2, gates: 3)?.outputs() },
        "RNN": { try RecurrentLift($0, $1, $2, gates: 1)?.outputs() },
    ]
}

private struct RecurrentLift {
    private let importer: GraphImporter
    private let node: ONNXNode
    private let gates: Int
    private let x: ComputedValue
    private let w: Tensor
    private let r: Tensor
    private let bias: Tensor?
    private let units: Int
    private let isBidirectional: Bool
    private let isReversed: Bool

    /// nil where the node has arguments that the layers have not.
    init?(_ importer: GraphImporter, _ node: ONNXNode, _ inputs: [ImportedValue?], gates: Int) throws {
        func given(_ number: Int) -> ImportedValue? { inputs.indices.contains(number) ? inputs[number] : nil }
        guard let x = given(0)?.computed, x.rank == 3, let w = given(1)?.constant?.tensor, w.rank == 3,
            w.count > 0,
            let r = given(2)?.constant?.tensor, r.rank == 3
        else { return nil }
        let direction = node.string("direction", "forward")
        isBidirectional = direction == "bidirectional"
        isReversed = direction == "reverse"
        let standard =
            gates == 4 ? ["Sigmoid", "Tanh", "Tanh"] : gates == 3 ? ["Sigmoid", "Tanh"] : ["Tanh"]
        let count = isBidirectional ? 2 : 1
        let activations =
            node.strings("activations") ?? Array(repeating: standard, count: count).flatMap { $0 }
        guard activations == Array(repeating: standard, count: count).flatMap({ $0 }), !node.has("clip"),
            node.int("input_forget") == 0, given(7) == nil, node.int("layout") == 0,
            x.batchAxis == 1, w.shape[0] == count, r.shape[0] == count
        else { return nil }
        // Whole sequences that start from zeros alone; other states stay with the operator.
        let steps = x.shapes.0[0]
        func isZero(_ value: ImportedValue?) -> Bool {
            guard let value else { return true }
            guard case .known(let a, let b) = value else { return false }
            return a.tensor.scalars.allSatisfy { $0 == 0 } && b.tensor.scalars.allSatisfy { $0 == 0 }
        }
        guard isZero(given(5)), isZero(given(6)),
            given(4) == nil || given(4)?.constant?.integers.allSatisfy({ $0 == steps }) == true
        else { return nil }
        bias = given(3)?.constant?.tensor
        units = r.shape[2]
        guard given(3) == nil || bias?.shape == [count, 2 * gates * units],
            w.shape == [count, gates * units, x.shapes.0[2]], r.shape == [count, gates * units, units]
        else { return nil }
        (self.importer, self.node, self.gates, self.x, self.w, self.r) = (importer, node, gates, x, w, r)
    }

    func outputs() throws -> [ImportedValue] {
        let input = try x.arranged([1, 0, 2])
        var runs: [[ComputedValue]] = []
        for direction in 0..<w.shape[0] {
            runs.append(try run(input, direction, isReversed: isReversed || direction == 1))
        }
        // Sequences (N, T, units) and states (N, units), each with an axis for the directions last but one.
        return try runs[0].indices.map { number in
            let parts = runs.map { $0[number] }
            let isSequence = number == 0
            let merged = parts.count == 1 ? parts[0] : try joined(parts)
            let layer = merged.layerShapes.0
            let sizes = Array(layer.sample.dropLast()) + [parts.count, units]
            let order = isSequence ? [1, 2, 0, 3] : [1, 0, 2]
            return try importer.apply(
                Reshape(Shape(sizes), name: importer.unique("\(node.name)_axes")), merged, order: order)[0]
        }
    }

    private func joined(_ parts: [ComputedValue]) throws -> ComputedValue {
        try importer.apply(
            Concatenate(axis: parts[0].rank - 1, name: importer.unique("\(node.name)_directions")), parts,
            orders: [parts[0].order], types: [x.type])[0]
    }

    private func run(_ input: ComputedValue, _ d: Int, isReversed: Bool) throws -> [ComputedValue] {
        let name = importer.unique(node.name)
        let layer: any UnitRecurrentLayer
        let isLinear = node.int("linear_before_reset") != 0
        switch gates {
        case 4:
            layer = LSTM(
                units, useBias: bias != nil, returnSequences: true, returnState: true,
                goBackwards: isReversed,
                name: name)
        case 3:
            layer = GRU(
                units, useBias: bias != nil, returnSequences: true, returnState: true,
                goBackwards: isReversed,
                resetAfter: isLinear, name: name)
        default:
            layer = SimpleRNN(
                units, useBias: bias != nil, returnSequences: true, returnState: true,
                goBackwards: isReversed,
                name: name)
        }
        importer.set(layer.kernel, arranged(w[d]))
        importer.set(layer.recurrentKernel, arranged(r[d]))
        if let bias { importer.set(layer.bias, ownBias(bias[d], isLinear: isLinear)) }
        let states = layer.stateCount
        let results = try importer.apply(
            layer, [input], orders: [[0, 1, 2]] + Array(repeating: [0, 1], count: states),
            types: Array(repeating: x.type, count: 1 + states))
        guard isReversed else { return results }
        // The layer's outputs are in the order of its steps.
        let turned = try importer.reversed(results[0], axis: 1, name: "\(node.name)_order")
        return [turned] + results.dropFirst()
    }

    /// (gates · units, inputs) in ONNX's order i o f c, or z r h, as (inputs, gates · units) in ours, i f c
    /// o.
    private func arranged(_ weights: Tensor) -> Tensor {
        let columns = weights.rank == 1 ? weights.expandingDimensions(at: 0) : weights.permuted([1, 0])
        guard gates == 4 else { return columns }
        let parts = columns.split([units, units, units, units], axis: 1)
        return .concatenated([parts[0], parts[2], parts[3], parts[1]], axis: 1)
    }

    private func ownBias(_ bias: Tensor, isLinear: Bool) -> Tensor {
        let halves = bias.split([gates * units, gates * units], axis: 0).map { arranged($0) }
        if gates == 3 && isLinear { return .concatenated(halves, axis: 0) }
        return (halves[0] + halves[1]).squeezing(0)
    }
}

extension GraphImporter {
    /// A value with an axis of its layer turned around.
    func reversed(_ value: ComputedValue, axis: Int, name: String) throws -> ComputedValue {
        var proto = Onnx_NodeProto()
        (proto.opType, proto.name) = ("Slice", name)
        proto.output = [name]
        let node = ONNXNode(proto: proto, opset: file.opset)
        let inputs: [ImportedValue?] =
            [.computed(value)]
            + [[-1], [-Int(Int32.max)], [axis], [-1]].map { .constant(ONNXTensor(integers: $0)) }
        guard let result = try operatorLayer(node, inputs).first?.computed else {
            throw ImportProblem("cannot turn around")
        }
        return result
    }
}
