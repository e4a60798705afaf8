import Cognitron

extension LayerExports {
    /// Regions are rows of a picture's number, left, top, right and bottom.
    static let regions: [Rule] = [
        rule(RoIAlign.self) { layer, export in
            let writer = export.writer
            let rows = export.inputs[1].channelsLast(writer)
            let pictures = writer.squeeze(writer.slice(rows, axis: 1, 0..<1), axes: [1])
            let y = writer.nodes(
                "RoiAlign",
                [
                    export.input.channelsFirst(writer), writer.slice(rows, axis: 1, 1..<5),
                    writer.integers(pictures),
                ],
                [
                    "output_height": .int(layer.size), "output_width": .int(layer.size),
                    "spatial_scale": .float(layer.spatialScale),
                    "sampling_ratio": .int(max(0, layer.samplingRatio)),
                    "coordinate_transformation_mode": .string(
                        layer.aligned ? "half_pixel" : "output_half_pixel"),
                ], outputs: 1)[0]
            return export.channelsFirstOutput(y)
        },
        rule(RoIPooling.self) { layer, export in
            let y = export.writer.node(
                "MaxRoiPool", export.input.channelsFirst(export.writer),
                export.inputs[1].channelsLast(export.writer),
                attributes: [
                    "pooled_shape": .ints([layer.size, layer.size]),
                    "spatial_scale": .float(layer.spatialScale),
                ])
            return export.channelsFirstOutput(y)
        },
    ]
}
