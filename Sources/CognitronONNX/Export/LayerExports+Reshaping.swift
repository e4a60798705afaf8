import Cognitron

extension LayerExports {
    static let reshaping: [Rule] = [
        rule(Flatten.self) { _, export in
            let writer = export.writer
            let x = export.input.channelsLast(writer)
            return export.input.rank == 2
                ? export.output(x) : export.output(writer.node("Flatten", x, attributes: ["axis": 1]))
        },
        rule(Reshape.self) { layer, export in
            let sizes = export.outputShapes[0]
            guard sizes.0 == sizes.1 else { throw ExportProblem("its output depends on a free axis") }
            return export.output(
                export.writer.reshape(export.input.channelsLast(export.writer), [-1] + Array(sizes.0)))
        },
        rule(Permute.self) { layer, export in
            export.output(
                export.writer.transpose(export.input.channelsLast(export.writer), [0] + layer.dims))
        },
        rule(RepeatVector.self) { layer, export in
            let column = export.writer.unsqueeze(export.input.channelsLast(export.writer), axes: [1])
            return export.output(export.writer.node("Tile", column, export.writer.constant([1, layer.n, 1])))
        },
        rule(UpSampling1D.self) { try repeated($0.size, $1) },
        rule(UpSampling2D.self) { layer, export in
            guard layer.interpolation != .nearest else { return try repeated(layer.size, export) }
            return try resampled(
                layer.interpolation, antialias: false, export, export.input.channelsFirst(export.writer))
        },
        rule(UpSampling3D.self) { try repeated($0.size, $1) },
        rule(ZeroPadding1D.self) { try padded($0.padding, $0.mode, rank: 1, $1) },
        rule(ZeroPadding2D.self) { try padded($0.padding, $0.mode, rank: 2, $1) },
        rule(ZeroPadding3D.self) { try padded($0.padding, $0.mode, rank: 3, $1) },
        rule(Cropping1D.self) { cropped($0.cropping, rank: 1, $1) },
        rule(Cropping2D.self) { cropped($0.cropping, rank: 2, $1) },
        rule(Cropping3D.self) { cropped($0.cropping, rank: 3, $1) },
        rule(CropToMatch2D.self, cropToMatch), rule(ResizeToMatch2D.self, resizeToMatch),
        rule(DepthToSpace.self) { layer, export in
            export.channelsFirstOutput(
                export.writer.node(
                    "DepthToSpace", export.input.channelsFirst(export.writer),
                    attributes: ["blocksize": .int(layer.blockSize), "mode": "DCR"]))
        },
        rule(SpaceToDepth.self) { layer, export in
            export.channelsFirstOutput(
                export.writer.node(
                    "SpaceToDepth", export.input.channelsFirst(export.writer),
                    attributes: ["blocksize": .int(layer.blockSize)]))
        },
    ]

    /// Each pixel a whole number of times.
    private static func repeated(_ size: WindowSize, _ export: LayerExport) throws -> ExportedValue {
        let scales = Tensor([1, 1] + size.axes.map(Float.init))
        let y = export.writer.nodes(
            "Resize", [export.input.channelsFirst(export.writer), "", export.writer.constant(scales)],
            [
                "mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor",
            ], outputs: 1)[0]
        return export.channelsFirstOutput(y)
    }

    /// Along rows and columns a product with the matrix that the resampling is: it is linear, and the same
    /// for every kind of interpolation.
    static func resampled(
        _ interpolation: Interpolation, antialias: Bool, _ export: LayerExport, _ x: String,
        from framed: Shape? = nil
    ) throws -> ExportedValue {
        guard let input = framed ?? export.input.fixedShape else {
            throw ExportProblem("its resampling depends on a free axis; give the input a fixed size")
        }
        let writer = export.writer
        let output = export.outputShapes[0].0
        var y = x
        if input[1] != output[1] {
            let columns = matrix(interpolation, antialias, input[1], output[1])
            y = writer.node("MatMul", y, writer.constant(columns.permuted([1, 0])))
        }
        if input[0] != output[0] {
            y = writer.node(
                "MatMul", writer.constant(matrix(interpolation, antialias, input[0], output[0])), y)
        }
        return export.channelsFirstOutput(y)
    }

