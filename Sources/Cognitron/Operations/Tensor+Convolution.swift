import CognitronKernels

// Convolutions of sequences, images and volumes, and their gradients. The kernels' `Convolution` and
// `VolumeConvolution` hold sizes and algorithm.
//
// Sequences x: (N, L, C), y: (N, OL, OC). Images x: (N, H, W, C), y: (N, OH, OW, OC). Volumes x: (N, D, H, W,
// C), y: (N, OD, OH, OW, OC). w: (…, C / groups, OC), or another shape with the same elements in this order;
// bias: (OC).

extension Tensor {
    /// y = x ∗ w + bias, clipped to the bounds in the same pass over memory, with self as x.
    func convolved(
        _ convolution: some ConvolutionProducts, _ w: Tensor, bias: Tensor?, bounds: OutputBounds = .none
    ) -> Tensor {
        var y = Tensor(uninitialized: Shape(convolution.outputSizes(rank: rank)))
        convolution.forward(
            pointer, w.pointer, nil, bias: bias?.pointer, bounds: bounds, into: y.mutablePointer)
        withExtendedLifetime((self, w, bias)) {}
        return y
    }

    /// The same with prepared filters from the cache, for weights that do not change.
    func convolved(
        _ convolution: some ConvolutionProducts, _ w: Tensor, bias: Tensor?, bounds: OutputBounds,
        cache: FilterCache
    ) -> Tensor {
        var y = Tensor(uninitialized: Shape(convolution.outputSizes(rank: rank)))
        convolution.forward(
            pointer, w.pointer, cache.prepared(w, for: convolution), bias: bias?.pointer,
            bounds: bounds, into: y.mutablePointer)
        withExtendedLifetime((self, w, bias)) {}
        return y
    }

    /// The maximum of each 2×2 pixels of `convolved`, for images, in the same pass over memory.
    ///
    /// - Parameter convolution: one that can pool.
    func convolvedAndMaxPooled(
        _ convolution: Convolution, _ w: Tensor, bias: Tensor?, bounds: OutputBounds, cache: FilterCache
    ) -> Tensor {
        let g = convolution.geometry
        var y = Tensor(uninitialized: [g.batch, g.outputHeight / 2, g.outputWidth / 2, g.filters])
        convolution.forwardPooled(
            pointer, w.pointer, cache.prepared(w, for: convolution), bias: bias?.pointer,
            bounds: bounds, into: y.mutablePointer)
        withExtendedLifetime((self, w, bias)) {}
        return y
    }

    /// dx, with self as dy.
    ///
    /// - Parameter shape: of x.
    func convolutionInputGradient(
        _ convolution: some ConvolutionProducts, _ w: Tensor, _ shape: Shape
    ) -> Tensor {
        var dx = Tensor(uninitialized: shape)
        convolution.dataGradient(pointer, w.pointer, into: dx.mutablePointer)
        withExtendedLifetime((self, w)) {}
        return dx
    }

    /// dw ← beta · dw + the gradient with respect to w, with self as x.
    ///
    /// - Parameter dw: may start undefined if `beta` is 0.
    func addConvolutionKernelGradient(
        _ convolution: some ConvolutionProducts, _ dy: Tensor, into dw: inout Tensor, beta: Float
    ) {
        convolution.weightGradient(pointer, dy.pointer, into: dw.mutablePointer, beta: beta)
        withExtendedLifetime((self, dy)) {}
    }

    /// `addConvolutionKernelGradient` and dx together, sharing their common steps; self is x.
    func convolutionGradients(
        _ convolution: some ConvolutionProducts, _ dy: Tensor, _ w: Tensor, into dw: inout Tensor, beta: Float
    ) -> Tensor {
        var dx = Tensor(uninitialized: shape)
        convolution.gradients(
            pointer, dy.pointer, w.pointer, intoData: dx.mutablePointer, weights: dw.mutablePointer,
            beta: beta)
        withExtendedLifetime((self, dy, w)) {}
        return dx
    }
}

extension Tensor {
    /// y ← y + bias along the last axis, clipped to the bounds, with self as y.
    mutating func add(bias: Tensor?, bounds: OutputBounds) {
        guard bias != nil || bounds != .none else { return }
        let columns = shape[rank - 1]
        Bias.add(
            bias?.pointer, to: mutablePointer, rows: count / Swift.max(1, columns), columns: columns,
            bounds: bounds)
        withExtendedLifetime((self, bias)) {}
    }
}
