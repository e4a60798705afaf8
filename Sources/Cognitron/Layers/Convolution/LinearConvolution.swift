import CognitronKernels

/// A convolution with its weights: the linear part of a layer.
struct LinearConvolution {
    let convolution: any ConvolutionProducts
    let kernel: Parameter
    /// Nil without a bias.
    var bias: Parameter?

    /// y = x ∗ kernel + bias, clipped to the bounds; the pullback is that of the convolution alone.
    func forward(
        _ input: consuming Tensor, _ pass: Pass, bounds: OutputBounds = .none
    ) -> (output: Tensor, pullback: Pullback) {
        let (x, w) = (input, kernel.value)
        let output = x.convolved(convolution, w, bias: bias?.value, bounds: bounds)
        return (
            output,
            { outputGradient in
                let dy = outputGradient
                bias?.accumulate { dy.addSumOfRows(into: &$0, beta: $1) }
                guard pass.needsInputGradient else {
                    kernel.accumulate {
                        x.addConvolutionKernelGradient(convolution, dy, into: &$0, beta: $1)
                    }
                    return dy
                }
                return kernel.accumulate { x.convolutionGradients(convolution, dy, w, into: &$0, beta: $1) }
                    ?? dy.convolutionInputGradient(convolution, w, x.shape)
            }
        )
    }
}

extension ActivatedLayer {
    /// The linear part with a ReLU fused into it; other activation functions take a pass of their own.
    ///
    /// - Parameter clippedLinear: the linear part, its output clipped to bounds.
    func forwardFusingReLU(
        _ input: consuming Tensor, _ pass: Pass,
        _ clippedLinear: (
            _ input: consuming Tensor, _ bounds: OutputBounds
        ) -> (output: Tensor, pullback: Pullback)
    ) -> (output: Tensor, pullback: Pullback) {
        guard let rectifier = activation.plainRectifier else { return forwardWithActivation(input, pass) }
        let (output, pullback) = clippedLinear(input, rectifier.bounds)
        return (
            output,
            pass.charging(activityRegularizer, for: output) {
                pullback(rectifier.kernel.gradient($0, output))
            }
        )
    }
}
