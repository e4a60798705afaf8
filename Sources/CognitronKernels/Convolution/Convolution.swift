// Selects a convolution algorithm for a geometry and dispatches the passes to it.

package enum ConvolutionAlgorithm: String, CaseIterable, Sendable {
    /// Plain loops over the definition. Slow; the reference for the other algorithms.
    case naive
    /// Matrix products over a column matrix of patches, gathered a tile at a time.
    case im2col
    /// Im2col with several neighbouring pixels in one patch, for few channels or filters.
    case wide
    /// Winograd's F(4, 5) along columns and direct sums along rows, for filters of five rows.
    case strips
    /// Winograd's F(4×4, 3×3), for 3×3 filters with stride 1 or 2.
    case winograd
    /// A matrix product over the pixels in place, for 1×1 filters.
    case pointwise
    /// Direct sums over eight groups at once, for small groups.
    case direct
    /// Convolves each group separately with an algorithm for one group.
    case grouped

    /// Whether the algorithm can carry out a convolution of this geometry.
    package func supports(_ geometry: ConvolutionGeometry) -> Bool {
        switch self {
        case .naive: true
        case .im2col: geometry.groups == 1
        case .wide: geometry.groups == 1 && WideConvolution.supports(geometry)
        case .strips: StripConvolution.supports(geometry)
        case .winograd: geometry.groups == 1 && WinogradConvolution.supports(geometry)
        case .pointwise: PointwiseConvolution.supports(geometry)
        case .direct, .grouped: geometry.groups > 1
        }
    }

    /// Whether the algorithm is faster than the alternatives for a geometry that it supports.
    fileprivate func isFaster(_ geometry: ConvolutionGeometry) -> Bool {
        switch self {
        case .naive: false
        case .im2col, .pointwise, .grouped: true
        case .wide: WideConvolution.isFaster(geometry)
        case .strips: StripConvolution.isFaster(geometry)
        case .winograd: WinogradConvolution.isFaster(geometry)
        case .direct: DirectConvolution.isFaster(geometry)
        }
    }
}

extension ConvolutionAlgorithm {
    /// Whether it is a Winograd algorithm, whose transforms lose one or two digits of precision.
    fileprivate var isWinograd: Bool { self == .winograd || self == .strips }
}

/// The three products of a convolution, and the two gradients together.
package enum ConvolutionPass: String, CaseIterable, Sendable {
    case forward
    case data
    case weights
    /// The gradients for data and weights, as in a training step.
    case both
}

