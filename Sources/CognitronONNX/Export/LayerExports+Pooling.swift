import Cognitron

extension LayerExports {
    static let poolings: [Rule] = [
        rule(MaxPooling1D.self, pooling), rule(MaxPooling2D.self, pooling), rule(MaxPooling3D.self, pooling),
        rule(AveragePooling1D.self, pooling), rule(AveragePooling2D.self, pooling),
        rule(AveragePooling3D.self, pooling),
        rule(GlobalMaxPooling1D.self, globalPooling), rule(GlobalMaxPooling2D.self, globalPooling),
        rule(GlobalMaxPooling3D.self, globalPooling), rule(GlobalAveragePooling1D.self, globalPooling),
        rule(GlobalAveragePooling2D.self, globalPooling), rule(GlobalAveragePooling3D.self, globalPooling),
        rule(AdaptiveMaxPooling1D.self, adaptivePooling), rule(AdaptiveMaxPooling2D.self, adaptivePooling),
        rule(AdaptiveMaxPooling3D.self, adaptivePooling),
        rule(AdaptiveAveragePooling1D.self, adaptivePooling),
        rule(AdaptiveAveragePooling2D.self, adaptivePooling),
        rule(AdaptiveAveragePooling3D.self, adaptivePooling),
        rule(LpPooling2D.self, lpPooling), rule(Subsampling2D.self, subsampling),
        rules(MaxPooling2DWithIndices.self, poolingWithIndices), rule(MaxUnpooling2D.self, unpooling),
    ]

    private static func windows(_ size: WindowSize, _ strides: WindowSize, _ padding: Padding)
        -> ExportedWindows
    {
        ExportedWindows(
            size: size.axes, strides: strides.axes, dilations: size.axes.map { _ in 1 }, padding: padding)
    }

    private static func pooling(_ layer: some BasePooling, _ export: LayerExport) throws -> ExportedValue {
        let type = layer is any MaxPoolingLayer ? "MaxPool" : "AveragePool"
        let attributes = try windows(layer.poolSize, layer.strides, layer.padding).attributes(export.input)
        return export.channelsFirstOutput(
            export.writer.nodes(type, [export.input.channelsFirst(export.writer)], attributes, outputs: 1)[0])
    }

    private static func globalPooling(_ layer: some BaseGlobalPooling, _ export: LayerExport) -> ExportedValue
    {
        let writer = export.writer
        let isMaximum = layer is any GlobalMaxPoolingLayer
        let spatial = export.input.rank - 2
        if !isMaximum, let mask = export.input.mask, spatial == 1 {
            return maskedMean(layer, mask, export)
        }
        // Of what has channels last a reduction needs no transposition.
        guard export.input.isChannelsFirst else {
            let x = export.input.channelsLast(writer)
            return export.output(
                writer.reduce(
                    isMaximum ? "ReduceMax" : "ReduceMean", x, axes: Array(1...spatial),
                    keepingDimensions: layer.keepdims))
        }
        let y = writer.node(
            isMaximum ? "GlobalMaxPool" : "GlobalAveragePool", export.input.channelsFirst(writer))
        return layer.keepdims
            ? export.channelsFirstOutput(y)
            : export.output(writer.node("Flatten", y, attributes: ["axis": 1]))
    }

    /// The mean over the steps that count.
    private static func maskedMean(
        _ layer: some BaseGlobalPooling, _ mask: String, _ export: LayerExport
    ) -> ExportedValue {
        let writer = export.writer
        let counts = writer.floats(mask)
        let total = writer.node(
            "Max", writer.sum(counts, axes: [1], keepingDimensions: true), writer.constant(1))
        let shares = writer.unsqueeze(writer.node("Div", counts, total), axes: [2])
        let x = writer.node("Mul", export.input.channelsLast(writer), shares)
        return export.output(writer.sum(x, axes: [1], keepingDimensions: layer.keepdims))
    }

    /// Windows of one size where they divide the input evenly, else a reduction for each window of each axis.
    private static func adaptivePooling(
        _ layer: some BaseAdaptivePooling, _ export: LayerExport
    ) throws -> ExportedValue {
        let writer = export.writer
        let isMaximum = layer is any AdaptiveMaxPoolingLayer
        guard let input = export.input.fixedShape else {
            throw ExportProblem("its windows depend on a free axis; give the input a fixed size")
        }
        let outputs = layer.outputSize.axes
        var x = export.input.channelsFirst(writer)
        if zip(input, outputs).allSatisfy({ $0.isMultiple(of: $1) }) {
            let size = zip(input, outputs).map { $0 / $1 }
            x = writer.node(
                isMaximum ? "MaxPool" : "AveragePool", x,
                attributes: ["kernel_shape": .ints(size), "strides": .ints(size)])
            return export.channelsFirstOutput(x)
        }
        for (axis, count) in outputs.enumerated() where count != input[axis] {
            let parts = (0..<count).map { number in
                let range = number * input[axis] / count..<((number + 1) * input[axis] + count - 1) / count
                return writer.reduce(
                    isMaximum ? "ReduceMax" : "ReduceMean", writer.slice(x, axis: axis + 2, range),
                    axes: [axis + 2], keepingDimensions: true)
            }
            x = writer.concat(parts, axis: axis + 2)
        }
        return export.channelsFirstOutput(x)
    }

