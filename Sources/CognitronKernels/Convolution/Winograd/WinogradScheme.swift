// The interface of the two Winograd schemes.

/// Minimal filtering along one axis: four outputs of a three-tap filter from a patch of inputs, with as many
/// multiplications as the patch has pixels. Along both axes it computes 4×4 outputs of a 3×3 filter.
///
///     y = Aᵀ · [(G · g) ⊙ (Bᵀ · d)]
///
/// Summed over the channels, the products are matrix products. The gradients follow from the chain rule: with
/// p = A · dy, the gradient with respect to d is B · [(G · g) ⊙ p], and with respect to g it is Gᵀ · [(Bᵀ ·
/// d) ⊙ p].
protocol WinogradScheme {
    /// The pixels of a patch along one axis, or as many products.
    associatedtype Line: WinogradLine

    /// Pixels of the input from one output to the next.
    static var stride: Int { get }

    /// The index of the filter value, of six, that a product multiplies.
    static func filter(of product: Int) -> Int

    /// For each value of a filter transformed along both axes, the products that multiply it, longest lists
    /// first. The stored result of `groupedProducts()`.
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
    /// Pixels per side of a patch of x, and products per axis.
    @inline(__always)
    static var patch: Int { Line.count }
    /// Pixels per side of a tile of y.
    @inline(__always)
    static var tile: Int { 4 }
    /// Products per tile and channel, each one matrix product over the channels.
    @inline(__always)
    static var products: Int { patch * patch }
    /// Values of a transformed filter per axis, and in all.
    @inline(__always)
    static var filterSide: Int { SixVectors.count }
    @inline(__always)
    static var filterProducts: Int { filterSide * filterSide }

    /// The index of the filter value that a product of two axes multiplies.
    @inline(__always)
    static func filterPlane(of product: Int) -> Int {
        filterSide * filter(of: product / patch) + filter(of: product % patch)
    }

    static func groupedProducts() -> [[Int]] {
        Dictionary(grouping: 0..<products) { filterPlane(of: $0) }.values
            .sorted { ($1.count, $0[0]) < ($0.count, $1[0]) }
    }
}
