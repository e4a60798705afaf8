import Cognitron

extension LayerExports {
    static let core: [Rule] = [
        rule(Input.self) { $1.input },
        rule(Identity.self) { $1.input },
        rule(Dense.self) { layer, export in
            let linear = export.linear(export.input, layer.kernel, layer.useBias ? layer.bias : nil)
            return try export.activated(export.output(linear, mask: export.input.mask), layer.activation)
        },
        rule(EinsumDense.self, einsum),
        rule(Embedding.self) { try embedding($0.embeddings, isMasked: $0.maskZero, $1) },
        rule(ReversibleEmbedding.self) { layer, export in
            try embedding(
                layer.embeddings, isMasked: try LayerArguments(layer)["embedding"].bool("maskZero"), export)
        },
        rule(ReversedEmbedding.self, reversedEmbedding),
        rule(Masking.self, masking), rule(RadialBasis.self, radialBasis),
    ]

    private static func embedding(
        _ table: Parameter, isMasked: Bool, _ export: LayerExport
    ) throws -> ExportedValue {
        let writer = export.writer
        let tokens = export.input.channelsLast(writer)
        let mask = isMasked ? writer.node("Not", writer.node("Equal", tokens, writer.constant(0))) : nil
        return export.output(
            writer.node("Gather", export.weight(table), writer.integers(tokens)), mask: mask)
    }

    private static func reversedEmbedding(_ layer: ReversedEmbedding, _ export: LayerExport) -> ExportedValue
    {
        let writer = export.writer
        let table = layer.parameters[0]
        let x = export.input.channelsLast(writer)
        let rows = export.weight(table)
        var y = writer.node("MatMul", x, layer.tieWeights ? writer.transpose(rows, [1, 0]) : rows)
        if let cap = layer.logitSoftCap {
            y = writer.node("Tanh", writer.node("Div", y, writer.constant(cap)))
            y = writer.node("Mul", y, writer.constant(cap))
        }
        return export.output(y, mask: export.input.mask)
    }

    private static func einsum(_ layer: EinsumDense, _ export: LayerExport) throws -> ExportedValue {
        let writer = export.writer
        let x = export.input.channelsLast(writer)
        var y = writer.nodes(
            "Einsum", [x, export.weight(layer.kernel)], ["equation": .string(layer.equation)], outputs: 1)[0]
        if layer.biasAxes != nil { y = writer.node("Add", y, export.weight(layer.bias)) }
        return try export.activated(export.output(y, mask: export.input.mask), layer.activation)
    }

    private static func masking(_ layer: Masking, _ export: LayerExport) -> ExportedValue {
        let writer = export.writer
        let x = export.input.channelsLast(writer)
        let differs = writer.floats(
            writer.node("Not", writer.node("Equal", x, writer.constant(layer.maskValue))))
        let steps = writer.node(
            "Greater", writer.reduce("ReduceMax", differs, axes: [-1], keepingDimensions: true),
            writer.constant(0.5))
        let y = writer.node("Where", steps, x, writer.constant(0))
        return export.output(y, mask: writer.squeeze(steps, axes: [-1]))
    }

    /// 2 · x · c − |x|² − |c|².
    private static func radialBasis(_ layer: RadialBasis, _ export: LayerExport) -> ExportedValue {
        let writer = export.writer
        let x = export.input.channelsLast(writer)
        let centres = Tensor(
            layer.centres.flatMap { $0 }, shape: [layer.centres.count, export.input.channels])
        let products = writer.node("MatMul", x, writer.constant(centres.permuted([1, 0]) * 2))
        let energy = writer.sum(writer.node("Mul", x, x), axes: [1], keepingDimensions: true)
        let squares = writer.constant((centres * centres).sum(axis: 1))
        return export.output(writer.node("Sub", writer.node("Sub", products, energy), squares))
    }
}

extension LayerExport {
    /// x · kernel + bias along the last axis: one Gemm for rows, else a MatMul.
    func linear(_ value: ExportedValue, _ kernel: Parameter, _ bias: Parameter?) -> String {
        let x = value.channelsLast(writer)
        guard value.rank == 2 else {
            let y = writer.node("MatMul", x, weight(kernel))
            return bias.map { writer.node("Add", y, weight($0)) } ?? y
        }
        return writer.nodes("Gemm", [x, weight(kernel)] + (bias.map { [weight($0)] } ?? []), outputs: 1)[0]
    }
}
