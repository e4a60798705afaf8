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

    /// The prototypical loss of episodes with one example of each class.
    public static let prototypical = prototypical()

    /// −ln softmax(−|x − c|²) of a sample's own class, c being the mean of each class's examples: the first
    /// `shots` samples of each label in the batch. Examples themselves cost nothing; the mean is over all
    /// other samples.
    ///
    /// - Parameter shots: the number of examples of a class; a class with as many samples or fewer has
    ///   examples only.
    /// - Source: Snell, Swersky and Zemel, "Prototypical Networks for Few-shot Learning" (2017).
    public static func prototypical(shots: Int = 1, reduction: Reduction = .sumOverBatchSize) -> Loss {
        pairs("prototypical", reduction, .atLeast("prototypical", "shots", shots, 1)) { x, labels in
            let episode = PrototypeEpisode(labels, shots: shots)
            let prototypes = episode.means.matmul(x)  // (C, D)
            let products = x.matmul(prototypes, transposingOther: true)
            // −|x − c|² + |x|², whose softmax over the classes is the same: (N, C)
            let scores = 2 * products - prototypes.squared.sum(axis: 1)
            let losses = scores.logSumExp(axis: 1) - (scores * episode.classes).sum(axis: 1)
            return WholeLosses(losses: losses * episode.isQuery, counted: episode.isQuery) { lossGradient in
                let count = labels.shape[0]
                let weights = lossGradient.reshaped([count, 1]) * episode.isQuery.reshaped([count, 1])
                let slope = (scores.softmax() - episode.classes) * weights  // (N, C), rows of sum 0
                let pull = slope.transposed  // (C, N)
                let toPrototypes = pull.matmul(x) - prototypes * pull.sum(axis: 1, keepingDimensions: true)
                return 2 * (slope.matmul(prototypes) + episode.means.transposed.matmul(toPrototypes))
            }
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

/// A batch of embeddings as examples of classes and queries.
private struct PrototypeEpisode {
    /// The weight of each sample in the mean of each class: (C, N).
    let means: Tensor
    /// The class of each sample as a row with a 1: (N, C).
    let classes: Tensor
    /// 1 for samples that are no examples: (N).
    let isQuery: Tensor

    /// - Parameter labels: (N).
    init(_ labels: Tensor, shots: Int) {
        var (numbers, examples): ([Float: Int], [[Int]]) = ([:], [])
        let classOfSample = labels.scalars.enumerated().map { sample, label in
            let number = numbers[label] ?? examples.count
            if number == examples.count {
                numbers[label] = number
                examples.append([])
            }
            if examples[number].count < shots { examples[number].append(sample) }
            return number
        }
        let count = classOfSample.count
        var (means, isQuery) = (
            [Float](repeating: 0, count: examples.count * count), [Float](repeating: 1, count: count)
        )
        for (number, samples) in examples.enumerated() {
            for sample in samples {
                means[number * count + sample] = 1 / Float(samples.count)
                isQuery[sample] = 0
            }
        }
        self.means = Tensor(means, shape: [examples.count, count])
        self.isQuery = Tensor(isQuery)
        classes = Tensor(classOfSample).oneHot(classCount: examples.count)
    }
}
