/// Shifts and scales features to mean 0 and variance 1, by the statistics of data that were shown to it.
///
///     output = (input − mean) / √variance          // inverted: input · √variance + mean
///
///     let normalization = Normalization()
///     try normalization.adapt(x)                   // once, before training
///     let model = Sequential { Input(8); normalization; Dense(1) }
///
/// Training does not change the statistics.
///
/// - Input shape: any; output shape: the same.
/// - Parameters: `mean` and `variance`, of the sizes of the axes that keep statistics of their own, unless
///   they are given.
/// - Throws: from `build`, a `CognitronError` where an axis is none of the input's or the given statistics
///   do not fit.
/// - Source: Keras `Normalization`.
public final class Normalization: Layer, Codable {
    /// The axes with statistics of their own; as in Keras, a positive one counts the batch.
    public let axes: [Int]
    public let invert: Bool
    public let name: String?
    /// Statistics that were given.
    private let givenMean: [Float]?
    private let givenVariance: [Float]?

    public let mean = Parameter()
    public let variance = Parameter()
    public var parameters: [Parameter] { givenMean == nil ? [mean, variance] : [] }

    private enum CodingKeys: CodingKey { case axes, givenMean, givenVariance, invert, name }

    /// Keras's epsilon, below which a deviation does not fall.
    private static let smallestDeviation: Float = 1e-7

    /// - Parameters:
    ///   - axis: each index along it has its own statistics; nil for one mean and variance of all numbers.
    ///   - mean: the mean, in place of that of data: one number, or one for each index along the axes.
    ///   - variance: the variance likewise.
    ///   - invert: whether normalised numbers are turned back into the original ones.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public convenience init(
        axis: Int? = -1, mean: [Float]? = nil, variance: [Float]? = nil, invert: Bool = false,
        name: String? = nil
    ) {
        self.init(axes: axis.map { [$0] } ?? [], mean: mean, variance: variance, invert: invert, name: name)
    }

    /// - Parameter axes: those whose indices together have statistics of their own.
    public init(
        axes: [Int], mean: [Float]? = nil, variance: [Float]? = nil, invert: Bool = false,
        name: String? = nil
    ) {
        self.axes = axes
        givenMean = mean
        givenVariance = variance
        self.invert = invert
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        for axis in axes where input.sampleAxis(axis) == nil {
            throw context.error(.argument, "invalid axis", expected: input.sampleAxes, got: "\(axis)")
        }
        let kept = Shape(keptAxes(input).map { input[$0] })
        guard givenMean != nil || givenVariance != nil else {
            try context.declare(mean, "mean", kept, .zeros, isStatistic: true)
            try context.declare(variance, "variance", kept, .ones, isStatistic: true)
            return input
        }
        for values in [givenMean, givenVariance] {
            guard let given = values, given.count == 1 || given.count == kept.elementCount else {
                throw context.error(
                    .argument, "invalid mean or variance",
                    expected: "both, of one number or \(kept.elementCount)",
                    got: values.map { "\($0.count)" } ?? "only one of them")
            }
        }
        return input
    }

    /// Takes over the mean and variance of data.
    ///
    /// - Parameter data: `(N, …)`, all of it or a fair part.
    /// - Throws: `CognitronError` where the data do not fit the axes, are empty, or the statistics were
    ///   given.
    public func adapt(_ data: Tensor) throws {
        var context = BuildContext(path: name ?? "normalization")
        guard givenMean == nil, givenVariance == nil else {
            throw context.error(
                .model, "its mean and variance were given", advice: "leave them out to adapt the layer")
        }
        guard data.count > 0, data.isFinite else {
            throw context.error(
                .data, "cannot adapt to the data", expected: "finite numbers", got: "\(data.shape)")
        }
        _ = try build(data.shape.sample, &context)
        let kept = keptAxes(data.shape.sample).map { $0 + 1 }
        let others = (0..<data.rank).filter { !kept.contains($0) }
        mean.value = data.mean(axes: others).reshaped(mean.shape)
        variance.value = data.variance(axes: others).reshaped(variance.shape)
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let kept = keptAxes(input.shape.sample)
        let sizes = Shape(
            [1] + input.shape.sample.indices.map { kept.contains($0) ? input.shape[$0 + 1] : 1 })
        func spread(_ given: [Float]?, _ parameter: Parameter) -> Tensor {
            guard let given else { return parameter.value.reshaped(sizes) }
            return given.count == 1 ? Tensor(given[0]) : Tensor(given, shape: sizes)
        }
        let mean = spread(givenMean, self.mean)
        let deviation = spread(givenVariance, variance).squareRoot.maximum(Self.smallestDeviation)
        if invert { return (input * deviation + mean, { $0 * deviation }) }
        return ((input - mean) / deviation, { $0 / deviation })
    }

    /// The axes of a sample that have statistics of their own, in order.
    private func keptAxes(_ sample: Shape) -> [Int] { axes.compactMap(sample.sampleAxis).sorted() }
}
