// Pooling of volumes: first within planes, then over depth.
//
// The maximum of a window's planes' maxima is the window's, and so it is with means, since all planes of a
// window have the same number of pixels. Both steps are poolings of images: the planes are images, and a
// pooled volume is an image with a row for each plane, one column, and all of the plane's pixels and channels
// as its channels.

/// x: (N, D, H, W, C), y: (N, OD, OH, OW, C). Windows are clipped to the volume: pixels outside it are not
/// there at all.
package struct VolumePooling: Hashable, Sendable {
    /// Within planes: N · D images.
    private let planes: PoolingGeometry
    /// Over depth: N images (D, 1, OH · OW · C).
    private let depths: PoolingGeometry

    /// - Parameters:
    ///   - plane: the pooling within one plane of each volume: its batch is the number of volumes.
    ///   - padding: the planes before and after the volume, at most half of the pool.
    package init(
        plane: PoolingGeometry, depth: Int, poolDepth: Int, stride: Int,
        padding: (front: Int, back: Int) = (0, 0)
    ) {
        var planes = plane
        planes.batch *= depth
        self.planes = planes
        let pixels = plane.outputHeight * plane.outputWidth * plane.channels
        depths = PoolingGeometry(
            batch: plane.batch, input: ImageSize(depth, 1, channels: pixels), pool: (poolDepth, 1),
            strides: (stride, 1), padding: Border(top: padding.front, bottom: padding.back))
    }

    package var outputDepth: Int { depths.outputHeight }
    package var inputCount: Int { planes.inputCount }
    package var outputCount: Int { depths.outputCount }
    /// How many places `maximum` keeps for the backward pass.
    package var placeCount: Int { planes.outputCount + depths.outputCount }

    /// y ← the maximum of each window; NaN where the window holds one. Where it was (of equal ones the first,
    /// plane by plane and row by row) goes to `places` for the backward pass, if there is to be one.
    package func maximum(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, places: UnsafeMutablePointer<UInt16>?
    ) {
        let pooled = Buffer(scratch: planes.outputCount)
        MaxPooling.forward(planes, x, into: pooled.pointer, places: places)
        MaxPooling.forward(depths, pooled.pointer, into: y, places: places.map { $0 + planes.outputCount })
        withExtendedLifetime(pooled) {}
    }

    /// dx ← dy, each at the place its maximum came from.
    package func maximumBackward(
        _ dy: UnsafePointer<Float>, places: UnsafePointer<UInt16>, into dx: UnsafeMutablePointer<Float>
    ) {
        let pooled = Buffer(scratch: planes.outputCount)
        MaxPooling.backward(depths, dy, places: places + planes.outputCount, into: pooled.pointer)
        MaxPooling.backward(planes, pooled.pointer, places: places, into: dx)
        withExtendedLifetime(pooled) {}
    }

    /// y ← the mean over the pixels of each window that lie in the volume.
    package func mean(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>) {
        let pooled = Buffer(scratch: planes.outputCount)
        AveragePooling.forward(planes, x, into: pooled.pointer)
        AveragePooling.forward(depths, pooled.pointer, into: y)
        withExtendedLifetime(pooled) {}
    }

    /// dx ← every pixel's share of the dy of the windows it is in.
    package func meanBackward(_ dy: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>) {
        let pooled = Buffer(scratch: planes.outputCount)
        AveragePooling.backward(depths, dy, into: pooled.pointer)
        AveragePooling.backward(planes, pooled.pointer, into: dx)
        withExtendedLifetime(pooled) {}
    }
}
