import CognitronKernels

// Pooling of sequences, images and volumes, and its gradients. The kernels' `PoolingGeometry` and
// `VolumePooling` hold the sizes.
//
// Sequences x: (N, L, C), y: (N, OL, C). Images x: (N, H, W, C), y: (N, OH, OW, C). Volumes x: (N, D, H, W,
// C), y: (N, OD, OH, OW, C).

/// Where in its window each maximum was: what the gradient of `maxPooled` reads.
struct MaximumPlaces {
    fileprivate let buffer: Buffer
}

extension Tensor {
    /// y = the maximum of each window, and the places of the maxima, with self as x.
    ///
    /// - Parameter keepingPlaces: false where no gradient is needed; the places are then empty.
    func maxPooled(_ g: some WindowPooling, keepingPlaces: Bool) -> (y: Tensor, places: MaximumPlaces) {
        var y = Tensor(uninitialized: Shape(g.outputSizes(rank: rank)))
        // Two places of 16 bits take the memory of one float.
        let places = Buffer(keepingPlaces ? (g.placeCount + 1) / 2 : 0)
        g.maximum(pointer, into: y.mutablePointer, places: keepingPlaces ? places.halves : nil)
        withExtendedLifetime(self) {}
        return (y, MaximumPlaces(buffer: places))
    }

    /// dx of `maxPooled`, with self as dy.
    ///
    /// - Parameter shape: of x.
    func maxPoolingGradient(_ g: some WindowPooling, _ places: MaximumPlaces, _ shape: Shape) -> Tensor {
        var dx = Tensor(uninitialized: shape)
        g.maximumBackward(pointer, places: places.buffer.halves, into: dx.mutablePointer)
        withExtendedLifetime((self, places)) {}
        return dx
    }

    /// y = the mean over the pixels of each window that lie on the image, with self as x.
    func averagePooled(_ g: some WindowPooling) -> Tensor {
        var y = Tensor(uninitialized: Shape(g.outputSizes(rank: rank)))
        g.mean(pointer, into: y.mutablePointer)
        withExtendedLifetime(self) {}
        return y
    }

    /// dx of `averagePooled`, with self as dy.
    ///
    /// - Parameter shape: of x.
    func averagePoolingGradient(_ g: some WindowPooling, _ shape: Shape) -> Tensor {
        var dx = Tensor(uninitialized: shape)
        g.meanBackward(pointer, into: dx.mutablePointer)
        withExtendedLifetime(self) {}
        return dx
    }

    /// y = (Σ |x|ᵖ)^(1/p) over each window, of the mean instead of the sum if `isMean`, with self as x.
    func lpPooled(_ g: PoolingGeometry, p: Float, isMean: Bool) -> Tensor {
        var y = Tensor(uninitialized: Shape(g.outputSizes(rank: rank)))
        LpPooling.forward(g, p: p, isMean: isMean, pointer, into: y.mutablePointer)
        withExtendedLifetime(self) {}
        return y
    }

    /// dx of `lpPooled`, with self as dy.
    func lpPoolingGradient(
        _ g: PoolingGeometry, p: Float, isMean: Bool, _ x: Tensor, _ y: Tensor
    ) -> Tensor {
        var dx = Tensor(uninitialized: x.shape)
        LpPooling.backward(
            g, p: p, isMean: isMean, x.pointer, y.pointer, pointer, into: dx.mutablePointer)
        withExtendedLifetime((self, x, y)) {}
        return dx
    }
}

// Values put back to the pixels of their maxima. y: (N, H, W, C), x: (N, OH, OW, C), indices as x.
extension Tensor {
    /// The pixel of each maximum of `maxPooled` on images, row · W + column.
    static func maximumIndices(_ g: PoolingGeometry, _ places: MaximumPlaces) -> Tensor {
        var indices = Tensor(uninitialized: Shape(g.outputSizes(rank: 4)))
        MaxUnpooling.indices(g, places: places.buffer.halves, into: indices.mutablePointer)
        withExtendedLifetime(places) {}
        return indices
    }

    /// y = images of zeros of a shape, each x added at its index, with self as x.
    func unpooled(at indices: Tensor, _ shape: Shape) -> Tensor {
        var y = Tensor(uninitialized: shape)
        MaxUnpooling.scatter(
            pointer, indices.pointer, batch: shape[0], count: self.shape[1] * self.shape[2],
            pixels: shape[1] * shape[2], channels: shape[3], into: y.mutablePointer)
        withExtendedLifetime((self, indices)) {}
        return y
    }

    /// dx of `unpooled`, with self as dy: its values at the indices.
    func unpoolingGradient(at indices: Tensor) -> Tensor {
        var dx = Tensor(uninitialized: indices.shape)
        MaxUnpooling.gather(
            pointer, indices.pointer, batch: shape[0], count: indices.shape[1] * indices.shape[2],
            pixels: shape[1] * shape[2], channels: shape[3], into: dx.mutablePointer)
        withExtendedLifetime((self, indices)) {}
        return dx
    }
}
