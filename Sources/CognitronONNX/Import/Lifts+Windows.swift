import Cognitron

// Convolutions and poolings, which take channels last.

extension Lifts {
    static let windows: [String: Lift] = [
        "Conv": { importer, node, inputs in
            guard let x = inputs[0]?.computed, let weights = inputs[1]?.constant?.tensor,
                (3...5).contains(x.rank),
                weights.rank == x.rank, weights.count > 0, x.batchAxis == 0
            else { return nil }
            let bias = inputs.count > 2 ? inputs[2]?.constant?.tensor : nil
            guard inputs.count < 3 || inputs[2] == nil || bias?.shape == [weights.shape[0]] else {
                return nil
            }
            let groups = node.int("group", 1)
            let channels = x.shapes.0[1]
            let windows = try NodeWindows(
                node, size: Array(weights.shape.dropFirst(2)), input: Array(x.shapes.0.dropFirst(2)))
            guard groups >= 1, weights.shape[0].isMultiple(of: groups), channels == weights.shape[1] * groups
            else {
                throw ImportProblem("weights \(weights.shape) for \(x.shapes.0) in \(groups) groups")
            }
            let name = importer.unique(node.name)
            let input = try x.arranged(ComputedValue.channelsLast(x.rank))
            if groups == channels, groups > 1, x.rank <= 4 {
                return try depthwise(importer, input, windows, weights, bias, name)
            }
            let layer = try ConvolutionLayers.convolution(
                windows, weights, groups: groups, useBias: bias != nil, name: name)
            importer.set(layer.kernel, ConvolutionLayers.kernel(weights))
            if let bias { importer.set(layer.bias, bias) }
            return try importer.apply(layer, input)
        },
        "ConvTranspose": { importer, node, inputs in
            guard let x = inputs[0]?.computed, let weights = inputs[1]?.constant?.tensor,
                (3...5).contains(x.rank),
                weights.rank == x.rank, weights.count > 0, x.batchAxis == 0, node.int("group", 1) == 1,
                x.shapes.0[1] == weights.shape[0]
            else { return nil }
            let bias = inputs.count > 2 ? inputs[2]?.constant?.tensor : nil
            guard inputs.count < 3 || inputs[2] == nil || bias?.shape == [weights.shape[1]] else {
                return nil
            }
            let plan = try TransposedPlan(node, weights.shape, Array(x.shapes.0.dropFirst(2)))
            // The layer cuts what explicit margins say, and adds less than a stride behind.
            guard plan.cut.allSatisfy({ $0.before >= 0 }),
                zip(plan.cut, plan.windows.strides).allSatisfy({ -$0.after < $1 })
            else { return nil }
            var windows = plan.windows
            windows.before = plan.cut.map(\.before)
            windows.after = plan.cut.map { Swift.max(0, $0.after) }
            let layer = try ConvolutionLayers.transposed(
                windows, filters: weights.shape[1], outputPadding: plan.cut.map { Swift.max(0, -$0.after) },
                useBias: bias != nil, name: importer.unique(node.name))
            importer.set(layer.kernel, ConvolutionLayers.kernel(weights))
            if let bias { importer.set(layer.bias, bias) }
            return try importer.apply(layer, try x.arranged(ComputedValue.channelsLast(x.rank)))
        },
        "MaxPool": pooling(isMaximum: true), "AveragePool": pooling(isMaximum: false),
        "GlobalAveragePool": { importer, node, inputs in
            try global(importer, node, inputs) { rank, name in
                switch rank {
                case 3: GlobalAveragePooling1D(keepdims: true, name: name)
                case 4: GlobalAveragePooling2D(keepdims: true, name: name)
                default: GlobalAveragePooling3D(keepdims: true, name: name)
                }
            }
        },
        "GlobalMaxPool": { importer, node, inputs in
            try global(importer, node, inputs) { rank, name in
                switch rank {
                case 3: GlobalMaxPooling1D(keepdims: true, name: name)
                case 4: GlobalMaxPooling2D(keepdims: true, name: name)
                default: GlobalMaxPooling3D(keepdims: true, name: name)
                }
            }
        },
    ]

