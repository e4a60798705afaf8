import CognitronKernels

/// A convolution with its weights: the linear part of a layer.
struct LinearConvolution {
    let convolution: any ConvolutionProducts
    let kernel: Parameter
    /// Nil without a bias.
    var bias: Parameter?

    /// y = x ∗ kernel + bias, and a ReLU fused into it if `isRectified`; the pullback is that of the
    /// convolution alone.
    func forward(
        _ input: consuming Tensor, _ pass: Pass, isRectified: Bool = false
    ) -> (output: Tensor, pullback: Pullback) {
        let (x, w) = (input, kernel.value)
        let output = x.convolved(convolution, w, bias: bias?.value, isRectified: isRectified)
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
    func forwardFusingReLU(
        _ input: consuming Tensor, _ pass: Pass,
        _ rectifiedLinear: (_ input: consuming Tensor) -> (output: Tensor, pullback: Pullback)
    ) -> (output: Tensor, pullback: Pullback) {
        guard activation == .relu else { return forwardWithActivation(input, pass) }
        let (output, pullback) = rectifiedLinear(input)
        return (
            output,
            pass.charging(activityRegularizer, for: output) {
                pullback(ActivationFunction.reluGradient($0, output: output))
            }
        )
    }
}
