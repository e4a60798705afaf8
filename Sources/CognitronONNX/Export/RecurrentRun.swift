import Cognitron

/// The nodes of a cell, or of cells on top of each other, over a sequence.
///
/// Masks become ONNX's sequence lengths, which say the same where masked steps are at the end alone.
struct RecurrentRun {
    /// (N, T, units) in the order in which the steps are taken, or the last step's (N, units).
    let output: String
    /// The last states, (N, units) each.
    let states: [String]
    /// The mask of the output's steps.
    let mask: String?

    init(
        _ cell: any RecurrentCell, _ options: SequenceOptions, _ export: LayerExport,
        _ initial: [ExportedValue]
    ) throws {
        let writer = export.writer
        let cells = (cell as? StackedRNNCells)?.cells ?? [cell]
        var x = writer.transpose(export.input.channelsLast(writer), [1, 0, 2])
        let lengths = export.input.mask.map { mask in
            writer.node(
                "Cast", writer.sum(writer.floats(mask), axes: [1]),
                attributes: ["to": .int(Onnx_TensorProto.DataType.int32.rawValue)])
        }
        var (states, given, last) = ([String](), initial, "")
        for cell in cells {
            let node = try RecurrentNode(cell)
            let result = node.run(
                x, lengths: lengths, given.prefix(cell.stateCount).map { $0.channelsLast(writer) },
                isReversed: options.goBackwards, export)
            given = Array(given.dropFirst(cell.stateCount))
            x = result.sequence
            states += result.states
            last = result.states[0]
        }
        self.states = states
        guard options.returnSequences else {
            (output, mask) = (last, nil)
            return
        }
        var sequence = writer.transpose(x, [1, 0, 2])
        var ownMask = export.input.mask
        if let known = ownMask, !options.zeroOutputForMask, !options.goBackwards {
            // A masked step repeats the output before it.
            sequence = writer.node(
                "Where", writer.unsqueeze(known, axes: [2]), sequence, writer.unsqueeze(last, axes: [1]))
        }
        if options.goBackwards {
            sequence = writer.reversed(sequence, axis: 1)
            ownMask = ownMask.map { writer.node("Not", writer.node("Not", writer.reversedMask($0))) }
        }
        (output, mask) = (sequence, ownMask)
    }
}

extension LayerExports {
    /// One step of a cell, or of cells on top of each other: a sequence of length 1.
    static func step(_ cell: any RecurrentCell, _ export: LayerExport) throws -> [ExportedValue] {
        let writer = export.writer
        var x = writer.unsqueeze(export.input.channelsLast(writer), axes: [0])
        var given = Array(export.inputs.dropFirst())
        var states: [String] = []
        for cell in (cell as? StackedRNNCells)?.cells ?? [cell] {
            let result = try RecurrentNode(cell).run(
                x, lengths: nil, given.prefix(cell.stateCount).map { $0.channelsLast(writer) },
                isReversed: false, export)
            given = Array(given.dropFirst(cell.stateCount))
            x = result.sequence
            states += result.states
        }
        let outputs = [writer.squeeze(x, axes: [0])] + states
        return outputs.enumerated().map { export.output($1, $0) }
    }
}

extension GraphWriter {
    /// ONNX Runtime turns no truth values around.
    fileprivate func reversedMask(_ mask: String) -> String {
        node("Greater", reversed(floats(mask), axis: 1), constant(0.5))
    }
}

/// A cell as an ONNX node: its weights and gates.
private struct RecurrentNode {
    let type: String
    let cell: any UnitCell
    /// Our gates in ONNX's order.
    let order: [Int]
    let activations: [ActivationFunction]
    var resetsAfter = false

