import CognitronKernels

/// How a parameter's first numbers are drawn.
///
/// The scaled ones look at how many inputs (`fanIn`) and outputs (`fanOut`) a weight connects: `(inputs, units)` of a
/// dense kernel, and these times the kernel's area of a convolution's.
///
/// Arguments that cannot be drawn from (a minimum above the maximum, numbers that are not finite) are errors of the
/// layer's `build`.
///
/// - Source: Keras `initializers`.
public struct Initializer: Hashable, Sendable, Codable {
    enum Kind: Hashable, Sendable, Codable {
        case constant(Float)
        case uniform(low: Float, high: Float)
        case normal(mean: Float, standardDeviation: Float)
        case truncatedNormal(mean: Float, standardDeviation: Float)
        /// variance = scale / fan
        case varianceScaling(scale: Float, fan: Fan, distribution: Distribution)
        case orthogonal(gain: Float)
    }

    enum Fan: String, Hashable, Sendable, Codable { case input, average }
    enum Distribution: String, Hashable, Sendable, Codable { case uniform, truncatedNormal }

    let kind: Kind

    public static let zeros = constant(0)
    public static let ones = constant(1)
    public static func constant(_ value: Float) -> Initializer { Initializer(kind: .constant(value)) }

    /// Even over ±√(6 / (fanIn + fanOut)): Glorot and Bengio, "Understanding the difficulty of training deep
    /// feedforward neural networks" (2010).
    public static let glorotUniform = scaled(1, .average, .uniform)
    /// Truncated normal with variance 2 / (fanIn + fanOut).
    public static let glorotNormal = scaled(1, .average, .truncatedNormal)
    /// Even over ±√(6 / fanIn): He et al., "Delving Deep into Rectifiers" (2015).
    public static let heUniform = scaled(2, .input, .uniform)
    /// Truncated normal with variance 2 / fanIn.
    public static let heNormal = scaled(2, .input, .truncatedNormal)
    /// Even over ±√(3 / fanIn): LeCun et al., "Efficient BackProp" (1998).
    public static let lecunUniform = scaled(1, .input, .uniform)
    /// Truncated normal with variance 1 / fanIn.
    public static let lecunNormal = scaled(1, .input, .truncatedNormal)

    /// Normal with mean 0 and standard deviation 0.05.
    public static let randomNormal = randomNormal()
    public static func randomNormal(mean: Float = 0, standardDeviation: Float = 0.05) -> Initializer {
        Initializer(kind: .normal(mean: mean, standardDeviation: standardDeviation))
    }

    /// Normal, with numbers further than two standard deviations from the mean drawn again.
    public static let truncatedNormal = truncatedNormal()
    public static func truncatedNormal(mean: Float = 0, standardDeviation: Float = 0.05) -> Initializer {
        Initializer(kind: .truncatedNormal(mean: mean, standardDeviation: standardDeviation))
    }

    /// Even over -0.05..<0.05, or over the given range; where minimum and maximum are equal, that number.
    public static let randomUniform = randomUniform()
    public static func randomUniform(minimum: Float = -0.05, maximum: Float = 0.05) -> Initializer {
        Initializer(kind: .uniform(low: minimum, high: maximum))
    }

    /// Orthonormal columns (or rows, whichever are fewer) of the kernel seen as (…, outputs): Saxe et al., "Exact
    /// solutions to the nonlinear dynamics of learning in deep linear neural networks" (2014).
    public static let orthogonal = orthogonal()
    public static func orthogonal(gain: Float = 1) -> Initializer {
        Initializer(kind: .orthogonal(gain: gain))
    }

    private static func scaled(_ scale: Float, _ fan: Fan, _ distribution: Distribution) -> Initializer {
        Initializer(kind: .varianceScaling(scale: scale, fan: fan, distribution: distribution))
    }

    /// What is wrong with the arguments; nil where nothing is.
    var problem: (expected: String, got: String)? {
        switch kind {
        case .constant(let value) where !value.isFinite: ("a finite constant", value.text)
        // The span must be finite too: numbers are drawn as shares of it.
        case .uniform(let low, let high) where !(low <= high && (high - low).isFinite):
            ("a minimum that is not above the maximum, both finite", "\(low.text) and \(high.text)")
        case .normal(let mean, let deviation) where !(mean.isFinite && deviation >= 0 && deviation.isFinite),
            .truncatedNormal(let mean, let deviation)
        where !(mean.isFinite && deviation >= 0 && deviation.isFinite):
            ("a finite mean and a standard deviation of at least 0", "\(mean.text) and \(deviation.text)")
        case .varianceScaling(let scale, _, _) where !(scale >= 0 && scale.isFinite):
            ("a finite scale of at least 0", scale.text)
        case .orthogonal(let gain) where !gain.isFinite: ("a finite gain", gain.text)
        default: nil
        }
    }

    /// A tensor of the given shape. The same key gives the same numbers.
    public func make(_ shape: Shape, key: RandomKey) -> Tensor {
        if let problem {
            preconditionFailure("an initializer expected \(problem.expected), got \(problem.got)")
        }
        switch kind {
        case .constant(let value): return Tensor(repeating: value, shape: shape)
        case .uniform(let low, let high): return .randomUniform(shape, in: low..<high, key: key)
        case .normal(let mean, let deviation):
            return .randomNormal(shape, mean: mean, standardDeviation: deviation, key: key)
        case .truncatedNormal(let mean, let deviation):
            return .randomTruncatedNormal(shape, mean: mean, standardDeviation: deviation, key: key)
        case .varianceScaling(let scale, let fan, let distribution):
            return Self.scaled(shape, variance: scale / Self.size(of: fan, shape), distribution, key)
        case .orthogonal(let gain): return Self.orthogonal(shape, gain, key)
        }
    }

    private static func size(of fan: Fan, _ shape: Shape) -> Float {
        let area = shape.dropLast(2).reduce(1, *)
        let (inputs, outputs) =
            shape.rank < 2
            ? (shape.elementCount, shape.elementCount)
            : (area * shape[shape.rank - 2], area * shape[shape.rank - 1])
        return Swift.max(1, fan == .input ? Float(inputs) : Float(inputs + outputs) / 2)
    }

    /// The standard deviation of a normal number that is cut at ±2: drawing with 1/0.8796 of the wanted deviation
    /// makes up for it.
    private static let truncatedDeviation: Float = 0.879_625_66

    private static func scaled(
        _ shape: Shape, variance: Float, _ distribution: Distribution, _ key: RandomKey
    ) -> Tensor {
        switch distribution {
        case .uniform:
            let limit = (3 * variance).squareRoot()
            return .randomUniform(shape, in: -limit..<limit, key: key)
        case .truncatedNormal:
            let deviation = variance.squareRoot() / truncatedDeviation
            return .randomTruncatedNormal(shape, standardDeviation: deviation, key: key)
        }
    }

    private static func orthogonal(_ shape: Shape, _ gain: Float, _ key: RandomKey) -> Tensor {
        let columns = shape.last ?? 1
        let rows = shape.elementCount / Swift.max(1, columns)
        let (long, short) = (Swift.max(rows, columns), Swift.min(rows, columns))
        var matrix = Tensor.randomNormal([long, short], key: key)
        LAPACK.orthonormalize(matrix.mutablePointer, rows: long, columns: short)
        return ((rows < columns ? matrix.transposed : matrix) * gain).reshaped(shape)
    }
}
