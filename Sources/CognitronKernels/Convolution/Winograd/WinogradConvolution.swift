// Convolution with 3×3 filters by Winograd's minimal filtering F(4×4, 3×3): 36 multiplications for 16 outputs
// instead of 144, or 81 where the stride is 2, each a matrix product over the channels.
//
// Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (2015).

/// Selects the Winograd scheme for a geometry.
enum WinogradConvolution {
    /// Minimum number of tiles: with fewer, transforming the filters costs more than it saves. Also the least
    /// per block.
    static let fewestTiles = 4

    /// Whether the algorithm supports `g`: 3×3 taps without dilation, stride 1 or 2, and enough channels and
    /// filters to fill a vector.
    static func supports(_ g: ConvolutionGeometry) -> Bool {
        g.kernelHeight == 3 && g.kernelWidth == 3 && g.strideY == g.strideX && 1...2 ~= g.strideX
            && g.dilationY == 1 && g.dilationX == 1 && g.channels >= Vector.width
            && g.filters >= Vector.width
    }

    /// Whether the saved multiplications outweigh the transforms: tiles must not be mostly padding, as for
    /// 2×2 pixels, and enough tiles must share the filters, which are transformed in every pass.
    static func isFaster(_ g: ConvolutionGeometry) -> Bool {
        func isFaster<Scheme: WinogradScheme>(_: Scheme.Type) -> Bool {
            let tiles = WinogradGrid<Scheme>(g).count
            return 5 * Scheme.products * tiles <= 4 * g.taps * g.positions && tiles >= fewestTiles
        }
        return g.strideX == 1 ? isFaster(WinogradUnitStride.self) : isFaster(WinogradStrideTwo.self)
    }

    /// Transforms the filters w.
    static func transformed(_ g: ConvolutionGeometry, _ w: UnsafePointer<Float>) -> TransformedFilters {
        g.strideX == 1
            ? TransformedFilters(g, w, WinogradUnitStride.self)
            : TransformedFilters(g, w, WinogradStrideTwo.self)
    }

    /// y ← x ∗ w, then `ending`.
    ///
    /// - Parameter transformed: the cached result of `transformed(_:_:)` for w, if any.
    static func forward(
        _ g: ConvolutionGeometry, _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>,
        _ transformed: TransformedFilters?, _ ending: OutputEnding, into y: UnsafeMutablePointer<Float>
    ) {
        if g.strideX == 1 {
            WinogradForward<WinogradUnitStride>(g).run(x, w, transformed, ending, into: y)
        } else {
            WinogradForward<WinogradStrideTwo>(g).run(x, w, transformed, ending, into: y)
        }
    }

    /// Computes the requested gradients together, so that shared transforms run once.
    static func gradients(
        _ g: ConvolutionGeometry, _ dy: UnsafePointer<Float>, data: DataGradient?, weights: WeightGradient?
    ) {
        if g.strideX == 1 {
            WinogradGradients<WinogradUnitStride>(g).run(dy, data, weights)
        } else {
            WinogradGradients<WinogradStrideTwo>(g).run(dy, data, weights)
        }
    }
}

/// dx ← the gradient with respect to x, with the filters w.
struct DataGradient {
    let w: UnsafePointer<Float>
    let dx: UnsafeMutablePointer<Float>
}

/// dw ← beta · dw + the gradient with respect to w, with the input x. With beta 0, dw may start undefined.
struct WeightGradient {
    let x: UnsafePointer<Float>
    let dw: UnsafeMutablePointer<Float>
    let beta: Float
}
