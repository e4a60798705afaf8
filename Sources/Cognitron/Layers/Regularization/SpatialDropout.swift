// Dropout of whole feature maps: neighbours in one are alike, so that dropping single numbers hides little.

/// A dropout layer with one mask for all positions of a sample.
protocol SpatialDropoutLayer: DroppingLayer {
    /// How many axes a position has.
    static var positionRank: Int { get }
}

extension SpatialDropoutLayer {
    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try context.requireRate("rate", rate)
        guard input.rank == Self.positionRank + 1 else {
            throw context.error(
                .shape, "needs samples with \(Self.positionRank + 1) axes",
                expected: "\(Self.positionRank) for the positions and one for the channels", got: "\(input)")
        }
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let ones = [Int](repeating: 1, count: Self.positionRank)
        let noise = Shape([input.shape[0]] + ones + [input.shape[input.rank - 1]])
        return drop(input, pass, noise: noise)
    }
}

/// Drops whole channels of sequences while training.
///
///     output = input · mask / (1 − rate), mask being 0 with probability rate for each sample and channel
///
/// - Input shape: `(N, T, C)`; output shape: the same.
/// - Throws: from `build`, a `CognitronError` unless 0 ≤ rate < 1.
/// - Source: Keras `SpatialDropout1D`; Tompson et al., "Efficient Object Localization Using Convolutional
///   Networks" (2015).
public final class SpatialDropout1D: SpatialDropoutLayer, Codable {
    static let positionRank = 1
    public let rate: Float
    public var seed: UInt64? { random.seed }
    public let name: String?
    let random: SeededStream
    public var randomStreams: [RandomStream] { [random.stream] }

    private enum CodingKeys: String, CodingKey {
        case rate, name
        case random = "seed"
    }

    /// - Parameters:
    ///   - rate: the share of the channels that are dropped, from 0 to below 1.
    ///   - seed: for masks that do not depend on the model's seed.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(_ rate: Float, seed: UInt64? = nil, name: String? = nil) {
        self.rate = rate
        random = SeededStream(seed)
        self.name = name
    }
}

/// Drops whole channels of images while training.
///
///     output = input · mask / (1 − rate), mask being 0 with probability rate for each sample and channel
///
/// - Input shape: `(N, H, W, C)`; output shape: the same.
/// - Throws: from `build`, a `CognitronError` unless 0 ≤ rate < 1.
/// - Source: Keras `SpatialDropout2D`; Tompson et al., "Efficient Object Localization Using Convolutional
///   Networks" (2015).
public final class SpatialDropout2D: SpatialDropoutLayer, Codable {
    static let positionRank = 2
    public let rate: Float
    public var seed: UInt64? { random.seed }
    public let name: String?
    let random: SeededStream
    public var randomStreams: [RandomStream] { [random.stream] }

    private enum CodingKeys: String, CodingKey {
        case rate, name
        case random = "seed"
    }

    /// - Parameters:
    ///   - rate: the share of the channels that are dropped, from 0 to below 1.
    ///   - seed: for masks that do not depend on the model's seed.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(_ rate: Float, seed: UInt64? = nil, name: String? = nil) {
        self.rate = rate
        random = SeededStream(seed)
        self.name = name
    }
}

/// Drops whole channels of volumes while training.
///
///     output = input · mask / (1 − rate), mask being 0 with probability rate for each sample and channel
///
/// - Input shape: `(N, D, H, W, C)`; output shape: the same.
/// - Throws: from `build`, a `CognitronError` unless 0 ≤ rate < 1.
/// - Source: Keras `SpatialDropout3D`; Tompson et al., "Efficient Object Localization Using Convolutional
///   Networks" (2015).
public final class SpatialDropout3D: SpatialDropoutLayer, Codable {
    static let positionRank = 3
    public let rate: Float
    public var seed: UInt64? { random.seed }
    public let name: String?
    let random: SeededStream
    public var randomStreams: [RandomStream] { [random.stream] }

    private enum CodingKeys: String, CodingKey {
        case rate, name
        case random = "seed"
    }

    /// - Parameters:
    ///   - rate: the share of the channels that are dropped, from 0 to below 1.
    ///   - seed: for masks that do not depend on the model's seed.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(_ rate: Float, seed: UInt64? = nil, name: String? = nil) {
        self.rate = rate
        random = SeededStream(seed)
        self.name = name
    }
}