/// A convolution ready to run: its geometry and the algorithm chosen for it.
///
/// The passes read and write the arrays of `ConvolutionGeometry`. With every algorithm, results have the same
/// bits for any number of workers.
package struct Convolution: Sendable {
    package let geometry: ConvolutionGeometry
    package let algorithm: ConvolutionAlgorithm
    private let isForced: Bool
    private let allowsWinograd: Bool

    /// - Parameters:
    ///   - algorithm: the algorithm to use, which must support the geometry; by default chosen by geometry.
    ///   - allowsWinograd: whether the default choice may be a Winograd algorithm, which is less exact than
    ///     direct sums.
    package init(
        _ geometry: ConvolutionGeometry, algorithm: ConvolutionAlgorithm? = nil, allowsWinograd: Bool = true
    ) {
        require(
            algorithm?.supports(geometry) ?? true, "\(algorithm?.rawValue ?? "") cannot do \(geometry)")
        self.geometry = geometry
        self.algorithm = algorithm ?? Self.preferred(for: geometry, allowsWinograd: allowsWinograd)
        self.allowsWinograd = allowsWinograd
        isForced = algorithm != nil
    }

    private static let order: [ConvolutionAlgorithm] = [
        .pointwise, .winograd, .strips, .wide, .direct, .grouped,
    ]

    /// Returns the first algorithm that supports the geometry and that `bench conv` finds faster than those
    /// after it.
    private static func preferred(
        for geometry: ConvolutionGeometry, allowsWinograd: Bool
    ) -> ConvolutionAlgorithm {
        order.first { $0.supports(geometry) && $0.isFaster(geometry) && (allowsWinograd || !$0.isWinograd) }
            ?? .im2col
    }

    /// Returns the algorithm that runs a pass. The data gradient may be a convolution of other sizes, with an
    /// algorithm of its own; strips run the forward pass only. For both gradients, returns the weight
    /// gradient's.
    package func algorithm(for pass: ConvolutionPass) -> ConvolutionAlgorithm {
        switch (pass, algorithm) {
        case (.both, _): algorithm(for: .weights)
        case (.data, .im2col), (.data, .wide), (.data, .strips):
            isDataGradientAConvolution ? dataConvolution.algorithm : .im2col
        case (.weights, .strips):
            ConvolutionAlgorithm.wide.supports(geometry) && WideConvolution.isFaster(geometry)
                ? .wide : .im2col
        default: algorithm
        }
    }

    /// Packs the filters w for repeated calls of `forward`; nil where `forward` reads them unpacked.
    package func prepared(_ w: UnsafePointer<Float>) -> PreparedFilters? {
        switch algorithm {
        case .winograd: .transformed(WinogradConvolution.transformed(geometry, w))
        case .strips: .strips(StripConvolution.filters(geometry, w))
        case .im2col, .pointwise: Im2colConvolution.filterGroups(geometry, w).map { .grouped($0) }
        case .naive, .wide, .direct, .grouped: nil
        }
    }

    /// y ← x ∗ w + bias, clipped to the bounds.
    ///
    /// - Parameter prepared: the result of `prepared` for the same filters and algorithm.
    package func forward(
        _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, _ prepared: PreparedFilters? = nil,
        bias: UnsafePointer<Float>?, bounds: OutputBounds = .none, into y: UnsafeMutablePointer<Float>
    ) {
        let ending = OutputEnding(bias: bias, bounds: bounds)
        switch algorithm {
        case .naive: NaiveConvolution.forward(geometry, x, w, ending, into: y)
        case .im2col: Im2colConvolution.forward(geometry, x, w, prepared?.groups, ending, into: y)
        case .wide: WideConvolution.forward(geometry, x, w, ending, into: y)
        case .strips: StripConvolution.forward(geometry, x, w, prepared?.strips, ending, into: y)
        case .winograd: WinogradConvolution.forward(geometry, x, w, prepared?.transformed, ending, into: y)
        case .pointwise: PointwiseConvolution.forward(geometry, x, w, prepared?.groups, ending, into: y)
        case .direct: DirectConvolution.forward(geometry, x, w, ending, into: y)
        case .grouped: GroupedConvolution.forward(geometry, singleGroup, x, w, ending, into: y)
        }
    }

    /// Whether `forwardPooled` supports it: fused max pooling of 2×2 pixels with stride 2.
    package var canPool: Bool { algorithm == .strips && StripConvolution.canPool(geometry) }

    /// y (N, OH / 2, OW / 2, OC) ← the maximum of each 2×2 pixels of `forward`'s output.
    ///
    /// - Parameter prepared: w, as for `forward`.
    package func forwardPooled(
        _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, _ prepared: PreparedFilters? = nil,
        bias: UnsafePointer<Float>?, bounds: OutputBounds = .none, into y: UnsafeMutablePointer<Float>
    ) {
        require(canPool, "\(algorithm.rawValue) cannot pool")
        let ending = OutputEnding(bias: bias, bounds: bounds)
        StripConvolution.forward(geometry, x, w, prepared?.strips, ending, isPooled: true, into: y)
    }

    /// dx ← the gradient with respect to x.
    package func dataGradient(
        _ dy: UnsafePointer<Float>, _ w: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>
    ) {
        guard geometry.positions > 0 else {
            return dx.update(repeating: 0, count: geometry.inputCount)
        }
        switch algorithm {
        case .naive: NaiveConvolution.dataGradient(geometry, dy, w, into: dx)
        case .direct: DirectConvolution.dataGradient(geometry, dy, w, into: dx)
        case .grouped: GroupedConvolution.dataGradient(geometry, singleGroup, dy, w, into: dx)
        case .winograd:
            WinogradConvolution.gradients(geometry, dy, data: DataGradient(w: w, dx: dx), weights: nil)
        case .pointwise where !isDataGradientAConvolution:
            PointwiseConvolution.dataGradient(geometry, dy, w, into: dx)
        case .im2col, .wide, .strips, .pointwise:
            guard isDataGradientAConvolution else {
                return Im2colConvolution.dataGradient(geometry, dy, w, into: dx)
            }
            let rotated = Buffer(scratch: geometry.weightCount)
            FilterLayout.rotateAndExchangeChannels(geometry, w, into: rotated.pointer)
            dataConvolution.forward(dy, rotated.pointer, bias: nil, into: dx)
            withExtendedLifetime(rotated) {}
        }
    }

    /// Computes dx as `dataGradient` and dw as `weightGradient`, sharing their common steps.
    package func gradients(
        _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, _ w: UnsafePointer<Float>,
        intoData dx: UnsafeMutablePointer<Float>, weights dw: UnsafeMutablePointer<Float>, beta: Float = 0
    ) {
        guard algorithm == .winograd, geometry.positions > 0 else {
            weightGradient(x, dy, into: dw, beta: beta)
            return dataGradient(dy, w, into: dx)
        }
        WinogradConvolution.gradients(
            geometry, dy, data: DataGradient(w: w, dx: dx), weights: WeightGradient(x: x, dw: dw, beta: beta))
    }

    /// Whether the data gradient runs as a convolution. With few channels that convolution has few filters,
    /// so its matrix products are narrow and scattering the patches' gradients is faster, unless strips or
    /// wide patches support it with short sums.
    private var isDataGradientAConvolution: Bool {
        guard geometry.strideY == 1 && geometry.strideX == 1 else { return false }
        if algorithm == .pointwise || geometry.channels >= Vector.width { return true }
        let back = dataConvolution
        return [.strips, .wide].contains(back.algorithm)
            && (isForced || back.geometry.terms <= WideConvolution.manyTerms)
    }

    /// The data gradient for stride 1: the convolution of dy with the filters rotated by half a turn. Writes
    /// every pixel of dx once, with the algorithm that suits this convolution: a forced one, or im2col where
    /// that does not support it.
    private var dataConvolution: Convolution {
        let back = geometry.transposed
        let forced: ConvolutionAlgorithm? = isForced ? (algorithm.supports(back) ? algorithm : .im2col) : nil
        return Convolution(back, algorithm: forced, allowsWinograd: allowsWinograd)
    }

    /// The convolution of one group.
    private var singleGroup: Convolution {
        Convolution(geometry.singleGroup, allowsWinograd: allowsWinograd)
    }

    /// dw ← beta · dw + the gradient with respect to w. With beta 0, dw may start undefined.
    package func weightGradient(
        _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, into dw: UnsafeMutablePointer<Float>,
        beta: Float = 0
    ) {
        guard geometry.positions > 0 else {
            return Elementwise.scale(dw, by: beta, count: geometry.weightCount)
        }
        switch algorithm(for: .weights) {
        case .naive: NaiveConvolution.weightGradient(geometry, x, dy, into: dw, beta: beta)
        case .im2col, .strips:
            Im2colConvolution.weightGradient(geometry, x, dy, into: dw, beta: beta)
        case .wide: WideConvolution.weightGradient(geometry, x, dy, into: dw, beta: beta)
        case .winograd:
            WinogradConvolution.gradients(
                geometry, dy, data: nil, weights: WeightGradient(x: x, dw: dw, beta: beta))
        case .pointwise: PointwiseConvolution.weightGradient(geometry, x, dy, into: dw, beta: beta)
        case .direct: DirectConvolution.weightGradient(geometry, x, dy, into: dw, beta: beta)
        case .grouped: GroupedConvolution.weightGradient(geometry, singleGroup, x, dy, into: dw, beta: beta)
        }
    }
}
