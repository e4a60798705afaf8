import Cognitron

extension Operators {
    static let convolutions: [String: Operation] = [
        "Conv": { call in
            let (x, weights) = (try call.input(0), try call.input(1).tensor)
            try requirePictures(x.shape, weights.shape)
            let groups = call.node.int("group", 1)
            let windows = try NodeWindows(
                call.node, size: Array(weights.shape.dropFirst(2)), input: Array(x.shape.dropFirst(2)))
            guard groups >= 1, weights.shape[0].isMultiple(of: groups),
                x.shape[1] == weights.shape[1] * groups
            else {
                throw ImportProblem("weights \(weights.shape) for \(x.shape) in \(groups) groups")
            }
            let bias = try bias(call, weights.shape[0])
            let layer = try ConvolutionLayers.convolution(
                windows, weights, groups: groups, useBias: bias != nil)
            return [
                x.with(
                    try ConvolutionLayers.run(
                        layer, x.tensor, kernel: ConvolutionLayers.kernel(weights), bias: bias))
            ]
        },
        "ConvTranspose": { call in
            let (x, weights) = (try call.input(0), try call.input(1).tensor)
            try requirePictures(x.shape, weights.shape)
            let groups = call.node.int("group", 1)
            guard groups >= 1, x.shape[1] == weights.shape[0], weights.shape[0].isMultiple(of: groups) else {
                throw ImportProblem("weights \(weights.shape) for \(x.shape)")
            }
            let plan = try TransposedPlan(call.node, weights.shape, Array(x.shape.dropFirst(2)))
            let bias = try bias(call, weights.shape[1] * groups)
            let parts = weights.shape[0] / groups
            let outputs = try (0..<groups).map { group in
                try plan.run(
                    x.tensor.part(axis: 1, group * parts..<(group + 1) * parts),
                    weights.part(axis: 0, group * parts..<(group + 1) * parts))
            }
            var y = Tensor.concatenated(outputs, axis: 1)
            if let bias { y = y + bias.reshaped(Shape([bias.count] + plan.windows.size.map { _ in 1 })) }
            return [x.with(y)]
        },
    ]

    private static func requirePictures(_ x: Shape, _ weights: Shape) throws {
        guard x.rank == weights.rank, x.rank >= 3, x.elementCount > 0, weights.elementCount > 0 else {
            throw ImportProblem("a convolution of \(x) with weights \(weights)")
        }
    }

    private static func bias(_ call: OperatorCall, _ count: Int) throws -> Tensor? {
        guard let bias = call.optional(2)?.tensor else { return nil }
        guard bias.shape == [count] else { throw ImportProblem("a bias of shape \(bias.shape)") }
        return bias
    }
}

/// The layer of a transposed convolution, and the zeros and cuts around its output.
///
/// The layer takes no more output padding than its strides allow, so the whole output is computed and then
/// cut or continued.
struct TransposedPlan {
    let windows: NodeWindows
    /// What is cut off before and after each axis of the whole output; zeros are added where it is negative.
    let cut: [(before: Int, after: Int)]

    init(_ node: ONNXNode, _ weights: Shape, _ input: [Int]) throws {
        var windows = try NodeWindows(node, size: Array(weights.dropFirst(2)), input: input)
        let rank = windows.size.count
        let extra = node.ints("output_padding") ?? Array(repeating: 0, count: rank)
        let wanted = node.ints("output_shape").map { Array($0.suffix(rank)) }
        let mode = node.string("auto_pad", "NOTSET")
        guard extra.count == rank, extra.allSatisfy({ (0...1 << 20).contains($0) }),
            wanted?.count ?? rank == rank
        else {
            throw ImportProblem("output padding \(extra)")
        }
        cut = try (0..<rank).map { axis in
            let whole = (input[axis] - 1) * windows.strides[axis] + windows.span(axis)
            var (before, after) = (windows.before[axis], windows.after[axis] - extra[axis])
            if let size = wanted?[axis]
                ?? (mode.hasPrefix("SAME") ? input[axis] * windows.strides[axis] : nil)
            {
                guard (1...1 << 24).contains(size) else { throw ImportProblem("an output of size \(size)") }
                let total = whole + extra[axis] - size
                before =
                    mode == "SAME_UPPER"
                    ? Swift.max(0, total) / 2 : Swift.max(0, total) - Swift.max(0, total) / 2
                after = whole - size - before
            }
            guard whole - before - after >= 1, before < whole else {
                throw ImportProblem("an output without pixels")
            }
            return (before, after)
        }
        windows.before = Array(repeating: 0, count: rank)
        windows.after = windows.before
        self.windows = windows
    }

    func run(_ x: Tensor, _ weights: Tensor) throws -> Tensor {
        let layer = try ConvolutionLayers.transposed(
            windows, filters: weights.shape[1], outputPadding: windows.size.map { _ in 0 }, useBias: false)
        // (inputs, outputs, …) as (…, outputs, inputs).
        var y = try ConvolutionLayers.run(layer, x, kernel: ConvolutionLayers.kernel(weights), bias: nil)
        for (axis, cut) in cut.enumerated() {
            let size = y.shape[axis + 2]
            y = y.part(axis: axis + 2, cut.before..<size - Swift.max(0, cut.after))
            if cut.after < 0 {
                var amounts = y.shape.map { _ in (before: 0, after: 0) }
                amounts[axis + 2].after = -cut.after
                y = y.padded(amounts)
            }
        }
        return y
    }
}
