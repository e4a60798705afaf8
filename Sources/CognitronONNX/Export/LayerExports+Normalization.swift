import Cognitron

extension LayerExports {
    static let normalizations: [Rule] = [
        rule(BatchNormalization.self, batchNormalization),
        rule(GroupNormalization.self, groupNormalization),
        rule(LayerNormalization.self, layerNormalization),
        rule(RMSNormalization.self, rmsNormalization),
        rule(UnitNormalization.self, unitNormalization),
        rule(LocalResponseNormalization.self, localResponse),
        rules(SpectralNormalization.self) { layer, export in
            try export.exporter.attempt(
                layer.layer, export.inputs, export.outputShapes, path: "\(export.path)/layer")
        },
    ]

    private static func batchNormalization(
        _ layer: BatchNormalization, _ export: LayerExport
    ) -> ExportedValue {
        let writer = export.writer
        let size = layer.movingMean.shape
        let scale = layer.scale ? export.weight(layer.gamma) : writer.constant(Tensor.ones(size))
        let offset = layer.center ? export.weight(layer.beta) : writer.constant(Tensor.zeros(size))
        let own = layer.axis < 0 ? layer.axis + export.input.rank : layer.axis
        guard own == export.input.rank - 1 else {
            return affine(layer, axis: own, export)
        }
        let y = writer.nodes(
            "BatchNormalization",
            [
                export.input.channelsFirst(writer), scale, offset, export.weight(layer.movingMean),
                export.weight(layer.movingVariance),
            ], ["epsilon": .float(layer.epsilon)], outputs: 1)[0]
        return export.channelsFirstOutput(y, mask: export.input.mask)
    }

    /// Along another axis than the last: a factor and a summand.
    private static func affine(
        _ layer: BatchNormalization, axis: Int, _ export: LayerExport
    ) -> ExportedValue {
        let writer = export.writer
        var sizes = Array(repeating: 1, count: export.input.rank)
        sizes[axis] = layer.movingMean.shape[0]
        var factor = 1 / (layer.movingVariance.value + layer.epsilon).squareRoot
        if layer.scale { factor = factor * layer.gamma.value }
        var summand = -(layer.movingMean.value * factor)
        if layer.center { summand = summand + layer.beta.value }
        let scaled = writer.node(
            "Mul", export.input.channelsLast(writer), writer.constant(factor.reshaped(Shape(sizes))))
        return export.output(
            writer.node("Add", scaled, writer.constant(summand.reshaped(Shape(sizes)))),
            mask: export.input.mask)
    }

    private static func layerNormalization(
        _ layer: LayerNormalization, _ export: LayerExport
    ) throws -> ExportedValue {
        let writer = export.writer
        let rank = export.input.rank
        let axes = layer.axis.map { $0 < 0 ? $0 + rank : $0 }.sorted()
        let order = (0..<rank).filter { !axes.contains($0) } + axes
        let back = order.indices.map { place in order.firstIndex(of: place) ?? place }
        let shape = Shape(axes.map { export.input.shapes.0[$0 - 1] })
        let y = writer.nodes(
            "LayerNormalization",
            [
                writer.transpose(export.input.channelsLast(writer), order),
                layer.scale ? export.weight(layer.gamma) : writer.constant(Tensor.ones(shape)),
                layer.center ? export.weight(layer.beta) : "",
            ], ["axis": .int(rank - axes.count), "epsilon": .float(layer.epsilon)], outputs: 1)[0]
        return export.output(writer.transpose(y, back), mask: export.input.mask)
    }

    private static func rmsNormalization(_ layer: RMSNormalization, _ export: LayerExport) -> ExportedValue {
        let writer = export.writer
        let rank = export.input.rank
        let axes = layer.axis.map { $0 < 0 ? $0 + rank : $0 }.sorted()
        let x = export.input.channelsLast(writer)
        let mean = writer.reduce("ReduceMean", writer.node("Mul", x, x), axes: axes, keepingDimensions: true)
        let root = writer.node("Sqrt", writer.node("Add", mean, writer.constant(layer.epsilon)))
        let sizes = (0..<rank).map { axes.contains($0) ? export.input.shapes.0[$0 - 1] : 1 }
        let scale = export.weight(layer.scale) { $0.reshaped(Shape(sizes)) }
        return export.output(
            writer.node("Mul", writer.node("Div", x, root), scale), mask: export.input.mask)
    }