    /// (Σ |x|ᵖ)^(1/p): ONNX's LpPool takes whole p alone.
    private static func lpPooling(_ layer: LpPooling2D, _ export: LayerExport) throws -> ExportedValue {
        let writer = export.writer
        let size = WindowSize(axes: [layer.poolSize.height, layer.poolSize.width])
        let strides = WindowSize(axes: [layer.strides.height, layer.strides.width])
        var attributes = try windows(size, strides, layer.padding).attributes(export.input)
        if !layer.averaging { attributes["count_include_pad"] = 1 }
        let powers = writer.node(
            "Pow", writer.node("Abs", export.input.channelsFirst(writer)), writer.constant(layer.p))
        var sums = writer.nodes("AveragePool", [powers], attributes, outputs: 1)[0]
        if !layer.averaging {
            sums = writer.node(
                "Mul", sums, writer.constant(Float(layer.poolSize.height * layer.poolSize.width)))
        }
        return export.channelsFirstOutput(writer.node("Pow", sums, writer.constant(1 / layer.p)))
    }

    private static func subsampling(_ layer: Subsampling2D, _ export: LayerExport) throws -> ExportedValue {
        let writer = export.writer
        let (coefficient, bias) = (layer.parameters[0], layer.parameters[1])
        let count = Float(layer.poolSize.axes.reduce(1, *))
        let mean = writer.node(
            "AveragePool", export.input.channelsFirst(writer),
            attributes: ["kernel_shape": .ints(layer.poolSize.axes), "strides": .ints(layer.poolSize.axes)])
        let scaled = writer.node(
            "Mul", mean, export.weight(coefficient) { ($0 * count).reshaped([$0.count, 1, 1]) })
        let y = writer.node("Add", scaled, export.weight(bias) { $0.reshaped([$0.count, 1, 1]) })
        return try export.activated(export.channelsFirstOutput(y), layer.activation)
    }

    // MARK: - Unpooling

    /// The second output is the pixel of each maximum, row · W + column.
    private static func poolingWithIndices(
        _ layer: MaxPooling2DWithIndices, _ export: LayerExport
    ) throws -> [ExportedValue] {
        let writer = export.writer
        guard let shape = export.input.fixedShape else {
            throw ExportProblem("its indices depend on a free axis; give the input a fixed size")
        }
        let arguments = layer.arguments
        let outputs = writer.nodes(
            "MaxPool", [export.input.channelsFirst(writer)],
            try windows(arguments.poolSize, arguments.strides, arguments.padding).attributes(export.input),
            outputs: 2)
        // ONNX counts through samples and channels too.
        let pixels = writer.node("Mod", outputs[1], writer.constant([shape[0] * shape[1]], shape: []))
        return [
            ExportedValue(export.outputShapes[0], channelsFirst: outputs[0]),
            ExportedValue(export.outputShapes[1], channelsFirst: writer.floats(pixels)),
        ]
    }

    /// Of sizes that the windows do not divide evenly, MaxUnpool does not know what the indices count in.
    private static func unpooling(_ layer: MaxUnpooling2D, _ export: LayerExport) throws -> ExportedValue {
        let writer = export.writer
        guard export.outputShapes[0].0 == export.outputShapes[0].1 else {
            throw ExportProblem("its output depends on a free axis; give the input a fixed size")
        }
        let shape = export.outputShapes[0].0
        let (x, indices) = (export.inputs[0].channelsFirst(writer), export.inputs[1].channelsFirst(writer))
        let empty = writer.node(
            "Expand", writer.constant(Tensor.zeros([1, shape[2], shape[0] * shape[1]])),
            writer.concat([writer.shape(x, 0..<1), writer.constant([1, 1])], axis: 0))
        let y = writer.node(
            "ScatterElements", empty, writer.integers(writer.reshape(indices, [0, 0, -1])),
            writer.reshape(x, [0, 0, -1]), attributes: ["axis": 2, "reduction": "add"])
        return export.channelsFirstOutput(writer.reshape(y, [0, 0, shape[0], shape[1]]))
    }
}
