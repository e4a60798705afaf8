// The one door to convolution: a geometry, and the algorithms that can carry it out.

package enum ConvolutionAlgorithm: String, CaseIterable, Sendable {
    /// Plain loops over the definition. Slow; what the others are compared with.
    case naive
    /// Patches copied into the rows of a matrix, a tile at a time, and multiplied by the filters.
    case im2col
    /// The same over several neighbouring pixels at once, for few channels or filters.
    case wide
    /// Winograd's minimal filtering F(4×4, 3×3), for 3×3 filters with stride 1.
    case winograd

    /// Whether the algorithm can carry out a convolution of this geometry.
    package func supports(_ geometry: ConvolutionGeometry) -> Bool {
        switch self {
        case .naive, .im2col: true
        case .wide: WideConvolution.supports(geometry)
        case .winograd: WinogradConvolution.supports(geometry)
        }
    }
}

/// The three products of a convolution.
package enum ConvolutionPass: String, CaseIterable, Sendable {
    case forward
    case data
    case weights
}

/// A convolution ready to run: its geometry, and the algorithm chosen for it.
///
/// All three products take and give the arrays of `ConvolutionGeometry`. Whichever algorithm runs, results have the
/// same bits for any number of workers.
package struct Convolution: Sendable {
    package let geometry: ConvolutionGeometry
    package let algorithm: ConvolutionAlgorithm
    private let isForced: Bool

    /// - Parameter algorithm: forces one, which must support the geometry; by default the geometry decides.
    package init(_ geometry: ConvolutionGeometry, algorithm: ConvolutionAlgorithm? = nil) {
        precondition(
            algorithm?.supports(geometry) ?? true, "\(algorithm?.rawValue ?? "") cannot do \(geometry)")
        self.geometry = geometry
        self.algorithm = algorithm ?? Self.preferred(for: geometry)
        isForced = algorithm != nil
    }

    /// What `bench conv` finds fastest.
    private static func preferred(for geometry: ConvolutionGeometry) -> ConvolutionAlgorithm {
        if WinogradConvolution.supports(geometry) && WinogradConvolution.pays(geometry) { return .winograd }
        if WideConvolution.supports(geometry) && WideConvolution.pays(geometry) { return .wide }
        return .im2col
    }

    /// The algorithm that a pass runs by: the way back is a convolution of other sizes, which may choose another.
    package func algorithm(for pass: ConvolutionPass) -> ConvolutionAlgorithm {
        guard pass == .data, algorithm != .naive else { return algorithm }
        return goesBackByConvolution ? wayBack.algorithm : .im2col
    }

    /// The filters w as `forward` wants them, for those who call it again and again with the same; nil where it takes
    /// them as they are.
    package func transformed(_ w: UnsafePointer<Float>) -> TransformedFilters? {
        algorithm == .winograd ? TransformedFilters(geometry, w) : nil
    }

    /// y ← x ∗ w + bias, or max(0, that), a ReLU in the same pass over memory.
    ///
    /// - Parameter transformed: w, as `transformed` gave it for a convolution with the same filters.
    package func forward(
        _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, _ transformed: TransformedFilters? = nil,
        bias: UnsafePointer<Float>?, isRectified: Bool = false, into y: UnsafeMutablePointer<Float>
    ) {
        let ending = OutputEnding(bias: bias, isRectified: isRectified)
        switch algorithm {
        case .naive: NaiveConvolution.forward(geometry, x, w, ending, into: y)
        case .im2col: Im2colConvolution.forward(geometry, x, w, ending, into: y)
        case .wide: WideConvolution.forward(geometry, x, w, ending, into: y)
        case .winograd: WinogradConvolution.forward(geometry, x, w, transformed, ending, into: y)
        }
    }

    /// dx ← the gradient with respect to x.
    package func dataGradient(
        _ dy: UnsafePointer<Float>, _ w: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>
    ) {
        if algorithm == .naive {
            NaiveConvolution.dataGradient(geometry, dy, w, into: dx)
        } else if goesBackByConvolution {
            let rotated = Buffer(geometry.weightCount)
            FilterLayout.rotateAndExchangeChannels(geometry, w, into: rotated.pointer)
            wayBack.forward(dy, rotated.pointer, bias: nil, into: dx)
            withExtendedLifetime(rotated) {}
        } else {
            Im2colConvolution.dataGradient(geometry, dy, w, into: dx)
        }
    }

    /// Whether the way back is done as a convolution. With few channels that would be one with few filters, whose products
    /// have a column for each: there the patches' gradients are added up instead.
    private var goesBackByConvolution: Bool {
        guard geometry.strideY == 1 && geometry.strideX == 1 else { return false }
        return geometry.channels >= Vector.width || wayBack.algorithm == .wide
    }

    /// With stride 1 the way back is a convolution as well, of dy with the filters rotated by half a turn: every pixel of
    /// dx is written once, by whichever algorithm suits that convolution.
    private var wayBack: Convolution {
        let back = geometry.transposed
        return Convolution(back, algorithm: isForced && algorithm.supports(back) ? algorithm : nil)
    }

    /// dw ← beta · dw + the gradient with respect to w. With beta 0, dw may start undefined.
    package func weightGradient(
        _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, into dw: UnsafeMutablePointer<Float>,
        beta: Float = 0
    ) {
        guard geometry.positions > 0 else {
            return Elementwise.scale(dw, by: beta, count: geometry.weightCount)
        }
        switch algorithm {
        case .naive: NaiveConvolution.weightGradient(geometry, x, dy, into: dw, beta: beta)
        case .im2col: Im2colConvolution.weightGradient(geometry, x, dy, into: dw, beta: beta)
        case .wide: WideConvolution.weightGradient(geometry, x, dy, into: dw, beta: beta)
        case .winograd: WinogradConvolution.weightGradient(geometry, x, dy, into: dw, beta: beta)
        }
    }
}
