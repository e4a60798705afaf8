import CognitronKernels

/// Losses of embeddings, each compared with all others of the batch.
enum PairLosses {
    /// The losses of all anchors, and the pullback to the similarities or distances.
    ///
    /// - Parameters:
    ///   - pairs: similarities or distances `(N, N)`.
    ///   - labels: `(N)`.
    static func evaluate(
        _ row: PairRows.Row, _ pairs: Tensor, _ labels: Tensor
    ) -> (losses: Tensor, pullback: (_ lossGradient: Tensor) -> Tensor) {
        let count = pairs.shape[0]
        var losses = Tensor(uninitialized: [count])
        var gradient = Tensor(uninitialized: [count, count])
        PairRows.evaluate(
            row, pairs.pointer, labels.pointer, count: count, into: losses.mutablePointer,
            gradient: gradient.mutablePointer)
        withExtendedLifetime((pairs, labels, losses, gradient)) {}
        return (losses, { [gradient] in gradient * $0.reshaped([count, 1]) })
    }

    /// The cosine similarities of all pairs of rows that have length 1, x · xᵀ.
    static func similarities(_ x: Tensor) -> (s: Tensor, pullback: (Tensor) -> Tensor) {
        (
            x.matmul(x.transposed),
            { ds in ds.matmul(x) + ds.transposed.matmul(x) }
        )
    }

    /// The distances of all pairs of rows, d[i, j] = |x[i] − x[j]|.
    static func distances(_ x: Tensor) -> (d: Tensor, pullback: (Tensor) -> Tensor) {
        let d = x.distances(to: x)
        return (
            d,
            { dd in
                // ∂d/∂x[i] = (x[i] − x[j]) / d; equal rows have no direction to go.
                let slope = Tensor.where(d .> 0, dd / d, .zeros(d.shape))
                let both = slope + slope.transposed
                return x * both.sum(axis: 1, keepingDimensions: true) - both.matmul(x)
            }
        )
    }
}
