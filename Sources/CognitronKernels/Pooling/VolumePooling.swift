// Pooling of volumes: first within planes, then over depth.
//
// The maximum of the maxima of a window's planes is the window's; so is the mean of the means, since all
// planes of a window have the same number of pixels. Both steps pool images: first the planes, then the
// pooled volumes as images with a row per plane, one column, and a plane's pixels and channels as channels.

/// x: (N, D, H, W, C), y: (N, OD, OH, OW, C). Windows are clipped to the volume: padding has no pixels.
package struct VolumePooling: Hashable, Sendable {
    /// Within planes: N · D images.
    let planes: PoolingGeometry
    /// Over depth: N images (D, 1, OH · OW · C).
    let depths: PoolingGeometry

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

    /// Adaptive pooling to volumes of a size.
    ///
    /// - Parameter plane: the adaptive pooling within one plane of each volume.
    package init(plane: PoolingGeometry, depth: Int, adaptiveOutputDepth: Int) {
        var planes = plane
        planes.batch *= depth
        self.planes = planes
        let pixels = plane.outputHeight * plane.outputWidth * plane.channels
        depths = PoolingGeometry(
            batch: plane.batch, input: ImageSize(depth, 1, channels: pixels),
            adaptiveOutput: (adaptiveOutputDepth, 1))
    }

    package var outputDepth: Int { depths.outputHeight }
    package var inputCount: Int { planes.inputCount }
    package var outputCount: Int { depths.outputCount }
    /// The number of places that `maximum` writes.
    package var placeCount: Int { planes.outputCount + depths.outputCount }

    /// y ← the maximum of each window, NaN if any pixel is NaN; places ← its place, plane by plane and row by
    /// row, the first in ties.
    ///
    /// - Parameter places: nil without a backward pass.
    package func maximum(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, places: UnsafeMutablePointer<UInt16>?
    ) {
        let pooled = Buffer(scratch: planes.outputCount)
        MaxPooling.forward(planes, x, into: pooled.pointer, places: places)
        MaxPooling.forward(depths, pooled.pointer, into: y, places: places.map { $0 + planes.outputCount })
        withExtendedLifetime(pooled) {}
    }

    /// dx ← the sum of dy at the place of each maximum.
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

    /// dx ← the sum over the windows of each pixel of their dy, divided by the window's pixels.
    package func meanBackward(_ dy: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>) {
        let pooled = Buffer(scratch: planes.outputCount)
        AveragePooling.backward(depths, dy, into: pooled.pointer)
        AveragePooling.backward(planes, pooled.pointer, into: dx)
        withExtendedLifetime(pooled) {}
    }
}