    /// - Parameter weights: (C · multiplier, 1, …)
    private static func depthwise(
        _ importer: GraphImporter, _ x: ComputedValue, _ windows: NodeWindows, _ weights: Tensor,
        _ bias: Tensor?,
        _ name: String
    ) throws -> [ImportedValue] {
        let channels = x.shapes.0[1]
        let multiplier = weights.shape[0] / channels
        let rank = windows.size.count
        let kernel = weights.reshaped(Shape([channels, multiplier] + windows.size))
            .permuted(Array(2..<rank + 2) + [0, 1])
        let (size, strides, dilation) = (
            WindowSize(axes: windows.size), WindowSize(axes: windows.strides),
            WindowSize(axes: windows.dilations)
        )
        let layer: any DepthwiseLayer =
            rank == 1
            ? DepthwiseConv1D(
                kernelSize: size, strides: strides, padding: windows.padding, depthMultiplier: multiplier,
                dilationRate: dilation, useBias: bias != nil, name: name)
            : DepthwiseConv2D(
                kernelSize: size, strides: strides, padding: windows.padding, depthMultiplier: multiplier,
                dilationRate: dilation, useBias: bias != nil, name: name)
        importer.set(layer.kernel, kernel)
        if let bias { importer.set(layer.bias, bias) }
        return try importer.apply(layer, x)
    }

    private static func pooling(isMaximum: Bool) -> Lift {
        { importer, node, inputs in
            guard let x = inputs[0]?.computed, (3...5).contains(x.rank), x.batchAxis == 0,
                node.outputs.count < 2
            else { return nil }
            let input = Array(x.shapes.0.dropFirst(2))
            var windows = try NodeWindows(node, size: node.ints("kernel_shape") ?? [], input: input)
            let isPadded = (windows.before + windows.after).contains { $0 > 0 }
            guard windows.size.count == input.count, windows.dilations.allSatisfy({ $0 == 1 }),
                isMaximum || !isPadded || node.int("count_include_pad") == 0
            else { return nil }
            if node.int("ceil_mode") != 0 {
                // What the last window lacks is padding behind, which counts for nothing.
                for axis in windows.size.indices {
                    let rest = (input[axis] + windows.before[axis] + windows.after[axis] - windows.size[axis])
                    guard rest >= 0 else { return nil }
                    let missing =
                        (windows.strides[axis] - rest % windows.strides[axis]) % windows.strides[axis]
                    if missing > 0,
                        (rest / windows.strides[axis] + 1) * windows.strides[axis] < input[axis]
                            + windows.before[axis]
                    {
                        windows.after[axis] += missing
                    }
                }
            }
            // The layers pad by half a window at most.
            let margins = zip(windows.before, windows.after).map { Swift.max($0, $1) }
            guard zip(windows.size, margins).allSatisfy({ 2 * $1 <= $0 }) else { return nil }
            let (size, strides) = (WindowSize(axes: windows.size), WindowSize(axes: windows.strides))
            let (padding, name) = (windows.padding, importer.unique(node.name))
            let layer: any AnyLayer =
                switch (x.rank, isMaximum) {
                case (3, true): MaxPooling1D(poolSize: size, strides: strides, padding: padding, name: name)
                case (4, true): MaxPooling2D(poolSize: size, strides: strides, padding: padding, name: name)
                case (_, true): MaxPooling3D(poolSize: size, strides: strides, padding: padding, name: name)
                case (3, false):
                    AveragePooling1D(poolSize: size, strides: strides, padding: padding, name: name)
                case (4, false):
                    AveragePooling2D(poolSize: size, strides: strides, padding: padding, name: name)
                default: AveragePooling3D(poolSize: size, strides: strides, padding: padding, name: name)
                }
            return try importer.apply(layer, try x.arranged(ComputedValue.channelsLast(x.rank)))
        }
    }

    private static func global(
        _ importer: GraphImporter, _ node: ONNXNode, _ inputs: [ImportedValue?],
        _ make: (Int, String) -> any AnyLayer
    ) throws -> [ImportedValue]? {
        guard let x = inputs[0]?.computed, (3...5).contains(x.rank), x.batchAxis == 0 else { return nil }
        return try importer.apply(
            make(x.rank, importer.unique(node.name)), try x.arranged(ComputedValue.channelsLast(x.rank)))
    }
}
