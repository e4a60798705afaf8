import CognitronKernels

// Features of regions in one size, and their gradients.
//
// x: (N, H, W, C), regions: (R, 5), rows of the image's number, left, top, right and bottom in pixels of the
// picture, y: (R, size, size, C).

extension Tensor {
    /// y = means of samples between pixels (RoI align), with self as x.
    ///
    /// - Parameters:
    ///   - spatialScale: the size of x over the picture's.
    ///   - samplingRatio: samples along each axis of a bin; with 0 and less, one a pixel, rounded up.
    ///   - aligned: whether pixels are points in the middle of their areas.
    package func regionsAligned(
        _ regions: Tensor, size: Int, spatialScale: Float, samplingRatio: Int, aligned: Bool = false
    ) -> Tensor {
        let g = Self.regionGeometry(shape, regions, size, spatialScale)
        var y = Tensor(uninitialized: [regions.shape[0], size, size, g.channels])
        RegionAlignment(
            g, regions.pointer, count: regions.shape[0], samples: Swift.max(0, samplingRatio),
            isAligned: aligned
        ).forward(pointer, into: y.mutablePointer)
        withExtendedLifetime((self, regions)) {}
        return y
    }

    /// dx of `regionsAligned`, with self as dy.
    ///
    /// - Parameter shape: of x.
    package func regionsAlignedGradient(
        _ regions: Tensor, _ shape: Shape, spatialScale: Float, samplingRatio: Int, aligned: Bool = false
    ) -> Tensor {
        let g = Self.regionGeometry(shape, regions, self.shape[1], spatialScale)
        var dx = Tensor(uninitialized: shape)
        RegionAlignment(
            g, regions.pointer, count: regions.shape[0], samples: Swift.max(0, samplingRatio),
            isAligned: aligned
        ).backward(pointer, into: dx.mutablePointer)
        withExtendedLifetime((self, regions)) {}
        return dx
    }

    /// y = the maxima of bins of whole pixels (RoI pooling), and the places of the maxima, with self as x.
    package func regionsPooled(
        _ regions: Tensor, size: Int, spatialScale: Float
    ) -> (y: Tensor, places: RegionPlaces) {
        let g = Self.regionGeometry(shape, regions, size, spatialScale)
        var y = Tensor(uninitialized: [regions.shape[0], size, size, g.channels])
        let places = Buffer(y.count)
        RegionPooling(g, regions.pointer, count: regions.shape[0])
            .forward(pointer, into: y.mutablePointer, places: places.words)
        withExtendedLifetime((self, regions)) {}
        return (y, RegionPlaces(buffer: places))
    }

    /// dx of `regionsPooled`, with self as dy.
    ///
    /// - Parameter shape: of x.
    package func regionsPoolingGradient(
        _ regions: Tensor, _ places: RegionPlaces, _ shape: Shape, spatialScale: Float
    ) -> Tensor {
        let g = Self.regionGeometry(shape, regions, self.shape[1], spatialScale)
        var dx = Tensor(uninitialized: shape)
        RegionPooling(g, regions.pointer, count: regions.shape[0])
            .backward(pointer, places: places.buffer.words, into: dx.mutablePointer)
        withExtendedLifetime((self, regions, places)) {}
        return dx
    }

    private static func regionGeometry(
        _ x: Shape, _ regions: Tensor, _ size: Int, _ scale: Float
    ) -> RegionGeometry {
        require(
            x.rank == 4 && regions.rank == 2 && regions.shape[1] == 5,
            "regions of shape \(regions.shape) of images of shape \(x)")
        return RegionGeometry(
            batch: x[0], image: ImageSize(x[1], x[2], channels: x[3]), bins: size, scale: scale)
    }
}

/// Where each maximum of `regionsPooled` was: what its gradient reads.
package struct RegionPlaces: Sendable {
    fileprivate let buffer: Buffer
}
