import CognitronKernels

/// What the layers that convolve have in common: their sizes, as a geometry, and the passes over it.
protocol ConvolutionLayer: ActivatedLayer {
    /// Its numbers lie as those of (KH, KW, channels / groups, filters) do.
    var kernel: Parameter { get }
    /// The channels of the inputs that the kernel was made for.
    var channels: Int { get }
    var bias: Parameter { get }
    var useBias: Bool { get }
    var algorithm: Conv2D.Algorithm { get }
    /// One over sequences or images.
    var window: Window { get }

    /// - Parameter input: (N, H, W, C), or (N, L, C) of sequences
    func geometry(_ input: Shape) -> ConvolutionGeometry
}

extension ConvolutionLayer {
    /// The convolution and what it ends in: a ReLU runs in the same pass over memory, other functions in one
    /// of their own.
    func convolveWithActivation(
        _ input: consuming Tensor, _ pass: Pass
    ) -> (output: Tensor, pullback: Pullback) {
        guard activation == .relu else { return forwardWithActivation(input, pass) }
        let (output, pullback) = convolve(input, pass, isRectified: true)
        return (output, { pullback(ActivationFunction.reluGradient($0, output: output)) })
    }

    /// The layer's output, or that before its activation function, for prediction with weights that stay as
    /// they are.
    ///
    /// - Parameter kept: where what the algorithm makes of the weights is kept.
    func predict(_ input: consuming Tensor, isLinear: Bool, keeping kept: KeptFilters) -> Tensor {
        let isRectified = activation == .relu && !isLinear
        let output = convolve(input, .prediction, isRectified: isRectified, keeping: kept).output
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

    /// The convolution and, in the same pass over memory, a ReLU; the pullback is that of the convolution
    /// alone.
    func convolve(
        _ input: consuming Tensor, _ pass: Pass, isRectified: Bool = false, keeping kept: KeptFilters? = nil
    ) -> (output: Tensor, pullback: Pullback) {
        let x = input
        let (w, b) = (kernel.value, useBias ? bias.value : nil)
        let convolution = convolution(for: x.shape)
        let geometry = convolution.geometry
        var output = Tensor(uninitialized: window.outputShape(x.shape, channels: geometry.filters))
        convolution.forward(
            x.pointer, w.pointer, kept?.prepared(w, for: convolution), bias: b?.pointer,
            isRectified: isRectified, into: output.mutablePointer)
        withExtendedLifetime((w, b)) {}
        return (
            output,
            { [self] outputGradient in
                let dy = outputGradient
                defer { withExtendedLifetime((x, dy)) {} }
                if useBias {
                    bias.accumulate {
                        Reduction.sumRows(
                            dy.pointer, rows: geometry.positions, columns: geometry.filters, into: $0,
                            beta: $1)
                    }
                }
                guard pass.needsInputGradient else {
                    kernel.accumulate {
                        convolution.weightGradient(x.pointer, dy.pointer, into: $0, beta: $1)
                    }
                    return dy
                }
                var inputGradient = Tensor(uninitialized: x.shape)
                let dx = inputGradient.mutablePointer
                if kernel.isTrainable {
                    kernel.accumulate {
                        convolution.gradients(
                            x.pointer, dy.pointer, w.pointer, intoData: dx, weights: $0, beta: $1)
                    }
                } else {
                    convolution.dataGradient(dy.pointer, w.pointer, into: dx)
                }
                withExtendedLifetime(w) {}
                return inputGradient
            }
        )
    }
}
