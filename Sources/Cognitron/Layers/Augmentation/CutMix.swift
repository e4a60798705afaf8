/// Replaces a rectangle of each image by that of another image of its batch while training.
///
/// The rectangle covers √(1 − s) of each side, s from the beta distribution of alpha and alpha. With
/// targets as a second input, `CutMix(mixesTargets: true).outputs(of: images, targets)`, it mixes the targets
/// by the rectangle's area.
/// Targets are distributions over classes or other numbers `(N, …)`. As a stage of a data pipeline,
/// `Augmentation.cutmix` mixes targets, masks and boxes of a batch too.
///
/// In inference the inputs pass unchanged. The other images are the batch in a random order.
///
/// - Input shapes: `(N, H, W, C)`, and `(N, …)` of targets; output shapes: the same.
/// - Throws: from `build`, a `CognitronError` where the factor is out of range.
/// - Source: Keras `CutMix`; Yun et al., "CutMix: Regularization Strategy to Train Strong Classifiers with
///   Localizable Features" (2019).
public final class CutMix: MixingLayer, Codable {
    public let factor: RandomFactor
    public let mixesTargets: Bool
    public var seed: UInt64? { random.seed }
    public let name: String?
    private let random: SeededStream
    public var randomStreams: [RandomStream] { [random.stream] }

    private enum CodingKeys: String, CodingKey {
        case factor, mixesTargets, name
        case random = "seed"
    }

    /// - Parameters:
    ///   - factor: alpha, drawn for each batch from 0 to a number given, or from a range, in 0…1.
    ///   - mixesTargets: whether the targets are a second input and output.
    ///   - seed: for images and rectangles that do not depend on the model's seed.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        factor: RandomFactor = 1, mixesTargets: Bool = false, seed: UInt64? = nil, name: String? = nil
    ) {
        self.factor = factor
        self.mixesTargets = mixesTargets
        random = SeededStream(seed)
        self.name = name
    }

    public func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape] {
        try context.requireMixable(inputs, outputCount)
        try context.require("factor", factor, in: 0...1)
        return inputs
    }

    public func forward(
        inputs: consuming [Tensor], _ pass: Pass
    ) -> (outputs: [Tensor], pullback: MultiPullback) {
        guard pass.isTraining else { return (inputs, { $0 }) }
        var generator = random.stream.next().generator()
        let (count, height, width) = (inputs[0].shape[0], inputs[0].shape[1], inputs[0].shape[2])
        let partners = (0..<count).shuffled(using: &generator)
        let alpha = generator.uniform(factor.fromZero) + 1e-6
        let rectangles = partners.map { _ in
            let side = (1 - generator.beta(alpha)).squareRoot()
            return (
                columns: generator.bounds(of: side, in: width), rows: generator.bounds(of: side, in: height)
            )
        }
        let areas = rectangles.map { Float($0.rows.count * $0.columns.count) / Float(height * width) }
        return mixed(
            inputs, partners,
            shares: inputs.enumerated().map { index, input in
                index == 0
                    ? Tensor.rectangles(rectangles, height: height, width: width)
                    : Tensor(areas).leading(rank: input.rank)
            })
    }
}
