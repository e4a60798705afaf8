import CognitronKernels

/// What `Conv1DTranspose`, `Conv2DTranspose` and `Conv3DTranspose` share.
public protocol TransposedConvolutionLayer: BaseConvolution {}

extension TransposedConvolutionLayer {
    public var outputPadding: WindowSize? { arguments.outputPadding }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        let channels = try context.requireChannels(input, rank: Self.rank)
        try checkArguments(context)
        try window.checkTransposed(input, outputPadding: outputPadding, context)
        try declareParameters(kernel: kernelSize.axes + [filters, channels], context)
        return outputShape(input.batched(1)).sample
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        forwardFusingReLU(input, pass) { forwardLinear($0, pass, $1) }
    }

    public func forwardLinear(
        _ input: consuming Tensor, _ pass: Pass
    ) -> (output: Tensor, pullback: Pullback) {
        forwardLinear(input, pass, .none)
    }

    /// The gradient of the convolution that goes back, and its two other products for the gradients.
    private func forwardLinear(
        _ input: consuming Tensor, _ pass: Pass, _ bounds: OutputBounds
    ) -> (output: Tensor, pullback: Pullback) {
        let (x, w) = (input, kernel.value)
        let back = convolutionBack(x.shape)
        var output = x.convolutionInputGradient(back, w, outputShape(x.shape))
        output.add(bias: useBias ? bias.value : nil, bounds: bounds)
        return (
            output,
            { [self] outputGradient in
                let dy = outputGradient
                if useBias { bias.accumulate { dy.addSumOfRows(into: &$0, beta: $1) } }
                kernel.accumulate { dy.addConvolutionKernelGradient(back, x, into: &$0, beta: $1) }
                return pass.needsInputGradient ? dy.convolved(back, w, bias: nil) : dy
            }
        )
    }

    public func receptiveField(
        _ field: ReceptiveField, inputs: [Shape], outputs: [Shape]
    ) -> ReceptiveField? {
        field.throughTransposed(kernelSize: kernelSize, strides: strides)
    }

    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int {
        inputs[0].elementCount * kernelSize.axes.reduce(filters, *)
    }

    /// The convolution that takes the output to the input.
    private func convolutionBack(_ input: Shape) -> any ConvolutionProducts {
        require(
            input.count == Self.rank + 2 && input.last == kernel.shape.last,
            "\(typeName): an input of shape \(input) for a kernel of shape \(kernel.shape)")
        guard Self.rank == 3 else {
            return Convolution(
                window.transposedConvolution(input, filters: filters, outputPadding: outputPadding))
        }
        return VolumeConvolution(
            window.transposedVolumeConvolution(input, filters: filters, outputPadding: outputPadding))
    }

    /// - Parameter input: of a batch.
    private func outputShape(_ input: Shape) -> Shape {
        let sizes = window.transposedSizes(
            Array(input.dropFirst().dropLast()), outputPadding: outputPadding)
        return Shape([input[0]] + sizes + [filters])
    }
}
