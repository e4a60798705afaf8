// Scaled dot-product attention. A worker computes whole heads: their weights fit into its cache.
//
//     p = softmax(scale · q · kᵀ) over the allowed keys,  y = drop(p) · v

package enum AttentionKernel {
    /// - Parameters:
    ///   - p: receives the weights before dropout; nil where no backward pass follows.
    package static func forward(
        _ g: AttentionGeometry, _ q: UnsafePointer<Float>, _ k: UnsafePointer<Float>,
        _ v: UnsafePointer<Float>, _ masks: AttentionMasks, dropout: AttentionDropout?,
        into y: UnsafeMutablePointer<Float>, weights p: UnsafeMutablePointer<Float>?
    ) {
        let workers = WorkerPool.shared.count
        let scratch = Buffer(scratch: p == nil || dropout != nil ? workers * g.blockCount : 0)
        WorkerPool.shared.run(tiles: g.batch * g.heads, workers: workers) { block, worker in
            let (n, h) = (block / g.heads, block % g.heads)
            let group = h / (g.heads / g.keyHeads)
            let own = scratch.pointer + worker * g.blockCount
            let weights = p.map { $0 + block * g.blockCount } ?? own
            BLAS.multiply(g.query(q, n, h), g.key(k, n, group).transposed, into: weights)
            normalize(g, masks, n, h, weights, scale: g.scale)
            if let dropout { dropout.apply(weights, into: own, count: g.blockCount, block: block) }
            let used = MatrixView(dropout == nil ? weights : own, g.queries, g.keys)
            BLAS.multiply(
                used, g.value(v, n, group), into: y + (n * g.queries * g.heads + h) * g.valueSize,
                stride: g.heads * g.valueSize)
        }
        withExtendedLifetime(scratch) {}
    }

    /// p ← softmax(scores) over the allowed keys, 0 for the others; p may be the scores.
    package static func weights(
        _ g: AttentionGeometry, _ scores: UnsafePointer<Float>, _ masks: AttentionMasks,
        into p: UnsafeMutablePointer<Float>
    ) {
        WorkerPool.shared.run(tiles: g.batch * g.heads) { block, _ in
            let weights = p + block * g.blockCount
            weights.update(from: scores + block * g.blockCount, count: g.blockCount)
            normalize(g, masks, block / g.heads, block % g.heads, weights, scale: 1)
        }
    }

    /// The gradients of q, k and v.
    ///
    /// With P = drop(p): dv = Pᵀ · dy, dp = drop(dy · vᵀ), ds = p · (dp − Σ dp · p), dq = scale · ds · k, dk
    /// = scale · dsᵀ · q. A worker takes a head of keys with all heads of queries that it serves, in order.
    ///
    /// - Parameter dp: a gradient of the weights themselves, where they are an output too.
    package static func backward(
        _ g: AttentionGeometry, _ q: UnsafePointer<Float>, _ k: UnsafePointer<Float>,
        _ v: UnsafePointer<Float>, weights p: UnsafePointer<Float>, dropout: AttentionDropout?,
        _ dy: UnsafePointer<Float>, dp: UnsafePointer<Float>?, dq: UnsafeMutablePointer<Float>,
        dk: UnsafeMutablePointer<Float>,
        dv: UnsafeMutablePointer<Float>
    ) {
        let workers = WorkerPool.shared.count
        let scratch = Buffer(scratch: workers * g.blockCount)
        let served = g.heads / g.keyHeads
        WorkerPool.shared.run(tiles: g.batch * g.keyHeads, workers: workers) { tile, worker in
            let (n, group) = (tile / g.keyHeads, tile % g.keyHeads)
            let ds = scratch.pointer + worker * g.blockCount
            for h in group * served..<(group + 1) * served {
                let block = n * g.heads + h
                let weights = p + block * g.blockCount
                let beta: Float = h == group * served ? 0 : 1
                let dyHead = g.output(dy, n, h)
                dropout?.apply(weights, into: ds, count: g.blockCount, block: block)
                let used = MatrixView(dropout == nil ? weights : UnsafePointer(ds), g.queries, g.keys)
                BLAS.multiply(
                    used.transposed, dyHead, into: dv + (n * g.keys * g.keyHeads + group) * g.valueSize,
                    stride: g.keyHeads * g.valueSize, beta: beta)
                BLAS.multiply(dyHead, g.value(v, n, group).transposed, into: ds)
                dropout?.apply(ds, into: ds, count: g.blockCount, block: block)
                if let dp {
                    Elementwise.mapSerially(ds, dp + block * g.blockCount, into: ds, count: g.blockCount) {
                        $0 + $1
                    }
                }
                softmaxGradient(g, weights, ds)
                let dScores = MatrixView(ds, g.queries, g.keys)
                BLAS.multiply(
                    dScores, g.key(k, n, group), into: dq + (n * g.queries * g.heads + h) * g.keySize,
                    stride: g.heads * g.keySize)
                BLAS.multiply(
                    dScores.transposed, g.query(q, n, h),
                    into: dk + (n * g.keys * g.keyHeads + group) * g.keySize, stride: g.keyHeads * g.keySize,
                    beta: beta)
            }
        }
        withExtendedLifetime(scratch) {}
    }

    /// Makes weights of the scores of one head; a query without keys has only zeros.
    private static func normalize(
        _ g: AttentionGeometry, _ masks: AttentionMasks, _ n: Int, _ h: Int,
        _ p: UnsafeMutablePointer<Float>, scale: Float
    ) {
        for t in 0..<g.queries {
            let row = p + t * g.keys
            let range = g.range(ofQuery: t)
            if masks.queries.map({ $0[n * g.queries + t] == 0 }) ?? false || range.isEmpty {
                row.update(repeating: 0, count: g.keys)
                continue
            }
            row.update(repeating: 0, count: range.lowerBound)
            (row + range.upperBound).update(repeating: 0, count: g.keys - range.upperBound)
            if !masks.isEmpty { exclude(g, masks, n, h, t, range, row) }
            normalize(row + range.lowerBound, range.count, scale)
        }
    }

    /// Gives the masked keys of a query the score −∞.
    private static func exclude(
        _ g: AttentionGeometry, _ masks: AttentionMasks, _ n: Int, _ h: Int, _ t: Int, _ range: Range<Int>,
        _ row: UnsafeMutablePointer<Float>
    ) {
        if let keys = masks.keys {
            for s in range where keys[n * g.keyCapacity + s] == 0 { row[s] = -.infinity }
        }
        if let pairs = masks.pairs {
            let line = pairs + ((masks.hasHeads ? n * g.heads + h : n) * g.queries + t) * g.keys
            for s in range where line[s] == 0 { row[s] = -.infinity }
        }
    }

    /// The softmax of scale · row; zeros where all elements are −∞.
    private static func normalize(_ row: UnsafeMutablePointer<Float>, _ count: Int, _ scale: Float) {
        var largest = -Float.infinity
        for i in 0..<count { largest = row[i].isNaN ? row[i] : max(largest, row[i]) }
        guard largest > -.infinity || largest.isNaN else { return row.update(repeating: 0, count: count) }
        // −∞ · scale is NaN for a scale of 0, which no layer has; the difference is −∞ before scaling.
        Elementwise.mapSerially(row, into: row, count: count) { (($0 - largest) * scale).exponential }
        let factor = 1 / Float(Reduction.sum(row, count: count))
        Elementwise.mapSerially(row, into: row, count: count) { $0 * factor }
    }

    /// ds ← scale · p · (ds − Σ ds · p) along every row.
    private static func softmaxGradient(
        _ g: AttentionGeometry, _ p: UnsafePointer<Float>, _ ds: UnsafeMutablePointer<Float>
    ) {
        for t in 0..<g.queries {
            let (p, ds) = (p + t * g.keys, ds + t * g.keys)
            var lanes = Vector()
            var i = 0
            while i &+ Vector.width <= g.keys {
                lanes += Vector(p + i) * Vector(ds + i)
                i &+= Vector.width
            }
            var sum = lanes.sum()
            while i < g.keys {
                sum += p[i] * ds[i]
                i &+= 1
            }
            let (total, scale) = (sum, g.scale)
            Elementwise.mapSerially(p, ds, into: ds, count: g.keys) { $0 * ($1 - total) * scale }
        }
    }
}
