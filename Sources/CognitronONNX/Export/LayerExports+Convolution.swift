import Cognitron
import CognitronKernels

// Convolutions: channels first, filters (outputs, inputs / groups, …).

extension LayerExports {
    static let convolutions: [Rule] = [
        rule(Conv1D.self) { try convolution($0, $1) },
        rule(Conv2D.self) { try convolution($0, $1) },
        rule(Conv3D.self) { try convolution($0, $1) },
        rule(Conv1DTranspose.self) { try transposed($0, $1) },
        rule(Conv2DTranspose.self) { try transposed($0, $1) },
        rule(Conv3DTranspose.self) { try transposed($0, $1) },
        rule(DepthwiseConv1D.self) { try depthwise($0, $1) },
        rule(DepthwiseConv2D.self) { try depthwise($0, $1) },
        rule(SeparableConv1D.self) { try separable($0, $1) },
        rule(SeparableConv2D.self) { try separable($0, $1) },
        rule(ConvolutionMap2D.self, connectedMaps),
    ]

    private static func convolution(_ layer: some ConvolutionLayer, _ export: LayerExport) throws
        -> ExportedValue
    {
        let rank = layer.kernelSize.rank
        let kernel = export.weight(layer.kernel) { $0.permuted([rank + 1, rank] + Array(0..<rank)) }
        let windows = ExportedWindows(
            size: layer.kernelSize.axes, strides: layer.strides.axes, dilations: layer.dilationRate.axes,
            padding: layer.padding)
        let output = export.writer.nodes(
            "Conv",
            [export.input.channelsFirst(export.writer), kernel]
                + (layer.useBias ? [export.weight(layer.bias)] : []),
            try windows.attributes(export.input).merging(["group": .int(layer.groups)]) { a, _ in a },
            outputs: 1)[0]
        return try export.activated(export.channelsFirstOutput(output), layer.activation)
    }

    private static func depthwise(_ layer: some DepthwiseLayer, _ export: LayerExport) throws -> ExportedValue
    {
        let windows = ExportedWindows(
            size: layer.kernelSize.axes, strides: layer.strides.axes, dilations: layer.dilationRate.axes,
            padding: layer.padding)
        let output = try depthwise(
            layer.kernel, layer.useBias ? layer.bias : nil, windows, export)
        return try export.activated(export.channelsFirstOutput(output), layer.activation)
    }

    /// - Parameter kernel: (…, C, multiplier), which becomes (C · multiplier, 1, …).
    private static func depthwise(
        _ kernel: Parameter, _ bias: Parameter?, _ windows: ExportedWindows, _ export: LayerExport
    ) throws -> String {
        let rank = windows.size.count
        let channels = kernel.shape[rank]
        let weights = export.weight(kernel) {
            $0.permuted([rank, rank + 1] + Array(0..<rank))
                .reshaped(Shape([channels * $0.shape[rank + 1], 1] + windows.size))
        }
        var attributes = try windows.attributes(export.input)
        attributes["group"] = .int(channels)
        return export.writer.nodes(
            "Conv",
            [export.input.channelsFirst(export.writer), weights] + (bias.map { [export.weight($0)] } ?? []),
            attributes, outputs: 1)[0]
    }

    private static func separable(_ layer: some SeparableLayer, _ export: LayerExport) throws -> ExportedValue
    {
        let arguments = layer.arguments
        let rank = arguments.kernelSize.rank
        let windows = ExportedWindows(
            size: arguments.kernelSize.axes, strides: arguments.strides.axes,
            dilations: arguments.dilationRate.axes, padding: arguments.padding)
        let spread = try depthwise(layer.depthwiseKernel, nil, windows, export)
        let pointwise = export.weight(layer.pointwiseKernel) {
            $0.permuted([rank + 1, rank] + Array(0..<rank))
        }
        let output = export.writer.nodes(
            "Conv", [spread, pointwise] + (layer.useBias ? [export.weight(layer.bias)] : []), outputs: 1)[0]
        return try export.activated(export.channelsFirstOutput(output), layer.activation)
    }

