import Cognitron

extension LayerExports {
    static let transformers: [Rule] = [
        rule(TransformerEncoder.self) { layer, export in
            let block = TransformerExport(layer, export)
            let y = try block.attention("self_attention", export.input, isCausal: false)
            return try block.feedForward(y)
        },
        rule(TransformerDecoder.self) { layer, export in
            let block = TransformerExport(layer, export)
            var y = try block.attention("self_attention", export.input, isCausal: layer.useCausalMask)
            if export.inputs.count == 2 {
                y = try block.attention("cross_attention", y, to: export.inputs[1], isCausal: false)
            }
            return try block.feedForward(y)
        },
    ]
}

/// The residual parts of a transformer's block.
private struct TransformerExport {
    let arguments: TransformerArguments
    let export: LayerExport

    init(_ layer: some TransformerBlock, _ export: LayerExport) {
        (arguments, self.export) = (layer.arguments, export)
    }

    /// - Parameter memory: what is attended to; nil for the sequence itself.
    func attention(
        _ name: String, _ x: ExportedValue, to memory: ExportedValue? = nil, isCausal: Bool
    ) throws -> ExportedValue {
        try residual(name, x) { first in
            let attention = try AttentionExport(
                try export.child("\(name)_layer"), heads: arguments.numHeads, keyHeads: arguments.numHeads,
                isCausal: isCausal, window: nil, export)
            let source = memory ?? x
            let keys = memory?.channelsLast(export.writer) ?? first
            let keep = attention.kept(
                query: x, key: source, queryMask: nil,
                keyMask: memory == nil ? export.input.mask : source.mask)
            return try attention.run(query: first, key: keys, value: keys, keep: keep).output
        }
    }

    func feedForward(_ x: ExportedValue) throws -> ExportedValue {
        let writer = export.writer
        return try residual("feedforward", x) { first in
            guard let dense = try export.child("feedforward_intermediate_dense") as? Dense else {
                return first
            }
            let hidden = writer.node(
                "Add", writer.node("MatMul", first, export.weight(dense.kernel)), export.weight(dense.bias))
            let active = try ExportedFunction(dense.activation).nodes(writer, hidden) { $0 }
            let output = try export.child("feedforward_output_dense").parameters
            return writer.node(
                "Add", writer.node("MatMul", active, export.weight(output[0])), export.weight(output[1]))
        }
    }

    private func residual(
        _ name: String, _ x: ExportedValue, _ apply: (String) throws -> String
    ) throws -> ExportedValue {
        let writer = export.writer
        let input = x.channelsLast(writer)
        let normalizesFirst = arguments.normalizeFirst
        let y = try apply(normalizesFirst ? try normalized(name, input, x.rank) : input)
        let sum = writer.node("Add", y, input)
        let output = normalizesFirst ? sum : try normalized(name, sum, x.rank)
        return export.output(output, mask: export.input.mask)
    }

    private func normalized(_ name: String, _ x: String, _ rank: Int) throws -> String {
        guard let layer = try export.child("\(name)_layer_norm") as? LayerNormalization else { return x }
        return export.writer.node(
            "LayerNormalization", x, export.weight(layer.gamma), export.weight(layer.beta),
            attributes: ["axis": -1, "epsilon": .float(layer.epsilon)])
    }
}
