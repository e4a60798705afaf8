// The one door to convolution: a geometry, and the algorithms that can carry it out.

package enum ConvolutionAlgorithm: String, CaseIterable, Sendable {
    /// Plain loops over the definition. Slow; what the others are compared with.
    case naive
    /// Patches copied into the rows of a matrix, a tile at a time, and multiplied by the filters.
    case im2col
    /// The same over several neighbouring pixels at once, for few channels or filters.
    case wide
    /// Winograd's minimal filtering F(4, 5) along columns and direct sums along rows, for filters of five rows.
    case strips
    /// Winograd's minimal filtering F(4×4, 3×3), for 3×3 filters with stride 1 or 2.
    case winograd
    /// A product over the pixels as they are, for 1×1 filters.
    case pointwise
    /// Direct sums over eight groups at once, for small groups.
    case direct
    /// Each group by itself through one of the algorithms for a single one.
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

    /// Whether the algorithm is faster than those that it competes with, where it can do the geometry.
    fileprivate func pays(_ geometry: ConvolutionGeometry) -> Bool {
        switch self {
        case .naive: false
        case .im2col, .pointwise, .grouped: true
        case .wide: WideConvolution.pays(geometry)
        case .strips: StripConvolution.pays(geometry)
        case .winograd: WinogradConvolution.pays(geometry)
        case .direct: DirectConvolution.pays(geometry)
        }
    }
}

extension ConvolutionAlgorithm {
    /// Whether it is one of Winograd's, whose transforms cost a digit or two of precision.
    fileprivate var isWinograd: Bool { self == .winograd || self == .strips }
}

/// The three products of a convolution, and what runs two of them in one go.
package enum ConvolutionPass: String, CaseIterable, Sendable {
    case forward
    case data
    case weights
    /// The gradients for data and weights, as a training step wants them.
    case both
}

/// A convolution ready to run: its geometry, and the algorithm chosen for it.
///
/// All three products take and give the arrays of `ConvolutionGeometry`. Whichever algorithm runs, results have the
/// same bits for any number of workers.
package struct Convolution: Sendable {
    package let geometry: ConvolutionGeometry
    package let algorithm: ConvolutionAlgorithm
    private let isForced: Bool
    private let allowsWinograd: Bool

    /// - Parameters:
    ///   - algorithm: forces one, which must support the geometry; by default the geometry decides.
    ///   - allowsWinograd: whether the geometry may decide for sums that are less exact than direct ones.
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

    /// The first that can do the geometry and that `bench conv` finds faster than those after it.
    private static func preferred(
        for geometry: ConvolutionGeometry, allowsWinograd: Bool
    ) -> ConvolutionAlgorithm {
        order.first { $0.supports(geometry) && $0.pays(geometry) && (allowsWinograd || !$0.isWinograd) }
            ?? .im2col
    }

    /// The algorithm that a pass runs by: the way back may be a convolution of other sizes, which may choose another, and
    /// strips are for the way forward only. Of both gradients, which may run by two, the one for the weights.
    package func algorithm(for pass: ConvolutionPass) -> ConvolutionAlgorithm {
        switch (pass, algorithm) {
        case (.both, _): algorithm(for: .weights)
        case (.data, .im2col), (.data, .wide), (.data, .strips):
            goesBackByConvolution ? wayBack.algorithm : .im2col
        case (.weights, .strips):
            ConvolutionAlgorithm.wide.supports(geometry) && WideConvolution.pays(geometry) ? .wide : .im2col
        default: algorithm
        }
    }

    /// The filters w as `forward` reads them, for those who call it again and again with the same; nil where that is as
    /// they are.
    package func prepared(_ w: UnsafePointer<Float>) -> PreparedFilters? {
        switch algorithm {
        case .winograd: .transformed(WinogradConvolution.transformed(geometry, w))
        case .strips: .strips(StripConvolution.filters(geometry, w))
        case .im2col, .pointwise: Im2colConvolution.filterGroups(geometry, w).map { .grouped($0) }
        case .naive, .wide, .direct, .grouped: nil
        }
    }

    /// y ← x ∗ w + bias, or max(0, that), a ReLU in the same pass over memory.
    ///
    /// - Parameter prepared: w, as `prepared` gave it for a convolution by the same algorithm with the same filters.
    package func forward(
        _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, _ prepared: PreparedFilters? = nil,
        bias: UnsafePointer<Float>?, isRectified: Bool = false, into y: UnsafeMutablePointer<Float>
    ) {
        let ending = OutputEnding(bias: bias, isRectified: isRectified)
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

    /// Whether `forwardPooled` can do it: max pooling with touching windows of 2×2 pixels.
    package var canPool: Bool { algorithm == .strips && StripConvolution.canPool(geometry) }

    /// y (N, OH / 2, OW / 2, OC) ← of each 2×2 pixels that `forward` would give the largest.
    ///
    /// - Parameter prepared: w, as for `forward`.
    package func forwardPooled(
        _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, _ prepared: PreparedFilters? = nil,
        bias: UnsafePointer<Float>?, isRectified: Bool = false, into y: UnsafeMutablePointer<Float>
    ) {
        require(canPool, "\(algorithm.rawValue) cannot pool")
        let ending = OutputEnding(bias: bias, isRectified: isRectified)
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
        case .pointwise where !goesBackByConvolution:
            PointwiseConvolution.dataGradient(geometry, dy, w, into: dx)
        case .im2col, .wide, .strips, .pointwise:
            guard goesBackByConvolution else {
                return Im2colConvolution.dataGradient(geometry, dy, w, into: dx)
            }
            let rotated = Buffer(scratch: geometry.weightCount)
            FilterLayout.rotateAndExchangeChannels(geometry, w, into: rotated.pointer)
            wayBack.forward(dy, rotated.pointer, bias: nil, into: dx)
            withExtendedLifetime(rotated) {}
        }
    }

    /// Both gradients: dx as by `dataGradient` and dw as by `weightGradient`, for less than the two together where they have steps
    /// in common.
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

    /// Whether the way back is done as a convolution. With few channels that would be one with few filters, whose products
    /// have a column for each: there the patches' gradients are added up instead, unless strips or pixels
    /// side by side make do with less. Of sums of many terms, they do not.
    private var goesBackByConvolution: Bool {
        guard geometry.strideY == 1 && geometry.strideX == 1 else { return false }
        if algorithm == .pointwise || geometry.channels >= Vector.width { return true }
        let back = wayBack
        return [.strips, .wide].contains(back.algorithm)
            && (isForced || back.geometry.terms <= WideConvolution.manyTerms)
    }

    /// With stride 1 the way back is a convolution as well, of dy with the filters rotated by half a turn: every pixel of
    /// dx is written once, by whichever algorithm suits that convolution. A forced algorithm does it as well or, where it
    /// cannot, im2col.
    private var wayBack: Convolution {
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
