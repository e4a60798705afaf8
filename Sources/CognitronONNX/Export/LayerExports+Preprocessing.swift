import Cognitron

extension LayerExports {
    static let preprocessing: [Rule] = [
        rule(Rescaling.self) { layer, export in
            let writer = export.writer
            return export.input.mapped(writer) { x in
                let y = writer.node("Mul", x, writer.constant(layer.scale))
                return layer.offset == 0 ? y : writer.node("Add", y, writer.constant(layer.offset))
            }
        },
        rule(Normalization.self, normalization), rule(Resizing.self, resizing),
        rule(CenterCrop.self) { layer, export in
            guard let shape = export.input.fixedShape else {
                throw ExportProblem("its window depends on a free axis")
            }
            guard shape[0] >= layer.height, shape[1] >= layer.width else {
                return try resizing(
                    Resizing(layer.height, layer.width, cropToAspectRatio: true), export)
            }
            return try cropped(export, layer.height, layer.width, resizing: nil)
        },
        // In prediction, the middle of a picture.
        rule(RandomCrop.self) {
            try resizing(Resizing($0.height, $0.width, cropToAspectRatio: true), $1)
        },
        rule(CategoryEncoding.self) { layer, export in
            try encoded(export.input.channelsLast(export.writer), layer.outputMode, layer.numTokens, export)
        },
        rule(Discretization.self) { layer, export in
            let writer = export.writer
            let boundaries = layer.binBoundaries ?? layer.boundaries.value.scalars
            let x = writer.unsqueeze(export.input.channelsLast(writer), axes: [export.input.rank])
            let above = writer.node("GreaterOrEqual", x, writer.constant(Tensor(boundaries)))
            let bins = writer.sum(writer.floats(above), axes: [export.input.rank])
            return try encoded(bins, layer.outputMode, boundaries.count + 1, export)
        },
        rules(Pipeline.self) { layer, export in
            var values = export.inputs
            for (number, (name, child)) in layer.children.enumerated() {
                let isLast = number == layer.children.count - 1
                let shapes = isLast ? export.outputShapes : try built(child, values, "\(export.path)/\(name)")
                values = try export.exporter.attempt(child, values, shapes, path: "\(export.path)/\(name)")
            }
            return values
        },
    ]

    /// The shapes of a layer's outputs, by building it once more, which changes nothing.
    static func built(
        _ layer: any AnyLayer, _ inputs: [ExportedValue], _ path: String
    ) throws -> [(Shape, Shape)] {
        var context = BuildContext(path: path)
        let first = try layer.build(inputs: inputs.map(\.shapes.0), &context)
        let second = try layer.build(inputs: inputs.map(\.shapes.1), &context)
        return Array(zip(first, second))
    }

    private static func normalization(_ layer: Normalization, _ export: LayerExport) throws -> ExportedValue {
        let writer = export.writer
        let rank = export.input.rank
        let kept = layer.axes.map { $0 < 0 ? $0 + rank : $0 }
        let arguments = try LayerArguments(layer)
        let sizes = Shape((0..<rank).map { kept.contains($0) ? export.input.shapes.0[$0 - 1] : 1 })
        func spread(_ given: [Float]?, _ parameter: Parameter) -> Tensor {
            guard let given else { return parameter.value.reshaped(sizes) }
            return given.count == 1 ? Tensor(given[0]) : Tensor(given, shape: sizes)
        }
        let mean = writer.constant(spread(arguments.floats("givenMean"), layer.mean))
        let variance = spread(arguments.floats("givenVariance"), layer.variance)
        let deviation = writer.constant(variance.squareRoot.maximum(1e-7))
        let x = export.input.channelsLast(writer)
        let y =
            layer.invert
            ? writer.node("Add", writer.node("Mul", x, deviation), mean)
            : writer.node("Div", writer.node("Sub", x, mean), deviation)
        return export.output(y, mask: export.input.mask)
    }

    private static func resizing(_ layer: Resizing, _ export: LayerExport) throws -> ExportedValue {
        guard let shape = export.input.fixedShape else {
            throw ExportProblem("its resampling depends on a free axis; give the input a fixed size")
        }
        let writer = export.writer
        let (h, w) = (shape[0], shape[1])
        let fitting = (height: w * layer.height / layer.width, width: h * layer.width / layer.height)
        if layer.cropToAspectRatio {
            return try cropped(
                export, max(1, min(h, fitting.height)), max(1, min(w, fitting.width)), resizing: layer)
        }
        guard layer.padToAspectRatio else {
            return try resampled(
                layer.interpolation, antialias: layer.antialias, export, export.input.channelsFirst(writer))
        }
        let (rows, columns) = ((max(h, fitting.height) - h) / 2, (max(w, fitting.width) - w) / 2)
        let x = writer.node(
            "Pad", export.input.channelsFirst(writer),
            writer.constant([0, 0, rows, columns, 0, 0, rows, columns]), writer.constant(layer.fillValue))
        return try resampled(
            layer.interpolation, antialias: layer.antialias, export, x,
            from: [h + 2 * rows, w + 2 * columns, shape[2]])
    }

    /// The middle of a picture, resampled where a layer is given.
    private static func cropped(
        _ export: LayerExport, _ height: Int, _ width: Int, resizing layer: Resizing?
    ) throws -> ExportedValue {
        let writer = export.writer
        let shape = export.input.shapes.0
        let (top, left) = ((shape[0] - height) / 2, (shape[1] - width) / 2)
        var x = export.input.channelsFirst(writer)
        x = writer.slice(x, axis: 2, top..<top + height)
        x = writer.slice(x, axis: 3, left..<left + width)
        guard let layer else { return export.channelsFirstOutput(x) }
        return try resampled(
            layer.interpolation, antialias: layer.antialias, export, x, from: [height, width, shape[2]])
    }

    /// Whole numbers as they are, as rows of 0 and 1, or counted.
    private static func encoded(
        _ numbers: String, _ mode: OutputMode, _ depth: Int, _ export: LayerExport
    ) throws -> ExportedValue {
        let writer = export.writer
        if mode == .int { return export.output(numbers, mask: export.input.mask) }
        let values = writer.constant(Tensor([0, 1]))
        let rows = writer.node("OneHot", writer.integers(numbers), writer.constant([depth]), values)
        switch mode {
        case .int: return export.output(numbers)
        case .oneHot:
            let isColumn = export.input.shapes.0.last == 1
            return export.output(isColumn ? writer.squeeze(rows, axes: [export.input.rank - 1]) : rows)
        case .multiHot: return export.output(writer.reduce("ReduceMax", rows, axes: [1]))
        case .count: return export.output(writer.sum(rows, axes: [1]))
        }
    }
}
