import Cognitron

/// The windows of a node: sizes, strides, dilations and the zeros around the input, one an axis.
struct NodeWindows {
    var size: [Int]
    var strides: [Int]
    var dilations: [Int]
    var before: [Int]
    var after: [Int]

    /// - Parameters:
    ///   - size: of the windows.
    ///   - input: the sizes of the axes that the windows slide over.
    init(_ node: ONNXNode, size: [Int], input: [Int]) throws {
        let rank = size.count
        self.size = size
        strides = node.ints("strides") ?? size.map { _ in 1 }
        dilations = node.ints("dilations") ?? size.map { _ in 1 }
        let pads = node.ints("pads") ?? Array(repeating: 0, count: 2 * rank)
        (before, after) = (Array(pads.prefix(rank)), Array(pads.dropFirst(rank)))
        let limit = 1 << 20
        guard rank >= 1, strides.count == rank, dilations.count == rank, pads.count == 2 * rank,
            input.count == rank,
            (size + strides + dilations).allSatisfy({ (1...limit).contains($0) }),
            pads.allSatisfy({ (0...limit).contains($0) })
        else {
            throw ImportProblem("windows \(size), strides \(strides), dilations \(dilations), pads \(pads)")
        }
        let mode = node.string("auto_pad", "NOTSET")
        guard mode.hasPrefix("SAME") else { return }
        for axis in 0..<rank {
            let outputs = (input[axis] + strides[axis] - 1) / strides[axis]
            let total = Swift.max(0, (outputs - 1) * strides[axis] + span(axis) - input[axis])
            before[axis] = mode == "SAME_LOWER" ? total - total / 2 : total / 2
            after[axis] = total - before[axis]
        }
    }

    func span(_ axis: Int) -> Int { dilations[axis] * (size[axis] - 1) + 1 }

    var padding: Padding { .explicit(zip(before, after).map { [$0, $1] }) }
}

/// Convolutions of nodes as layers of this package, which take and give channels last.
enum ConvolutionLayers {
    /// - Parameters:
    ///   - weights: (outputs, inputs / groups, …)
    static func convolution(
        _ windows: NodeWindows, _ weights: Tensor, groups: Int, useBias: Bool, name: String? = nil
    ) throws -> any ConvolutionLayer {
        let (size, strides) = (WindowSize(axes: windows.size), WindowSize(axes: windows.strides))
        let dilation = WindowSize(axes: windows.dilations)
        let filters = weights.shape[0]
        switch windows.size.count {
        case 1:
            return Conv1D(
                filters, kernelSize: size, strides: strides, padding: windows.padding, dilationRate: dilation,
                groups: groups, useBias: useBias, name: name)
        case 2:
            return Conv2D(
                filters, kernelSize: size, strides: strides, padding: windows.padding, dilationRate: dilation,
                groups: groups, useBias: useBias, name: name)
        case 3:
            return Conv3D(
                filters, kernelSize: size, strides: strides, padding: windows.padding, dilationRate: dilation,
                groups: groups, useBias: useBias, name: name)
        default: throw ImportProblem("a convolution over \(windows.size.count) axes")
        }
    }

    /// - Parameter outputPadding: added after each axis.
    static func transposed(
        _ windows: NodeWindows, filters: Int, outputPadding: [Int], useBias: Bool, name: String? = nil
    ) throws -> any TransposedConvolutionLayer {
        let (size, strides) = (WindowSize(axes: windows.size), WindowSize(axes: windows.strides))
        let (dilation, extra) = (WindowSize(axes: windows.dilations), WindowSize(axes: outputPadding))
        switch windows.size.count {
        case 1:
            return Conv1DTranspose(
                filters, kernelSize: size, strides: strides, padding: windows.padding, outputPadding: extra,
                dilationRate: dilation, useBias: useBias, name: name)
        case 2:
            return Conv2DTranspose(
                filters, kernelSize: size, strides: strides, padding: windows.padding, outputPadding: extra,
                dilationRate: dilation, useBias: useBias, name: name)
        case 3:
            return Conv3DTranspose(
                filters, kernelSize: size, strides: strides, padding: windows.padding, outputPadding: extra,
                dilationRate: dilation, useBias: useBias, name: name)
        default: throw ImportProblem("a convolution over \(windows.size.count) axes")
        }
    }

    /// (outputs, inputs, …) as a kernel (…, inputs, outputs), and the other way round for transposed ones.
    static func kernel(_ weights: Tensor) -> Tensor { weights.permuted(Array(2..<weights.rank) + [1, 0]) }

    /// Runs a layer once, with the given weights, on a tensor with channels first.
    static func run(_ layer: some BaseConvolution, _ x: Tensor, kernel: Tensor, bias: Tensor?) throws
        -> Tensor
    {
        let input = x.permuted([0] + Array(2..<x.rank) + [1])
        var context = BuildContext(path: "convolution")
        let output = try layer.build(input.shape.sample, &context)
        _ = try OperatorCall.shape([input.shape[0]] + Array(output))
        guard layer.kernel.shape == kernel.shape else {
            throw ImportProblem("weights of shape \(kernel.shape)")
        }
        layer.kernel.value = kernel
        if let bias { layer.bias.value = bias }
        let y = layer.forward(input, .inference).output
        return y.permuted([0, y.rank - 1] + Array(1..<y.rank - 1))
    }
}
