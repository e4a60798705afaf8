import CognitronKernels

// Pooling of sequences and images, and its gradients. The kernels' `PoolingGeometry` holds the sizes.
//
// Sequences x: (N, L, C), y: (N, OL, C). Images x: (N, H, W, C), y: (N, OH, OW, C).

/// Where in its window each maximum was: what the gradient of `maxPooled` reads.
struct MaximumPlaces {
    fileprivate let buffer: Buffer
}

extension Tensor {
    /// y = the maximum of each window, and the places of the maxima, with self as x.
    ///
    /// - Parameter keepingPlaces: false where no gradient is needed; the places are then empty.
    func maxPooled(_ g: PoolingGeometry, keepingPlaces: Bool) -> (y: Tensor, places: MaximumPlaces) {
        var y = Tensor(uninitialized: g.outputShape(rank: rank))
        // Two places of 16 bits take the memory of one float.
        let places = Buffer(keepingPlaces ? (g.outputCount + 1) / 2 : 0)
        MaxPooling.forward(
            g, pointer, into: y.mutablePointer, places: keepingPlaces ? places.halves : nil)
        withExtendedLifetime(self) {}
        return (y, MaximumPlaces(buffer: places))
    }

    /// dx of `maxPooled`, with self as dy.
    ///
    /// - Parameter shape: of x.
    func maxPoolingGradient(_ g: PoolingGeometry, _ places: MaximumPlaces, _ shape: Shape) -> Tensor {
        var dx = Tensor(uninitialized: shape)
        MaxPooling.backward(g, pointer, places: places.buffer.halves, into: dx.mutablePointer)
        withExtendedLifetime((self, places)) {}
        return dx
    }

    /// y = the mean over the pixels of each window that lie on the image, with self as x.
    func averagePooled(_ g: PoolingGeometry) -> Tensor {
        var y = Tensor(uninitialized: g.outputShape(rank: rank))
        AveragePooling.forward(g, pointer, into: y.mutablePointer)
        withExtendedLifetime(self) {}
        return y
    }

    /// dx of `averagePooled`, with self as dy.
    ///
    /// - Parameter shape: of x.
    func averagePoolingGradient(_ g: PoolingGeometry, _ shape: Shape) -> Tensor {
        var dx = Tensor(uninitialized: shape)
        AveragePooling.backward(g, pointer, into: dx.mutablePointer)
        withExtendedLifetime(self) {}
        return dx
    }

    /// y = (Σ |x|ᵖ)^(1/p) over each window, with self as x.
    func lpPooled(_ g: PoolingGeometry, p: Float) -> Tensor {
        var y = Tensor(uninitialized: g.outputShape(rank: rank))
        LpPooling.forward(g, p: p, pointer, into: y.mutablePointer)
        withExtendedLifetime(self) {}
        return y
    }

    /// dx of `lpPooled`, with self as dy.
    func lpPoolingGradient(_ g: PoolingGeometry, p: Float, _ x: Tensor, _ y: Tensor) -> Tensor {
        var dx = Tensor(uninitialized: x.shape)
        LpPooling.backward(g, p: p, x.pointer, y.pointer, pointer, into: dx.mutablePointer)
        withExtendedLifetime((self, x, y)) {}
        return dx
    }
}

extension PoolingGeometry {
    /// The shape of y: `(N, OL, C)` for sequences, of rank 3, which are images with one row, else `(N, OH,
    /// OW, C)`.
    fileprivate func outputShape(rank: Int) -> Shape {
        rank == 3 ? [batch, outputWidth, channels] : [batch, outputHeight, outputWidth, channels]
    }
}
