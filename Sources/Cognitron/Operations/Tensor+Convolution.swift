import CognitronKernels

// Convolutions of sequences and images, and their gradients. The kernels' `Convolution` holds sizes and
// algorithm.
//
// Sequences x: (N, L, C), y: (N, OL, OC). Images x: (N, H, W, C), y: (N, OH, OW, OC). w: (KH, KW, C / groups,
// OC), or another shape with the same elements in this order; bias: (OC).

extension Tensor {
    /// y = x ∗ w + bias, or max(0, x ∗ w + bias) in the same pass over memory, with self as x.
    ///
    /// - Parameter cache: reads the prepared filters from there; only for weights that do not change.
    func convolved(
        _ convolution: Convolution, _ w: Tensor, bias: Tensor?, isRectified: Bool = false,
        cache: FilterCache? = nil
    ) -> Tensor {
        var y = Tensor(uninitialized: convolution.geometry.outputShape(rank: rank))
        convolution.forward(
            pointer, w.pointer, cache?.prepared(w, for: convolution), bias: bias?.pointer,
            isRectified: isRectified, into: y.mutablePointer)
        withExtendedLifetime((self, w, bias)) {}
        return y
    }

    /// The maximum of each 2×2 pixels of `convolved`, for images, in the same pass over memory.
    ///
    /// - Parameter convolution: one that can pool.
    func convolvedAndMaxPooled(
        _ convolution: Convolution, _ w: Tensor, bias: Tensor?, isRectified: Bool, cache: FilterCache
    ) -> Tensor {
        let g = convolution.geometry
        var y = Tensor(uninitialized: [g.batch, g.outputHeight / 2, g.outputWidth / 2, g.filters])
        convolution.forwardPooled(
            pointer, w.pointer, cache.prepared(w, for: convolution), bias: bias?.pointer,
            isRectified: isRectified, into: y.mutablePointer)
        withExtendedLifetime((self, w, bias)) {}
        return y
    }

    /// dx, with self as dy.
    ///
    /// - Parameter shape: of x.
    func convolutionInputGradient(_ convolution: Convolution, _ w: Tensor, _ shape: Shape) -> Tensor {
        var dx = Tensor(uninitialized: shape)
        convolution.dataGradient(pointer, w.pointer, into: dx.mutablePointer)
        withExtendedLifetime((self, w)) {}
        return dx
    }

    /// dw ← beta · dw + the gradient with respect to w, with self as x.
    ///
    /// - Parameter dw: may start undefined if `beta` is 0.
    func addConvolutionKernelGradient(
        _ convolution: Convolution, _ dy: Tensor, into dw: inout Tensor, beta: Float
    ) {
        convolution.weightGradient(pointer, dy.pointer, into: dw.mutablePointer, beta: beta)
        withExtendedLifetime((self, dy)) {}
    }

    /// `addConvolutionKernelGradient` and dx together, sharing their common steps; self is x.
    func convolutionGradients(
        _ convolution: Convolution, _ dy: Tensor, _ w: Tensor, into dw: inout Tensor, beta: Float
    ) -> Tensor {
        var dx = Tensor(uninitialized: shape)
        convolution.gradients(
            pointer, dy.pointer, w.pointer, intoData: dx.mutablePointer, weights: dw.mutablePointer,
            beta: beta)
        withExtendedLifetime((self, dy, w)) {}
        return dx
    }
}

extension ConvolutionGeometry {
    /// The shape of y: `(N, OL, OC)` for sequences, of rank 3, which are images with one row, else `(N, OH,
    /// OW, OC)`.
    fileprivate func outputShape(rank: Int) -> Shape {
        rank == 3 ? [batch, outputWidth, filters] : [batch, outputHeight, outputWidth, filters]
    }
}
