// What pooling of sequences, images and volumes has in common.

/// The passes of a pooling of arrays x (N, …, C) to y (N, …, C).
package protocol WindowPooling: Sendable {
    /// The sizes of y for arrays with this many axes: 3 of sequences, 4 of images, 5 of volumes.
    func outputSizes(rank: Int) -> [Int]
    /// The number of places that `maximum` writes.
    var placeCount: Int { get }

    /// y ← the maximum of each window, NaN if any pixel is NaN; places ← its place, the first in ties.
    ///
    /// - Parameter places: nil without a backward pass.
    func maximum(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, places: UnsafeMutablePointer<UInt16>?)

    /// dx ← the sum of dy at the place of each maximum.
    func maximumBackward(
        _ dy: UnsafePointer<Float>, places: UnsafePointer<UInt16>, into dx: UnsafeMutablePointer<Float>)

    /// y ← the mean over the pixels of each window that lie in the array.
    func mean(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>)

    /// dx ← the sum over the windows of each pixel of their dy, divided by the window's pixels.
    func meanBackward(_ dy: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>)
}

extension PoolingGeometry: WindowPooling {
    package func outputSizes(rank: Int) -> [Int] {
        rank == 3 ? [batch, outputWidth, channels] : [batch, outputHeight, outputWidth, channels]
    }

    package var placeCount: Int { outputCount }

    package func maximum(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, places: UnsafeMutablePointer<UInt16>?
    ) {
        MaxPooling.forward(self, x, into: y, places: places)
    }

    package func maximumBackward(
        _ dy: UnsafePointer<Float>, places: UnsafePointer<UInt16>, into dx: UnsafeMutablePointer<Float>
    ) {
        MaxPooling.backward(self, dy, places: places, into: dx)
    }

    package func mean(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>) {
        AveragePooling.forward(self, x, into: y)
    }

    package func meanBackward(_ dy: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>) {
        AveragePooling.backward(self, dy, into: dx)
    }
}

extension VolumePooling: WindowPooling {
    package func outputSizes(rank: Int) -> [Int] {
        let plane = planes
        return [depths.batch, depths.outputHeight, plane.outputHeight, plane.outputWidth, plane.channels]
    }
}
