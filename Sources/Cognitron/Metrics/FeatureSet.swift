import CognitronKernels

/// Features of many pictures, and the Gaussian that fits them: what generated pictures are judged by.
///
///     let features = try classifier.featureExtractor(["dense"])
///     let real = try FeatureSet(features.predict(photographs))
///     let made = try FeatureSet(features.predict(generator.predict(noise)))
///     made.frechetDistance(to: real)              // beside that of other real pictures
///     made.diversity                              // beside real.diversity
///     made.nearest(in: real, count: 3)            // the photographs most like each of them
///
/// Features are numbers that a network has for each picture: a classifier's layer before its classes, or the
/// pictures themselves, flattened. Scores of different networks' features cannot be compared.
///
/// - Source: Heusel et al., "GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash
///   Equilibrium" (2017), there with the features of Inception v3.
public struct FeatureSet: Sendable {
    /// (N, D).
    public let features: Tensor
    /// (D).
    public let mean: Tensor
    /// Σ = Fᵀ·F, with rows √λ · v of its eigenvalues and eigenvectors.
    private let factor: Tensor
    /// The sum of the variances, tr Σ.
    public let variance: Float

    /// - Parameter features: `(N, D)`, N ≥ 2; N well above D for a distance that depends little on N.
    /// - Throws: `CognitronError` where they have another shape or are not finite.
    public init(_ features: Tensor) throws {
        guard features.rank == 2, features.shape[0] >= 2, features.shape[1] >= 1 else {
            throw CognitronError(
                .shape, "features", "are no rows of numbers", expected: "(N, D) with two rows or more",
                got: "\(features.shape)", advice: "take a layer after pooling, or flatten them")
        }
        guard features.isFinite else {
            throw CognitronError(.notFinite, "features", "are not finite", expected: "finite numbers")
        }
        (self.features, mean) = (features, features.mean(axis: 0))
        let centred = features - mean
        let covariance = centred.matmul(centred, transposingSelf: true) / Float(features.shape[0] - 1)
        let (values, vectors) = covariance.symmetricEigenvectors()
        let variances = values.maximum(0)
        factor = variances.squareRoot.expandingDimensions(at: 1) * vectors
        variance = variances.sum()
    }

    /// The Fréchet distance between the Gaussians that fit this set and another.
    ///
    ///     d² = |μ₁ − μ₂|² + tr(Σ₁ + Σ₂ − 2 · (Σ₁·Σ₂)^½)
    ///
    /// What is returned is d², as everywhere ("FID"): 0 for equal Gaussians. Small sets have larger distances
    /// than large ones of the same kind: compare sets of equal size, and with that of real pictures from
    /// other real ones.
    ///
    /// - Parameter other: of the same network.
    public func frechetDistance(to other: FeatureSet) -> Float {
        require(
            mean.shape == other.mean.shape, "\(mean.count) features are compared with \(other.mean.count)")
        // With Σ = Fᵀ·F the eigenvalues of Σ₁·Σ₂ are the squares of the singular values of F₁·F₂ᵀ.
        let product = factor.matmul(other.factor, transposingOther: true)
        let overlap = product.singularValues().sum()
        return max(0, (mean - other.mean).squared.sum() + variance + other.variance - 2 * overlap)
    }

    /// How much the pictures differ from one another: the mean Euclidean distance of two of them.
    ///
    ///     Σ |f[i] − f[j]| / (N · (N − 1)) over i ≠ j
    ///
    /// A generator that makes the same picture again and again has a diversity near 0.
    public var diversity: Float {
        let (centred, count) = (features - mean, features.shape[0])
        let sum = Self.blocks(of: count).reduce(Float(0)) { sum, rows in
            let own = centred.slice(axis: 0, rows)
            var distances = own.distances(to: centred)
            // A row's distance from itself is 0, but not in rounding.
            for (place, row) in rows.enumerated() { distances[place, row] = 0 }
            return sum + distances.sum() / Float(count - 1)
        }
        return sum / Float(count)
    }

    /// The members of another set that are nearest to each of this one, by the features' Euclidean distance:
    /// the training pictures beside those that a generator made of them.
    ///
    /// - Parameters:
    ///   - other: of the same network.
    ///   - count: how many for each, nearest first; at most all.
    /// - Returns: for each member of this set the numbers of the nearest in the other, and their distances.
    public func nearest(in other: FeatureSet, count: Int = 1) -> [[(index: Int, distance: Float)]] {
        require(
            mean.shape == other.mean.shape, "\(mean.count) features are compared with \(other.mean.count)")
        let (own, others) = (features - other.mean, other.features - other.mean)
        return Self.blocks(of: features.shape[0]).flatMap { rows in
            let (values, indices) = (-own.slice(axis: 0, rows).distances(to: others))
                .topK(min(count, others.shape[0]))
            return zip(values.unstacked(), indices.unstacked()).map { values, indices in
                zip(indices.scalars, values.scalars).map { (index: Int($0), distance: -$1) }
            }
        }
    }

    /// Rows whose distances from all others are held at once.
    private static func blocks(of count: Int) -> [Range<Int>] {
        stride(from: 0, to: count, by: 512).map { $0..<min($0 + 512, count) }
    }
}