    /// (outputs, inputs): what a resampling makes of the columns of an identity matrix.
    private static func matrix(
        _ interpolation: Interpolation, _ antialias: Bool, _ inputs: Int, _ outputs: Int
    ) -> Tensor {
        let layer = Resizing(outputs, 1, interpolation: interpolation, antialias: antialias)
        let unit = Tensor.identity(inputs).reshaped([1, inputs, 1, inputs])
        return layer.forward(unit, .inference).output.reshaped([outputs, inputs])
    }

    private static func padded(
        _ padding: Margins, _ mode: PaddingMode, rank: Int, _ export: LayerExport
    ) throws -> ExportedValue {
        let writer = export.writer
        let amounts = (0..<rank).map { padding.amounts(axis: $0, of: rank) ?? (0, 0) }
        let isFirst = export.input.isChannelsFirst
        let (head, tail) = isFirst ? ([0, 0], []) : ([0], [0])
        let pads = head + amounts.map(\.before) + tail + head + amounts.map(\.after) + tail
        let kind: (mode: String, value: Float) =
            switch mode {
            case .constant(let value): ("constant", value)
            case .reflect: ("reflect", 0)
            case .edge: ("edge", 0)
            }
        func pad(_ x: String) -> String {
            writer.node(
                "Pad", x, writer.constant(pads), writer.constant(kind.value),
                attributes: ["mode": .string(kind.mode)])
        }
        return isFirst
            ? export.channelsFirstOutput(pad(export.input.channelsFirst(writer)))
            : export.output(pad(export.input.channelsLast(writer)))
    }

    private static func cropped(_ cropping: Margins, rank: Int, _ export: LayerExport) -> ExportedValue {
        let amounts = (0..<rank).map { cropping.amounts(axis: $0, of: rank) ?? (0, 0) }
        return window(
            export, from: amounts.map(\.before),
            to: amounts.map { $0.after == 0 ? Int(Int32.max) : -$0.after })
    }

    /// A part of the pixels; ends below 0 count from the end.
    private static func window(_ export: LayerExport, from starts: [Int], to ends: [Int]) -> ExportedValue {
        let writer = export.writer
        let isFirst = export.input.isChannelsFirst
        let axes = starts.indices.map { $0 + (isFirst ? 2 : 1) }
        func slice(_ x: String) -> String {
            writer.node(
                "Slice", x, writer.constant(starts), writer.constant(ends), writer.constant(axes))
        }
        return isFirst
            ? export.channelsFirstOutput(slice(export.input.channelsFirst(writer)))
            : export.output(slice(export.input.channelsLast(writer)))
    }

    private static func cropToMatch(_ layer: CropToMatch2D, _ export: LayerExport) throws -> ExportedValue {
        guard let image = export.inputs[0].fixedShape, let wanted = export.inputs[1].fixedShape else {
            throw ExportProblem("its window depends on a free axis; give the input a fixed size")
        }
        let starts = (0..<2).map { layer.offset ?? (image[$0] - wanted[$0]) / 2 }
        return window(export, from: starts, to: (0..<2).map { starts[$0] + wanted[$0] })
    }

    /// Each pixel repeated until the size of the second input is reached.
    private static func resizeToMatch(_ layer: ResizeToMatch2D, _ export: LayerExport) throws -> ExportedValue
    {
        guard let image = export.inputs[0].fixedShape, let wanted = export.inputs[1].fixedShape else {
            throw ExportProblem("its size depends on a free axis; give the input a fixed size")
        }
        let writer = export.writer
        var y = export.input.channelsFirst(writer)
        for axis in 0..<2 where image[axis] != wanted[axis] {
            let sources = (0..<wanted[axis]).map { $0 * image[axis] / wanted[axis] }
            y = writer.node("Gather", y, writer.constant(sources), attributes: ["axis": .int(axis + 2)])
        }
        return export.channelsFirstOutput(y)
    }
}
