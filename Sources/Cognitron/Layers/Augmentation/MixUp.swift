/// Mixes each sample with another of its batch while training.
///
///     output = s · input + (1 − s) · other,  s from the beta distribution of alpha and alpha
///
/// With targets as a second input, it mixes both: `MixUp(mixesTargets: true).outputs(of:
/// images, targets)`. Targets are distributions
/// over classes or other numbers `(N, …)`. As a stage of a data pipeline, `Augmentation.mixup` mixes the
/// targets of a batch too.
///
/// In inference the inputs pass unchanged. The other samples are the batch in a random order.
///
/// - Input shapes: `(N, H, W, C)`, and `(N, …)` of targets; output shapes: the same.
/// - Throws: from `build`, a `CognitronError` where alpha is not above 0.
/// - Source: Keras `MixUp`; Zhang et al., "mixup: Beyond Empirical Risk Minimization" (2018).
public final class MixUp: MixingLayer, Codable {
    public let alpha: Float
    public let mixesTargets: Bool
    public var seed: UInt64? { random.seed }
    public let name: String?
    private let random: SeededStream
    public var randomStreams: [RandomStream] { [random.stream] }

    private enum CodingKeys: String, CodingKey {
        case alpha, mixesTargets, name
        case random = "seed"
    }

    /// - Parameters:
    ///   - alpha: the smaller, the nearer s is to 0 or 1.
    ///   - mixesTargets: whether the targets are a second input and output.
    ///   - seed: for samples and shares that do not depend on the model's seed.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        alpha: Float = 0.2, mixesTargets: Bool = false, seed: UInt64? = nil, name: String? = nil
    ) {
        self.alpha = alpha
        self.mixesTargets = mixesTargets
        random = SeededStream(seed)
        self.name = name
    }

    public func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape] {
        try context.requireMixable(inputs, outputCount)
        try context.require("alpha", RandomFactor(alpha), in: Float.leastNormalMagnitude...1000)
        return inputs
    }

    public func forward(
        inputs: consuming [Tensor], _ pass: Pass
    ) -> (outputs: [Tensor], pullback: MultiPullback) {
        guard pass.isTraining else { return (inputs, { $0 }) }
        var generator = random.stream.next().generator()
        let partners = (0..<inputs[0].shape[0]).shuffled(using: &generator)
        // The shares of the other samples.
        let shares = Tensor(partners.map { _ in 1 - generator.beta(alpha) })
        return mixed(inputs, partners, shares: inputs.map { shares.leading(rank: $0.rank) })
    }
}

/// A layer that mixes the samples of a batch, their images and their targets.
public protocol MixingLayer: AnyLayer {
    /// Whether the targets are a second input and output.
    var mixesTargets: Bool { get }
}

extension MixingLayer {
    public var outputCount: Int { mixesTargets ? 2 : 1 }

    /// Each input mixed with its rows in another order: x + share · (x[partners] − x).
    func mixed(
        _ inputs: [Tensor], _ partners: [Int], shares: [Tensor]
    ) -> (outputs: [Tensor], pullback: MultiPullback) {
        var places = partners
        for (row, partner) in partners.enumerated() { places[partner] = row }
        let outputs = zip(inputs, shares).map { x, share in x + share * (x.gathering(partners, axis: 0) - x) }
        return (
            outputs,
            { [places] gradients in
                zip(gradients, shares).map { dy, share in
                    dy - share * dy + (share * dy).gathering(places, axis: 0)
                }
            }
        )
    }
}

extension Tensor {
    /// One number a sample, with further axes of size 1.
    func leading(rank: Int) -> Tensor { reshaped(Shape([count] + Array(repeating: 1, count: rank - 1))) }
}

extension BuildContext {
    /// Throws unless there are images, or images and their targets.
    func requireMixable(_ inputs: [Shape], _ count: Int) throws {
        guard inputs.count == count else {
            throw error(
                .shape, "has the wrong number of inputs",
                expected: count == 1 ? "images" : "images and targets", got: "\(inputs.count) inputs",
                advice: "mixesTargets says whether targets are mixed too")
        }
        _ = try imageSize(inputs[0])
    }
}
