import CognitronKernels

/// What `Conv1D`, `Conv2D` and `Conv3D` share.
public protocol ConvolutionLayer: BaseConvolution {}

extension ConvolutionLayer {
    public var groups: Int { arguments.groups }
    public var algorithm: Conv2D.Algorithm { arguments.algorithm }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        let channels = try context.requireChannels(input, rank: Self.rank)
        try checkArguments(context)
        try window.check(input, context)
        try context.require("groups", groups)
        try context.requireShares(of: groups, channels: channels, filters: filters)
        try declareParameters(kernel: kernelSize.axes + [channels / groups, filters], context)
        if Self.rank < 3 { try context.requireSupport(of: algorithm, geometry(input.batched(1))) }
        return window.outputShape(input.batched(1), channels: filters).sample
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        forwardFusingReLU(input, pass) { linear($0.shape).forward($0, pass, bounds: $1) }
    }

    public func forwardLinear(
        _ input: consuming Tensor, _ pass: Pass
    ) -> (output: Tensor, pullback: Pullback) {
        linear(input.shape).forward(input, pass)
    }

    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int {
        outputs[0].elementCount * kernelSize.axes.reduce(inputs[0][Self.rank] / groups, *)
    }

    public func receptiveField(
        _ field: ReceptiveField, inputs: [Shape], outputs: [Shape]
    ) -> ReceptiveField? {
        field.through(kernelSize: kernelSize, strides: strides, dilationRate: dilationRate)
    }

    private func linear(_ input: Shape) -> LinearConvolution {
        LinearConvolution(convolution: products(input), kernel: kernel, bias: useBias ? bias : nil)
    }

    private func products(_ input: Shape) -> any ConvolutionProducts {
        guard Self.rank == 3 else { return convolution(for: input) }
        return VolumeConvolution(
            window.volumeConvolution(checked(input), filters: filters, groups: groups),
            allowsWinograd: algorithm != .withoutWinograd)
    }

    /// The convolution of sequences or images of a shape that must fit the kernel's.
    func convolution(for input: Shape) -> Convolution { algorithm.convolution(geometry(checked(input))) }

    private func checked(_ input: Shape) -> Shape {
        let channels = kernel.shape[Self.rank] * groups
        require(
            input.count == Self.rank + 2 && input.last == channels,
            "\(typeName): an input of shape \(input) for a kernel of shape \(kernel.shape); expected "
                + "(N, \(["L", "H, W", "D, H, W"][Self.rank - 1]), \(channels))")
        return input
    }

    /// - Parameter input: (N, H, W, C), or (N, L, C) of sequences
    package func geometry(_ input: Shape) -> ConvolutionGeometry {
        window.convolution(input, filters: filters, groups: groups)
    }

    /// The layer's output for prediction with weights that do not change.
    ///
    /// - Parameters:
    ///   - isLinear: whether to leave out the activation function.
    ///   - cache: keeps the prepared filters between calls.
    func predict(_ input: consuming Tensor, isLinear: Bool, cache: FilterCache) -> Tensor {
        let bounds = isLinear ? nil : activation.plainRectifier?.bounds
        let output = input.convolved(
            products(input.shape), kernel.value, bias: useBias ? bias.value : nil,
            bounds: bounds ?? .none, cache: cache)
        return isLinear || bounds != nil || activation == .linear
            ? output : activation.forward(output).output
    }
}

extension BuildContext {
    /// Throws unless channels and filters can be split into that many equal parts.
    func requireShares(of groups: Int, channels: Int, filters: Int) throws {
        guard channels % groups == 0 else {
            throw error(
                .shape, "its input's channels cannot be shared among \(groups) groups",
                expected: "a multiple of \(groups)", got: "\(channels)",
                advice: "change groups, or the filters of the layer before")
        }
        guard filters % groups == 0 else {
            throw error(
                .argument, "invalid filters for \(groups) groups", expected: "a multiple of \(groups)",
                got: "\(filters)")
        }
    }
}
