// The steps fused into a convolution's output while it is in the cache.

/// The bounds to which outputs are clipped: none, or those of a ReLU.
package struct OutputBounds: Hashable, Sendable {
    fileprivate let isRectified: Bool
    fileprivate let maxValue: Float

    /// Every value as it is.
    package static let none = OutputBounds(isRectified: false, maxValue: .infinity)
    /// max(0, x)
    package static let relu = relu(maxValue: .infinity)
    /// min(max(0, x), maxValue)
    package static func relu(maxValue: Float) -> OutputBounds {
        OutputBounds(isRectified: true, maxValue: maxValue)
    }

    /// The bounds as vectors, for loops without branches: infinite ones leave every value as it is.
    @inline(__always)
    var limits: (floor: Vector, ceiling: Vector) {
        (Vector(repeating: isRectified ? 0 : -.infinity), Vector(repeating: maxValue))
    }

    /// The values between the bounds; NaN stays NaN.
    @inline(__always)
    func clipping(_ values: Vector) -> Vector {
        guard isRectified else { return values }
        let rectified = values.raised(to: Vector())
        return maxValue < .infinity ? rectified.lowered(to: Vector(repeating: maxValue)) : rectified
    }
}

/// A bias per filter, and the bounds of the outputs.
struct OutputEnding {
    var bias: UnsafePointer<Float>?
    var bounds = OutputBounds.none

    /// The ending for the filters from `filter` on.
    func from(filter: Int) -> OutputEnding { OutputEnding(bias: bias.map { $0 + filter }, bounds: bounds) }

    /// Returns four rows + bias, clipped.
    @inline(__always)
    func ended(
        _ rows: (Vector, Vector, Vector, Vector), _ bias: Vector
    ) -> (Vector, Vector, Vector, Vector) {
        let sums = (rows.0 + bias, rows.1 + bias, rows.2 + bias, rows.3 + bias)
        guard bounds.isRectified else { return sums }
        return (
            bounds.clipping(sums.0), bounds.clipping(sums.1), bounds.clipping(sums.2),
            bounds.clipping(sums.3)
        )
    }

    /// y (rows, columns) ← y + bias, clipped, on the calling thread.
    ///
    /// - Parameter stride: floats from one row to the next.
    func apply(to y: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int) {
        guard stride > columns else { return apply(to: y, rows: rows, columns: columns) }
        for row in 0..<rows { apply(to: y + row * stride, rows: 1, columns: columns) }
    }

    /// The same for contiguous rows.
    func apply(to y: UnsafeMutablePointer<Float>, rows: Int, columns: Int) {
        if let bias { Bias.addSerially(bias, to: y, rows: rows, columns: columns) }
        guard bounds.isRectified else { return }
        Elementwise.mapSerially(y, into: y, count: rows * columns) { bounds.clipping($0) }
    }
}
