import CognitronKernels

/// A layer that convolves sequences or images.
protocol ConvolutionLayer: ActivatedLayer {
    /// Has the memory layout of (KH, KW, channels / groups, filters).
    var kernel: Parameter { get }
    /// The channels of the inputs that the kernel was built for.
    var channels: Int { get }
    var bias: Parameter { get }
    var useBias: Bool { get }
    var algorithm: Conv2D.Algorithm { get }
    /// Of rank 1 or 2.
    var window: Window { get }

    /// - Parameter input: (N, H, W, C), or (N, L, C) of sequences
    func geometry(_ input: Shape) -> ConvolutionGeometry
}

extension ConvolutionLayer {
    /// Fuses a ReLU into the convolution; other activation functions take a pass of their own.
    func convolveWithActivation(
        _ input: consuming Tensor, _ pass: Pass
    ) -> (output: Tensor, pullback: Pullback) {
        guard activation == .relu else { return forwardWithActivation(input, pass) }
        let (output, pullback) = convolve(input, pass, isRectified: true)
        return (
            output,
            pass.charging(activityRegularizer, for: output) {
                pullback(ActivationFunction.reluGradient($0, output: output))
            }
        )
    }

    /// The layer's output for prediction with weights that do not change.
    ///
    /// - Parameters:
    ///   - isLinear: whether to leave out the activation function.
    ///   - cache: keeps the prepared filters between calls.
    func predict(_ input: consuming Tensor, isLinear: Bool, cache: FilterCache) -> Tensor {
        let isRectified = activation == .relu && !isLinear
        let output = input.convolved(
            convolution(for: input.shape), kernel.value, bias: useBias ? bias.value : nil,
            isRectified: isRectified, cache: cache)
        return isLinear || isRectified || activation == .linear
            ? output : activation.forward(output).output
    }

    /// The convolution of inputs of a shape that must fit the kernel's.
    func convolution(for input: Shape) -> Convolution {
        require(
            input.count == window.rank + 2 && input.last == channels,
            "\(typeName): an input of shape \(input) for a kernel of shape \(kernel.shape); expected "
                + "(N, \(window.rank == 1 ? "L" : "H, W"), \(channels))")
        return algorithm.convolution(geometry(input))
    }

    /// The convolution, and a ReLU fused into it if `isRectified`; the pullback is that of the convolution
    /// alone.
    func convolve(
        _ input: consuming Tensor, _ pass: Pass, isRectified: Bool = false
    ) -> (output: Tensor, pullback: Pullback) {
        let (x, w) = (input, kernel.value)
        let convolution = convolution(for: x.shape)
        let output = x.convolved(
            convolution, w, bias: useBias ? bias.value : nil, isRectified: isRectified)
        return (
            output,
            { [self] outputGradient in
                let dy = outputGradient
                if useBias { bias.accumulate { dy.addSumOfRows(into: &$0, beta: $1) } }
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
