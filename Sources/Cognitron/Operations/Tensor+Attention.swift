import CognitronKernels

/// How queries attend to keys: the weights of the values are a softmax of scale · q · k over the keys that
/// the masks allow, some of them dropped in training.
struct AttentionRule {
    var scale: Float = 1
    /// Whether a query attends to no later key.
    var isCausal = false
    /// The number of the first query among the keys, which `isCausal` and `window` count by.
    var firstQuery = 0
    /// How many of the keys count, the first ones; all by default.
    var keyCount: Int?
    /// The distance from which on keys are out of reach.
    var window: Int?
    /// (N, S), (N, T), and (N, T, S) or (N, H, T, S): 0 masks. A query whose keys are all masked attends to
    /// nothing: its output is zero.
    var keyMask: Tensor?
    var queryMask: Tensor?
    var pairMask: Tensor?
    var dropout: (rate: Float, key: RandomKey)?

    fileprivate func geometry(_ q: Shape, _ k: Shape, valueSize: Int) -> AttentionGeometry {
        AttentionGeometry(
            batch: q[0], queries: q[1], keys: keyCount ?? k[1], heads: q[2], keyHeads: k[2], keySize: q[3],
            valueSize: valueSize, scale: scale, isCausal: isCausal, window: window, firstQuery: firstQuery,
            keyCapacity: k[1])
    }

    /// The pointers live as long as this value.
    fileprivate var masks: AttentionMasks {
        var masks = AttentionMasks()
        masks.keys = keyMask.flatMap { $0.hasZeros ? $0.pointer : nil }
        masks.queries = queryMask.flatMap { $0.hasZeros ? $0.pointer : nil }
        masks.pairs = pairMask?.pointer
        masks.hasHeads = pairMask?.rank == 4
        return masks
    }

    fileprivate var droppedWeights: AttentionDropout? {
        dropout.map { AttentionDropout($0.key.philox, rate: $0.rate) }
    }
}

extension Tensor {
    /// Whether a mask leaves anything out.
    fileprivate var hasZeros: Bool { withUnsafeScalars { $0.contains(0) } }
}

// q: (N, T, H, D), k: (N, S, G, D), v: (N, S, G, V), y: (N, T, H, V), weights: (N, H, T, S); H is a multiple
// of G.
extension Tensor {
    /// y = drop(softmax(scale · q · kᵀ)) · v, with self as q.
    ///
    /// - Parameter keepsWeights: whether the weights, before dropout, are returned: the gradients need them.
    func attended(
        _ k: Tensor, _ v: Tensor, by rule: AttentionRule, keepsWeights: Bool
    ) -> (y: Tensor, weights: Tensor?) {
        let g = rule.geometry(shape, k.shape, valueSize: v.shape[3])
        var y = Tensor(uninitialized: [shape[0], shape[1], shape[2], v.shape[3]])
        var weights = keepsWeights ? Tensor(uninitialized: [g.batch, g.heads, g.queries, g.keys]) : nil
        AttentionKernel.forward(
            g, pointer, k.pointer, v.pointer, rule.masks, dropout: rule.droppedWeights,
            into: y.mutablePointer, weights: weights?.mutablePointer)
        withExtendedLifetime((self, k, v, rule)) {}
        return (y, weights)
    }

    /// The gradients of q, k and v, with self as dy.
    ///
    /// - Parameter weightsGradient: that of the weights, where they are an output too.
    func attentionGradients(
        _ q: Tensor, _ k: Tensor, _ v: Tensor, weights: Tensor, weightsGradient: Tensor? = nil,
        by rule: AttentionRule
    ) -> (dq: Tensor, dk: Tensor, dv: Tensor) {
        let g = rule.geometry(q.shape, k.shape, valueSize: v.shape[3])
        var (dq, dk) = (Tensor(uninitialized: q.shape), Tensor(uninitialized: k.shape))
        var dv = Tensor(uninitialized: v.shape)
        AttentionKernel.backward(
            g, q.pointer, k.pointer, v.pointer, weights: weights.pointer, dropout: rule.droppedWeights,
            pointer, dp: weightsGradient?.pointer, dq: dq.mutablePointer, dk: dk.mutablePointer,
            dv: dv.mutablePointer)
        withExtendedLifetime((self, q, k, v, weights, weightsGradient, rule)) {}
        return (dq, dk, dv)
    }

    /// The softmax of scores (N, T, S) over the keys that the rule allows, 0 for the others.
    func attentionWeights(by rule: AttentionRule) -> Tensor {
        let g = AttentionGeometry(
            batch: shape[0], queries: shape[1], keys: shape[2], heads: 1, keyHeads: 1, keySize: 1,
            valueSize: 1,
            scale: 1, isCausal: rule.isCausal, window: rule.window)
        var weights = Tensor(uninitialized: shape)
        AttentionKernel.weights(g, pointer, rule.masks, into: weights.mutablePointer)
        withExtendedLifetime((self, rule)) {}
        return weights
    }

    /// The gradient of the scores, with self as that of the weights.
    consuming func attentionWeightsGradient(_ weights: Tensor) -> Tensor {
        let columns = shape[rank - 1]
        let rows = count / Swift.max(1, columns)
        let ds = overwritten { dp, ds in
            SoftmaxKernel.backward(weights.pointer, dp, into: ds, rows: rows, columns: columns)
        }
        withExtendedLifetime(weights) {}
        return ds
    }
}
