// The one door to convolution: a geometry, and the algorithms that can carry it out.

package enum ConvolutionAlgorithm: String, CaseIterable, Sendable {
    /// Plain loops over the definition. Slow; what the others are compared with.
    case naive
    /// Patches copied into the rows of a matrix, a tile at a time, and multiplied by the filters.
    case im2col
}

/// A convolution ready to run: its geometry, and the algorithm chosen for it.
///
/// All three products take and give the arrays of `ConvolutionGeometry`. Whichever algorithm runs, results have the
/// same bits for any number of workers.
package struct Convolution: Sendable {
    package let geometry: ConvolutionGeometry
    package let algorithm: ConvolutionAlgorithm

    /// - Parameter algorithm: forces one; by default the geometry decides.
    package init(_ geometry: ConvolutionGeometry, algorithm: ConvolutionAlgorithm? = nil) {
        self.geometry = geometry
        self.algorithm = algorithm ?? Self.preferred(for: geometry)
    }

    static func preferred(for geometry: ConvolutionGeometry) -> ConvolutionAlgorithm { .im2col }

    /// y ← x ∗ w + bias.
    package func forward(
        _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
        into y: UnsafeMutablePointer<Float>
    ) {
        switch algorithm {
        case .naive: NaiveConvolution.forward(geometry, x, w, bias: bias, into: y)
        case .im2col: Im2colConvolution.forward(geometry, x, w, bias: bias, into: y)
        }
    }

    /// dx ← the gradient with respect to x.
    package func dataGradient(
        _ dy: UnsafePointer<Float>, _ w: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>
    ) {
        switch algorithm {
        case .naive: NaiveConvolution.dataGradient(geometry, dy, w, into: dx)
        case .im2col: Im2colConvolution.dataGradient(geometry, dy, w, into: dx)
        }
    }

    /// dw ← beta · dw + the gradient with respect to w. With beta 0, dw may start undefined.
    package func weightGradient(
        _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, into dw: UnsafeMutablePointer<Float>,
        beta: Float = 0
    ) {
        switch algorithm {
        case .naive: NaiveConvolution.weightGradient(geometry, x, dy, into: dw, beta: beta)
        case .im2col: Im2colConvolution.weightGradient(geometry, x, dy, into: dw, beta: beta)
        }
    }
}
