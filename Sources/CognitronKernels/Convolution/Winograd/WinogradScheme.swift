// What the two kinds of Winograd convolution have in common.

/// Minimal filtering along one axis: four outputs of a three-tap filter from a patch of inputs, by as many multiplications as
/// the patch has pixels. Applied along both axes it makes 4×4 outputs of a 3×3 filter.
///
///     y = Aᵀ · [(G · g) ⊙ (Bᵀ · d)]
///
/// The products run over the channels too, which makes them matrix products. The way back is what the chain rule makes of the
/// same three transforms: with p = A · dy, the gradient with respect to d is B · [(G · g) ⊙ p], that with respect to g is
/// Gᵀ · [(Bᵀ · d) ⊙ p].
protocol WinogradScheme {
    /// The pixels of a patch along one axis, or as many products.
    associatedtype Line: WinogradLine

    /// From one output to the next, in pixels of the input.
    static var stride: Int { get }

    /// Which of the six numbers of a transformed filter a product multiplies.
    static func filter(of product: Int) -> Int

    /// For each number of a transformed filter, of two axes, the products that multiply it: those first that most do.
    /// `groupedProducts()`, made once.
    static var productsByFilter: [[Int]] { get }

    /// Bᵀ · d
    static func input(_ d: Line) -> Line
    /// B · v, the gradient with respect to d
    static func inputGradient(_ v: Line) -> Line

    /// Aᵀ · m
    static func output(_ m: Line) -> FourVectors
    /// A · dy, the gradient with respect to m
    static func outputGradient(_ dy: FourVectors) -> Line

    /// G · g
    static func filter(_ g: ThreeVectors) -> SixVectors
    /// Gᵀ · du, the gradient with respect to g
    static func filterGradient(_ du: SixVectors) -> ThreeVectors
}

extension WinogradScheme {
    /// Pixels a side of a patch of x, and products along an axis.
    @inline(__always)
    static var patch: Int { Line.count }
    /// Pixels a side of a tile of y.
    @inline(__always)
    static var tile: Int { 4 }
    /// Products a tile and channel: one matrix product over the channels for each.
    @inline(__always)
    static var products: Int { patch * patch }
    /// Numbers of a transformed filter along an axis, and in all.
    @inline(__always)
    static var filterSide: Int { SixVectors.count }
    @inline(__always)
    static var filterProducts: Int { filterSide * filterSide }

    /// The number of a transformed filter that a product of two axes multiplies.
    @inline(__always)
    static func filterPlane(of product: Int) -> Int {
        filterSide * filter(of: product / patch) + filter(of: product % patch)
    }

    static func groupedProducts() -> [[Int]] {
        Dictionary(grouping: 0..<products) { filterPlane(of: $0) }.values
            .sorted { ($1.count, $0[0]) < ($0.count, $1[0]) }
    }
}