    private static func transposed(
        _ layer: some TransposedConvolutionLayer, _ export: LayerExport
    ) throws -> ExportedValue {
        let rank = layer.kernelSize.rank
        let kernel = export.weight(layer.kernel) { $0.permuted([rank + 1, rank] + Array(0..<rank)) }
        var (before, after, extra): ([Int], [Int], [Int]) = ([], [], [])
        for axis in 0..<rank {
            let margins = transposedMargins(layer, axis)
            before.append(margins.before)
            after.append(max(0, margins.after))
            extra.append(max(0, -margins.after))
        }
        let output = export.writer.nodes(
            "ConvTranspose",
            [export.input.channelsFirst(export.writer), kernel]
                + (layer.useBias ? [export.weight(layer.bias)] : []),
            [
                "kernel_shape": .ints(layer.kernelSize.axes), "strides": .ints(layer.strides.axes),
                "dilations": .ints(layer.dilationRate.axes), "pads": .ints(before + after),
                "output_padding": .ints(extra),
            ], outputs: 1)[0]
        return try export.activated(export.channelsFirstOutput(output), layer.activation)
    }

    /// What is cut off the output before and after an axis; after it, what is negative is added. It does not
    /// depend on the input's size.
    private static func transposedMargins(
        _ layer: some TransposedConvolutionLayer, _ axis: Int
    ) -> (before: Int, after: Int) {
        let stride = layer.strides.axes[axis]
        let span = layer.dilationRate.axes[axis] * (layer.kernelSize.axes[axis] - 1) + 1
        let given = layer.outputPadding?.axes[axis]
        switch layer.padding {
        case .valid, .causal:
            return (0, -(given ?? max(span, stride) - span))
        case .same:
            let cut = given.map { span - span % 2 - $0 } ?? span - stride
            return (max(0, cut) / 2, cut - max(0, cut) / 2)
        case .explicit, .margins:
            let margins =
                layer.padding.explicitMargins?.amounts(axis: axis, of: layer.kernelSize.rank) ?? (0, 0)
            return (margins.before, margins.after - (given ?? 0))
        }
    }

    /// A convolution whose maps read some of the channels alone: its kernel with zeros for the others.
    private static func connectedMaps(_ layer: ConvolutionMap2D, _ export: LayerExport) throws
        -> ExportedValue
    {
        let parameters = layer.parameters
        let (kernel, bias) = (parameters[0], parameters[1])
        let (height, width) = (layer.kernelSize.height, layer.kernelSize.width)
        let channels = export.input.channels
        var dense = Tensor.zeros([layer.connections.count, channels, height, width])
        let weights = kernel.value.reshaped([height, width, -1])
        var place = 0
        for (map, sources) in layer.connections.enumerated() {
            for source in sources {
                let filter = weights.slice(axis: 2, place)
                var filters = dense.slice(axis: 0, map)
                filters.assign(filter, axis: 0, source)
                dense.assign(filters, axis: 0, map)
                place += 1
            }
        }
        let output = export.writer.node(
            "Conv", export.input.channelsFirst(export.writer),
            export.weight(kernel) { _ in dense }, export.weight(bias))
        return try export.activated(export.channelsFirstOutput(output), layer.activation)
    }
}

/// The windows of a convolution or pooling as attributes of a node.
struct ExportedWindows {
    var size: [Int]
    var strides: [Int]
    var dilations: [Int]
    var padding: Padding

    func attributes(_ input: ExportedValue) throws -> [String: NodeAttribute] {
        var attributes: [String: NodeAttribute] = [
            "kernel_shape": .ints(size), "strides": .ints(strides),
        ]
        if dilations.contains(where: { $0 != 1 }) { attributes["dilations"] = .ints(dilations) }
        if let pads = try pads(input) {
            if pads.contains(where: { $0 != 0 }) { attributes["pads"] = .ints(pads) }
        } else {
            attributes["auto_pad"] = "SAME_UPPER"
        }
        return attributes
    }

    /// The zeros before each axis, then those after each; nil where they depend on a free axis.
    func pads(_ input: ExportedValue) throws -> [Int]? {
        let rank = size.count
        var margins: [(before: Int, after: Int)] = []
        for axis in 0..<rank {
            switch padding {
            case .valid: margins.append((0, 0))
            case .causal: margins.append((dilations[axis] * (size[axis] - 1), 0))
            case .same:
                guard let pixels = input.sizes[axis + 1] else { return nil }
                margins.append(
                    ConvolutionGeometry.samePadding(pixels, size[axis], strides[axis], dilations[axis]))
            case .explicit, .margins:
                margins.append(padding.explicitMargins?.amounts(axis: axis, of: rank) ?? (0, 0))
            }
        }
        return margins.map(\.before) + margins.map(\.after)
    }
}