    init(_ cell: any RecurrentCell) throws {
        switch cell {
        case let cell as LSTMCell:
            (type, self.cell, order) = ("LSTM", cell, [0, 3, 1, 2])
            let c = cell.configuration
            activations = [c.recurrentActivation, c.activation, c.activation]
        case let cell as GRUCell:
            (type, self.cell, order) = ("GRU", cell, [0, 1, 2])
            activations = [cell.configuration.recurrentActivation, cell.configuration.activation]
            resetsAfter = cell.resetAfter
        case let cell as SimpleRNNCell:
            (type, self.cell, order) = ("RNN", cell, [0])
            activations = [cell.configuration.activation]
        default: throw ExportProblem("ONNX has no cell like \(Swift.type(of: cell))")
        }
        for activation in activations { _ = try Self.named(activation) }
    }

    func run(
        _ x: String, lengths: String?, _ initial: [String], isReversed: Bool, _ export: LayerExport
    ) -> (sequence: String, states: [String]) {
        let writer = export.writer
        let units = cell.units
        func gates(_ weights: Tensor) -> Tensor {
            // (…, gates · units) → (1, gates · units, …)
            let parts = weights.split(Array(repeating: units, count: order.count), axis: -1)
            let joined = Tensor.concatenated(order.map { parts[$0] }, axis: -1)
            return (joined.rank == 1 ? joined : joined.permuted([1, 0])).expandingDimensions(at: 0)
        }
        let states = initial.map { writer.unsqueeze($0, axes: [0]) }
        let inputs = [
            x, export.weight(cell.kernel, gates), export.weight(cell.recurrentKernel, gates),
            bias(gates).map { value in export.weight(cell.bias) { _ in value } } ?? "", lengths ?? "",
            states.first ?? "", states.count > 1 ? states[1] : "",
        ]
        let names = activations.compactMap { try? Self.named($0) }
        var attributes: [String: NodeAttribute] = [
            "hidden_size": .int(units), "direction": .string(isReversed ? "reverse" : "forward"),
            "activations": .strings(names.map(\.name)),
        ]
        let (alphas, betas) = (names.compactMap(\.alpha), names.compactMap(\.beta))
        if !alphas.isEmpty { attributes["activation_alpha"] = .floats(alphas) }
        if !betas.isEmpty { attributes["activation_beta"] = .floats(betas) }
        if type == "GRU" { attributes["linear_before_reset"] = .int(resetsAfter ? 1 : 0) }
        let outputs = writer.nodes(type, inputs, attributes, outputs: 1 + cell.stateCount)
        return (
            writer.squeeze(outputs[0], axes: [1]), outputs.dropFirst().map { writer.squeeze($0, axes: [0]) }
        )
    }

    /// (1, 2 · gates · units): of the input, then of the state.
    private func bias(_ gates: (Tensor) -> Tensor) -> Tensor? {
        guard cell.configuration.useBias else { return nil }
        let value = cell.bias.value
        let first = gates(value.rank == 2 ? value[0] : value)
        let second = value.rank == 2 ? gates(value[1]) : Tensor.zeros(first.shape)
        return .concatenated([first, second], axis: 1)
    }

    /// An activation function as ONNX's recurrent nodes spell it.
    private static func named(
        _ function: ActivationFunction
    ) throws -> (name: String, alpha: Float?, beta: Float?) {
        let saved = try LayerArguments(function)
        let arguments = saved["configuration"]
        switch saved.text("type") ?? "" {
        case "Tanh": return ("Tanh", nil, nil)
        case "Sigmoid": return ("Sigmoid", nil, nil)
        case "Softsign": return ("Softsign", nil, nil)
        case "Softplus": return ("Softplus", nil, nil)
        case "Linear": return ("Affine", 1, 0)
        case "HardSigmoid": return ("HardSigmoid", 1 / 6, 0.5)
        case "Elu": return ("Elu", arguments.float("alpha") ?? 1, nil)
        case "LeakyRelu": return ("LeakyRelu", arguments.float("negativeSlope") ?? 0.2, nil)
        case "Relu" where function == .relu: return ("Relu", nil, nil)
        case let name: throw ExportProblem("ONNX's recurrent layers have no activation function \(name)")
        }
    }
}
