/// Sorts numbers into bins.
///
///     output = how many of the boundaries the input has reached
///
///     Discretization(binBoundaries: [0, 10])           // −3 → 0, 0 → 1, 12 → 2
///     let bins = Discretization(numBins: 4)
///     try bins.adapt(x)                                // boundaries that leave as many numbers in each bin
///
/// - Input shape: any; output shape: the same, or as `CategoryEncoding` of as many tokens as there are bins.
/// - Parameters: `boundaries (numBins − 1)`, unless they are given.
/// - Throws: from `build`, a `CognitronError` where the boundaries do not ascend.
/// - Source: Keras `Discretization`.
public final class Discretization: Layer, Codable {
    public let binBoundaries: [Float]?
    public let numBins: Int?
    public let epsilon: Double
    public let outputMode: OutputMode
    public let name: String?

    public let boundaries = Parameter()
    public var parameters: [Parameter] { binBoundaries == nil ? [boundaries] : [] }

    private enum CodingKeys: CodingKey { case binBoundaries, numBins, epsilon, outputMode, name }

    /// - Parameters:
    ///   - binBoundaries: the numbers at which the second bin and those after it begin, in ascending order.
    ///   - outputMode: how the numbers of the bins are written.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(binBoundaries: [Float], outputMode: OutputMode = .int, name: String? = nil) {
        self.binBoundaries = binBoundaries
        numBins = nil
        epsilon = 0.01
        self.outputMode = outputMode
        self.name = name
    }

    /// - Parameters:
    ///   - numBins: how many bins there are, with boundaries from `adapt`.
    ///   - epsilon: how exact the boundaries are, as a share of the data.
    public init(numBins: Int, epsilon: Double = 0.01, outputMode: OutputMode = .int, name: String? = nil) {
        binBoundaries = nil
        self.numBins = numBins
        self.epsilon = epsilon
        self.outputMode = outputMode
        self.name = name
    }

    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] {
        outputMode == .int ? masks : []
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        if let binBoundaries {
            guard zip(binBoundaries, binBoundaries.dropFirst()).allSatisfy({ $0 < $1 }),
                !binBoundaries.isEmpty, binBoundaries.allSatisfy(\.isFinite)
            else {
                throw context.error(
                    .argument, "invalid binBoundaries", expected: "finite numbers in ascending order",
                    got: "\(binBoundaries)")
            }
            return try context.output(of: outputMode, input, depth: binBoundaries.count + 1)
        }
        let bins = numBins ?? 0
        try context.require("numBins", bins, atLeast: 2)
        guard epsilon > 0 && epsilon < 1 else {
            throw context.error(
                .argument, "invalid epsilon", expected: "a number between 0 and 1", got: epsilon.text)
        }
        // Until it is adapted, all is in one bin.
        try context.declare(
            boundaries, "boundaries", [bins - 1], .constant(.greatestFiniteMagnitude), isStatistic: true)
        return try context.output(of: outputMode, input, depth: bins)
    }

    /// Takes boundaries from data, between which lie about as many of the numbers each.
    ///
    /// - Parameter data: at least `numBins` numbers, of any shape that starts with the batch.
    /// - Throws: `CognitronError` where there are fewer, or boundaries were given.
    public func adapt(_ data: Tensor) throws {
        var context = BuildContext(path: name ?? "discretization")
        guard let numBins else {
            throw context.error(
                .model, "its boundaries were given", advice: "give numBins to adapt the layer")
        }
        _ = try build(data.shape.sample, &context)
        guard data.count >= numBins, data.isFinite else {
            throw context.error(
                .data, "cannot adapt to the data", expected: "at least \(numBins) finite numbers",
                got: "\(data.shape)")
        }
        let summary = QuantileSummary(data.scalars, epsilon: epsilon)
        boundaries.value = Tensor(summary.boundaries(bins: numBins))
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let shape = input.shape
        let limits = binBoundaries ?? boundaries.value.scalars
        let bins = input.digitized(limits)
        return (outputMode.encode(bins, depth: limits.count + 1), { _ in .zeros(shape) })
    }
}

/// Numbers in ascending order that stand for all of some data, as many of the data each.
///
/// - Source: Keras's `Discretization`, `summarize` and `compress_summary`.
private struct QuantileSummary {
    private let values: [Double]

    /// - Parameter epsilon: about 1 / epsilon numbers are kept.
    init(_ data: [Float], epsilon: Double) {
        let sorted = data.sorted()
        let step = max(Double(sorted.count) / (1 / epsilon), 1)
        let all = stride(from: Int(step - 1), to: sorted.count, by: Int(step)).map { Double(sorted[$0]) }
        let most = Int((1 / epsilon).rounded())
        values =
            all.count < most ? all : (1...most).map { Self.value(of: all, at: Double($0) / Double(most)) }
    }

    /// Interpolated between the numbers, at equal shares of the data.
    func boundaries(bins: Int) -> [Float] {
        (1..<bins).map { Float(Self.value(of: values, at: Double($0) / Double(bins))) }
    }

    /// What a share of the data lies below; number k of the values stands for the shares up to (k + 1) /
    /// count.
    private static func value(of values: [Double], at share: Double) -> Double {
        let place = max(0, share * Double(values.count) - 1)
        let low = min(Int(place), values.count - 1)
        let high = min(low + 1, values.count - 1)
        return values[low] + (place - Double(low)) * (values[high] - values[low])
    }
}
