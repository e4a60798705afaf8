import Cognitron

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Samples in two dimensions, such that those that are neighbours in the data are neighbours there: t-SNE.
///
///     p[j|i] ∝ exp(−|x[i] − x[j]|² / 2σ[i]²),  p[i, j] = (p[j|i] + p[i|j]) / 2N
///     q[i, j] ∝ 1 / (1 + |y[i] − y[j]|²);      loss = Σ p[i, j] · log(p[i, j] / q[i, j])
///
/// σ[i] gives each sample so many neighbours as the perplexity says. Time and memory grow with N².
///
/// - Source: van der Maaten and Hinton, "Visualizing Data using t-SNE" (2008); scikit-learn's `TSNE` with
///   `method="exact"`, `init="pca"` and `learning_rate="auto"`, of which few samples get a smaller one.
public struct NeighbourEmbedding: Sendable {
    /// (N, 2).
    public let places: Tensor
    /// The loss at the end, in nats.
    public let loss: Float

    /// The most samples: N² numbers of them take 64 MB.
    public static let limit = 4000

    private static let early = 250
    private static let exaggeration: Float = 12

    /// - Parameters:
    ///   - data: (N, D), N ≥ 5.
    ///   - perplexity: about the number of neighbours, at most (N − 1) / 3.
    ///   - steps: of gradient descent.
    /// - Throws: `CognitronError` where the data have another shape, are not finite, or have too few or too
    ///   many samples.
    public init(of data: Tensor, perplexity: Float = 30, steps: Int = 1000) throws {
        guard data.rank == 2, (5...Self.limit).contains(data.shape[0]) else {
            throw CognitronError(
                .shape, "data", "cannot be arranged", expected: "5 to \(Self.limit) rows of numbers",
                got: "\(data.shape)")
        }
        let count = data.shape[0]
        let components = try PrincipalComponents(of: data, count: min(2, data.shape[1]))
        let perplexity = min(perplexity, Float(count - 1) / 3)
        let p = Self.affinities(data, perplexity: perplexity)
        var y = Self.start(components.transform(data))
        var velocity = Tensor.zeros([count, 2])
        var gains = Tensor.ones([count, 2])
        // scikit-learn's is at least 50, with which one of a few samples may run away.
        let rate = max(Float(count) / Self.exaggeration / 4, 10)
        for step in 0..<steps {
            let factor = step < Self.early ? Self.exaggeration : 1
            let gradient = Self.gradient(p, y, factor: factor)
            // Gains grow where the gradient keeps its direction against the velocity's.
            let isSame = (gradient * velocity) .> 0
            gains = Tensor.where(isSame, gains * 0.8, gains + 0.2).maximum(0.01)
            velocity = velocity * (step < Self.early ? 0.5 : 0.8) - gains * gradient * rate
            y += velocity
        }
        places = y - y.mean(axis: 0)
        loss = Self.loss(p, y)
    }

    /// The first two components, small, so that the first steps arrange all.
    private static func start(_ projected: Tensor) -> Tensor {
        let two =
            projected.shape[1] == 2 ? projected : Tensor.concatenated([projected, projected * 0], axis: 1)
        let deviation = two.slice(axis: 1, 0).standardDeviation(axis: 0).scalar
        return two * (1e-4 / max(deviation, 1e-12))
    }

    /// |x[i] − x[j]|², (N, N).
    private static func squaredDistances(_ x: Tensor) -> Tensor {
        let squares = (x * x).sum(axis: 1)
        let products = x.matmul(x, transposingOther: true)
        return (squares.reshaped([-1, 1]) + squares - products * 2).maximum(0)
    }

    /// p, (N, N).
    private static func affinities(_ data: Tensor, perplexity: Float) -> Tensor {
        let count = data.shape[0]
        let distances = squaredDistances(data).scalars
        var conditional = [Float](repeating: 0, count: count * count)
        for row in 0..<count {
            let own = Array(distances[row * count..<(row + 1) * count])
            let weights = Self.neighbours(own, of: row, entropy: log(perplexity))
            for column in 0..<count { conditional[row * count + column] = weights[column] }
        }
        let p = Tensor(conditional, shape: [count, count])
        return ((p + p.permuted([1, 0])) / Float(2 * count)).maximum(1e-12)
    }

    /// p[j|i] of one row, whose entropy is found by bisection of 1 / 2σ².
    private static func neighbours(_ distances: [Float], of row: Int, entropy: Float) -> [Float] {
        var (precision, low, high): (Float, Float, Float) = (1, 0, .infinity)
        var weights: [Float] = []
        let nearest = distances.indices.filter { $0 != row }.map { distances[$0] }.min() ?? 0
        for _ in 0..<64 {
            weights = distances.map { exp(-($0 - nearest) * precision) }
            weights[row] = 0
            let sum = weights.reduce(0, +)
            let mean = zip(weights, distances).reduce(Float(0)) { $0 + $1.0 * ($1.1 - nearest) } / sum
            let difference = log(sum) + precision * mean - entropy
            weights = weights.map { $0 / sum }
            if abs(difference) < 1e-5 { break }
            if difference > 0 { low = precision } else { high = precision }
            precision = high == .infinity ? precision * 2 : (low + high) / 2
        }
        return weights
    }

    /// 1 / (1 + |y[i] − y[j]|²) with 0 on the diagonal, and their sum.
    private static func affinities(ofPlaces y: Tensor) -> (unnormalized: Tensor, sum: Float) {
        let count = y.shape[0]
        var q = 1 / (squaredDistances(y) + 1)
        q.withUnsafeMutableScalars { scalars in
            for index in 0..<count { scalars[index * (count + 1)] = 0 }
        }
        return (q, max(q.sum(), .leastNormalMagnitude))
    }

    /// 4 · Σ (factor · p[i, j] − q[i, j]) · (y[i] − y[j]) / (1 + |y[i] − y[j]|²)
    private static func gradient(_ p: Tensor, _ y: Tensor, factor: Float) -> Tensor {
        let (unnormalized, sum) = affinities(ofPlaces: y)
        let forces = (p * factor - unnormalized / sum) * unnormalized
        let totals = forces.sum(axis: 1, keepingDimensions: true)
        return (y * totals - forces.matmul(y)) * 4
    }

    private static func loss(_ p: Tensor, _ y: Tensor) -> Float {
        let (unnormalized, sum) = affinities(ofPlaces: y)
        return zip(p.scalars, unnormalized.scalars).reduce(0) { total, pair in
            total + pair.0 * log(pair.0 / max(pair.1 / sum, 1e-12))
        }
    }
}
