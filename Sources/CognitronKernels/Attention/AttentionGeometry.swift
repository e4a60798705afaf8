/// The sizes of scaled dot-product attention, and which keys each query may attend to.
///
/// Arrays are row-major: q (N, T, H, D), k (N, S, G, D), v (N, S, G, V), y (N, T, H, V), and the weights p
/// (N, H, T, S). Each of the G heads of keys and values serves H / G heads of queries.
package struct AttentionGeometry: Sendable {
    package var batch: Int
    package var queries: Int, keys: Int  // T, S
    package var heads: Int, keyHeads: Int  // H, G
    package var keySize: Int, valueSize: Int  // D, V
    /// The factor of q · k.
    package var scale: Float
    /// Whether a query attends to no later key.
    package var isCausal: Bool
    /// The number of the first query among the keys.
    package var firstQuery: Int
    /// Keys and values of a sample in memory, of which the first `keys` count. Backward passes and pairwise
    /// masks need them all.
    package var keyCapacity: Int
    /// How far away a key may be, this number excluded; nil without a limit.
    package var window: Int?

    package init(
        batch: Int, queries: Int, keys: Int, heads: Int, keyHeads: Int, keySize: Int, valueSize: Int,
        scale: Float, isCausal: Bool = false, window: Int? = nil, firstQuery: Int = 0, keyCapacity: Int? = nil
    ) {
        (self.batch, self.queries, self.keys) = (batch, queries, keys)
        (self.heads, self.keyHeads) = (heads, keyHeads)
        (self.keySize, self.valueSize) = (keySize, valueSize)
        (self.scale, self.isCausal, self.window) = (scale, isCausal, window)
        (self.firstQuery, self.keyCapacity) = (firstQuery, keyCapacity ?? keys)
        require(heads % keyHeads == 0, "\(heads) heads of queries for \(keyHeads) of keys")
    }

    /// The weights of one head of one sample.
    var blockCount: Int { queries * keys }
    package var weightCount: Int { batch * heads * blockCount }

    /// The keys that query t may attend to by distance alone.
    func range(ofQuery number: Int) -> Range<Int> {
        let t = firstQuery + number
        let low = window.map { max(0, t - $0 + 1) } ?? 0
        let high = min(keys, min(isCausal ? t + 1 : keys, window.map { t + $0 } ?? keys))
        return min(low, high)..<high
    }

    func query(_ q: UnsafePointer<Float>, _ n: Int, _ h: Int) -> MatrixView {
        MatrixView(q + (n * queries * heads + h) * keySize, queries, keySize, stride: heads * keySize)
    }

    func key(_ k: UnsafePointer<Float>, _ n: Int, _ g: Int) -> MatrixView {
        MatrixView(k + (n * keyCapacity * keyHeads + g) * keySize, keys, keySize, stride: keyHeads * keySize)
    }

    func value(_ v: UnsafePointer<Float>, _ n: Int, _ g: Int) -> MatrixView {
        MatrixView(
            v + (n * keyCapacity * keyHeads + g) * valueSize, keys, valueSize, stride: keyHeads * valueSize)
    }

    func output(_ y: UnsafePointer<Float>, _ n: Int, _ h: Int) -> MatrixView {
        MatrixView(y + (n * queries * heads + h) * valueSize, queries, valueSize, stride: heads * valueSize)
    }
}

/// Which weights are zero besides those that the geometry forbids: 0 masks, every other number does not.
package struct AttentionMasks {
    /// (N, S): the keys that count.
    package var keys: UnsafePointer<Float>?
    /// (N, T): the queries that count; others attend to nothing.
    package var queries: UnsafePointer<Float>?
    /// (N, T, S), or (N, H, T, S) where `hasHeads`.
    package var pairs: UnsafePointer<Float>?
    package var hasHeads = false

    package init() {}

    /// Whether all keys that the geometry allows count.
    var isEmpty: Bool { keys == nil && queries == nil && pairs == nil }
}

/// The random weights that are dropped, a function of each weight's position.
package struct AttentionDropout {
    package var philox: Philox
    package var rate: Float

    package init(_ philox: Philox, rate: Float) { (self.philox, self.rate) = (philox, rate) }

    /// y ← x with dropped elements set to zero, of block `index` of the weights.
    func apply(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, count: Int, block index: Int) {
        DropoutKernel.applySerially(
            philox, round: 0, rate: rate, x, into: y, count: count, first: index * ((count + 3) / 4))
    }
}
