// What convolutions of sequences, images and volumes have in common.

/// The products of a convolution on arrays x (N, …, C), w (…, C / groups, OC) and y (N, …, OC).
package protocol ConvolutionProducts: Sendable {
    /// The sizes of y for arrays with this many axes: 3 of sequences, 4 of images, 5 of volumes.
    func outputSizes(rank: Int) -> [Int]

    /// What the result of `prepared` depends on, beside the filters.
    var preparation: [ConvolutionAlgorithm] { get }

    /// Packs the filters w for repeated calls of `forward`; nil where `forward` reads them unpacked.
    func prepared(_ w: UnsafePointer<Float>) -> PreparedFilters?

    /// y ← x ∗ w + bias, clipped to the bounds.
    ///
    /// - Parameter prepared: the result of `prepared` for the same filters and preparation.
    func forward(
        _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, _ prepared: PreparedFilters?,
        bias: UnsafePointer<Float>?, bounds: OutputBounds, into y: UnsafeMutablePointer<Float>)

    /// dx ← the gradient with respect to x.
    func dataGradient(
        _ dy: UnsafePointer<Float>, _ w: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>)

    /// dw ← beta · dw + the gradient with respect to w. With beta 0, dw may start undefined.
    func weightGradient(
        _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, into dw: UnsafeMutablePointer<Float>,
        beta: Float)

    /// Computes dx as `dataGradient` and dw as `weightGradient`, sharing their common steps.
    func gradients(
        _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, _ w: UnsafePointer<Float>,
        intoData dx: UnsafeMutablePointer<Float>, weights dw: UnsafeMutablePointer<Float>, beta: Float)
}

extension Convolution: ConvolutionProducts {
    package func outputSizes(rank: Int) -> [Int] {
        let g = geometry
        return rank == 3
            ? [g.batch, g.outputWidth, g.filters] : [g.batch, g.outputHeight, g.outputWidth, g.filters]
    }

    package var preparation: [ConvolutionAlgorithm] { [algorithm] }
}

extension VolumeConvolution: ConvolutionProducts {
    package func outputSizes(rank: Int) -> [Int] {
        let g = geometry.plane
        return [g.batch, geometry.outputDepth, g.outputHeight, g.outputWidth, g.filters]
    }
}