    private static func unitNormalization(_ layer: UnitNormalization, _ export: LayerExport) -> ExportedValue
    {
        let writer = export.writer
        let axes = layer.axis.map { $0 < 0 ? $0 + export.input.rank : $0 }
        let x = export.input.channelsLast(writer)
        let length = writer.reduce("ReduceL2", x, axes: axes, keepingDimensions: true)
        return export.output(
            writer.node("Div", x, writer.node("Max", length, writer.constant(1e-12))), mask: export.input.mask
        )
    }

    /// Groups as rows, normalised, then scaled by channels.
    private static func groupNormalization(
        _ layer: GroupNormalization, _ export: LayerExport
    ) throws -> ExportedValue {
        let writer = export.writer
        let rank = export.input.rank
        let own = layer.axis < 0 ? layer.axis + rank : layer.axis
        let isLast = own == rank - 1
        let channels = export.input.shapes.0[own - 1]
        let groups = layer.groups == -1 ? channels : layer.groups
        // The normalised axis behind the batch.
        let order = [0, own] + (1..<rank).filter { $0 != own }
        let x =
            isLast
            ? export.input.channelsFirst(writer) : writer.transpose(export.input.channelsLast(writer), order)
        let rows = writer.reshape(x, [0, groups, -1])
        let normal = writer.nodes(
            "InstanceNormalization",
            [rows, writer.constant(Tensor.ones([groups])), writer.constant(Tensor.zeros([groups]))],
            ["epsilon": .float(layer.epsilon)], outputs: 1)[0]
        var y = writer.node("Reshape", normal, writer.shape(x))
        let sizes = Shape([channels] + Array(repeating: 1, count: max(0, rank - 2)))
        if layer.scale { y = writer.node("Mul", y, export.weight(layer.gamma) { $0.reshaped(sizes) }) }
        if layer.center { y = writer.node("Add", y, export.weight(layer.beta) { $0.reshaped(sizes) }) }
        if isLast { return export.channelsFirstOutput(y, mask: export.input.mask) }
        let back = order.indices.map { place in order.firstIndex(of: place) ?? place }
        return export.output(writer.transpose(y, back), mask: export.input.mask)
    }

    /// ONNX's own node has windows of odd size over pictures; others are means of squares along the channels.
    private static func localResponse(
        _ layer: LocalResponseNormalization, _ export: LayerExport
    ) throws -> ExportedValue {
        let writer = export.writer
        guard layer.size % 2 == 1, export.input.rank >= 3 else {
            let x = export.input.channelsLast(writer)
            let rows = writer.reshape(writer.node("Mul", x, x), [-1, 1, export.input.channels])
            let means = writer.node(
                "AveragePool", rows,
                attributes: [
                    "kernel_shape": .ints([layer.size]),
                    "pads": .ints([layer.size / 2, (layer.size - 1) / 2]),
                    "count_include_pad": 1,
                ])
            let energy = writer.node(
                "Add", writer.node("Mul", means, writer.constant(layer.alpha)), writer.constant(layer.k))
            let factors = writer.node("Pow", energy, writer.constant(-layer.beta))
            return export.output(
                writer.node("Mul", x, writer.node("Reshape", factors, writer.shape(x))),
                mask: export.input.mask)
        }
        let y = export.writer.node(
            "LRN", export.input.channelsFirst(export.writer),
            attributes: [
                "size": .int(layer.size), "alpha": .float(layer.alpha), "beta": .float(layer.beta),
                "bias": .float(layer.k),
            ])
        return export.channelsFirstOutput(y)
    }
}
