import Cognitron

/// The directions along which data vary most.
///
///     covariance = (X − mean)ᵀ · (X − mean) / (N − 1) = Σ variance[k] · component[k] · component[k]ᵀ
///
///     let components = try PrincipalComponents(of: embedding, count: 2)
///     let places = components.transform(embedding)           // (N, 2)
///
/// The sign of a component is chosen so that its largest coordinate is positive.
///
/// - Source: Pearson (1901); scikit-learn's `PCA`.
public struct PrincipalComponents: Sendable {
    /// (D).
    public let mean: Tensor
    /// (count, D), orthonormal rows, by falling variance.
    public let components: Tensor
    /// The variance of the data along each component.
    public let variances: [Float]
    /// The share of all variance along each component; 0 where the data do not vary.
    public let shares: [Float]

    /// - Parameters:
    ///   - data: (N, D), N ≥ 2, D ≤ 10,000: the covariances take 4·D² bytes.
    ///   - count: of components, at most D.
    /// - Throws: `CognitronError` where the data have another shape or are not finite, or there are not so
    ///   many components.
    public init(of data: Tensor, count: Int = 2) throws {
        guard data.rank == 2, data.shape[0] >= 2, data.shape[1] >= 1 else {
            throw CognitronError(
                .shape, "data", "have no components", expected: "at least two rows of numbers",
                got: "\(data.shape)")
        }
        guard data.shape[1] <= Self.mostNumbers else {
            throw CognitronError(
                .argument, "data", "are too wide for components",
                expected: "rows of at most \(Self.mostNumbers) numbers", got: "\(data.shape[1])",
                advice: "name a layer with fewer outputs")
        }
        guard (1...data.shape[1]).contains(count) else {
            throw CognitronError(
                .argument, "count", "there are not so many components", expected: "1 to \(data.shape[1])",
                got: "\(count)")
        }
        guard data.scalars.allSatisfy(\.isFinite) else {
            throw CognitronError(.notFinite, "data", "are not finite", expected: "numbers")
        }
        mean = data.mean(axis: 0)
        let centred = data - mean
        let covariance = centred.matmul(centred, transposingSelf: true) / Float(data.shape[0] - 1)
        let (values, vectors) = covariance.symmetricEigenvectors()
        let all = values.scalars.map { max($0, 0) }
        let total = all.reduce(0, +)
        // Ascending order becomes descending.
        let last = (0..<count).map { data.shape[1] - 1 - $0 }
        variances = last.map { all[$0] }
        shares = last.map { total > 0 ? all[$0] / total : 0 }
        components = Tensor.stacked(last.map { Self.signed(vectors[$0]) })
    }

    private static let mostNumbers = 10_000

    /// The places of data along the components: (N, D) to (N, count).
    public func transform(_ data: Tensor) -> Tensor {
        (data - mean).matmul(components, transposingOther: true)
    }

    private static func signed(_ vector: Tensor) -> Tensor {
        let largest = vector.scalars.max { abs($0) < abs($1) } ?? 0
        return largest < 0 ? vector * -1 : vector
    }
}
