import CognitronKernels

// Losses of embeddings `(N, D)`: those of samples with the same label should be near each other, others far.
// Targets are whole numbers `(N)`. What one sample costs depends on all others of the batch.

extension Loss {
    /// Circle loss with gamma 80 and margin 0.4.
    public static let circle = circle()

    /// For each sample, with d = 1 − the cosine similarity and m the margin,
    ///
    ///     softplus(ln Σ e^(−gamma·(m + d)·(m − d)) + ln Σ e^(gamma·(1 + m − d)·(1 − m − d)))
    ///
    /// the first sum over samples of the same label, the second over all others. Embeddings have length 1.
    /// The mean is over samples whose loss is not 0, as in Keras.
    ///
    /// - Parameters:
    ///   - gamma: how much the hard pairs outweigh the others.
    ///   - removeDiagonal: whether a sample is not paired with itself.
    /// - Source: Keras `Circle`; Sun et al., "Circle Loss: A Unified Perspective of Pair Similarity
    ///   Optimization" (2020).
    public static func circle(
        gamma: Float = 80, margin: Float = 0.4, removeDiagonal: Bool = true,
        reduction: Reduction = .sumOverBatchSize
    ) -> Loss {
        let row = PairRows.circle(gamma: gamma, margin: margin, removeDiagonal: removeDiagonal)
        return pairs("circle", reduction, .positive("circle", "gamma", gamma)) { x, labels in
            let (s, toEmbeddings) = PairLosses.similarities(x)
            let (losses, toSimilarities) = PairLosses.evaluate(row, s, labels)
            // NaN counts.
            let counted = 1 - (losses .<= 0)
            return WholeLosses(losses: losses, counted: counted) { toEmbeddings(toSimilarities($0)) }
        }
    }

    /// The semi-hard triplet loss with a margin of 1.
    public static let tripletSemiHard = tripletSemiHard()

    /// The mean over all pairs of samples of the same label of max(margin + d − n, 0): d is their distance,
    /// n that from the first to the nearest sample of another label farther than d, or to the farthest where
    /// none is. One loss for the batch.
    ///
    /// - Source: TensorFlow Addons `TripletSemiHardLoss`; Schroff et al., "FaceNet: A Unified Embedding for
    ///   Face Recognition and Clustering" (2015).
    public static func tripletSemiHard(margin: Float = 1, reduction: Reduction = .sumOverBatchSize) -> Loss {
        let row = PairRows.tripletSemiHard(margin: margin)
        return pairs("triplet_semihard_loss", reduction) { x, labels in
            let (d, toEmbeddings) = PairLosses.distances(x)
            let (losses, toDistances) = PairLosses.evaluate(row, d, labels)
            let count = labels.shape[0]
            let pairs = (labels.reshaped([count, 1]) .== labels).sum() - Float(count)
            let share = 1 / max(pairs, 1)
            return WholeLosses(losses: Tensor(losses.sum() * share)) {
                toEmbeddings(toDistances(Tensor.ones([count]) * ($0.scalar * share)))
            }
        }
    }

    /// The hard triplet loss with a margin of 1.
    public static let tripletHard = tripletHard()

    /// max(margin + p − n, 0) for each sample: p is the distance to the farthest sample of the same label, n
    /// that to the nearest of another. 0 for a sample that has no such other.
    ///
    /// - Parameter soft: whether it is ln(1 + e^(p − n)) instead, which never stops pulling.
    /// - Source: TensorFlow Addons `TripletHardLoss`; Hermans et al., "In Defense of the Triplet Loss for
    ///   Person Re-Identification" (2017).
    public static func tripletHard(
        margin: Float = 1, soft: Bool = false, reduction: Reduction = .sumOverBatchSize
    ) -> Loss {
        let row = PairRows.tripletHard(margin: margin, isSoft: soft)
        return pairs("triplet_hard_loss", reduction) { x, labels in
            let (d, toEmbeddings) = PairLosses.distances(x)
            let (losses, toDistances) = PairLosses.evaluate(row, d, labels)
            return WholeLosses(losses: losses) { toEmbeddings(toDistances($0)) }
        }
    }

    private static func pairs(
        _ name: String, _ reduction: Reduction, _ problem: CognitronError? = nil,
        _ function: @escaping @Sendable (_ embeddings: Tensor, _ labels: Tensor) -> WholeLosses
    ) -> Loss {
        let whole: Whole = { x, labels, _ in
            require(x.rank == 2, "\(name) takes embeddings of shape (N, D), got \(x.shape)")
            return function(x, labels)
        }
        return Loss(name, .labels, .whole(whole), reduction, problem: problem)
    }
}
