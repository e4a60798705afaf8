/// The part of a model that makes samples of noise: the model inside it called `generator`, as in
/// `Model.adversarial`, or else `decoder`, as in an autoencoder.
///
///     let generator = try SampleGenerator(of: Model.load("gan.safetensors"))
///     let noise = generator.noise(3, seed: 1)
///     let samples = try generator.samples(noise, classes: [0, 1, 2])
///
/// Its inputs are a vector of noise, normally distributed, and in a conditional generator a class `(N, 1)`.
public struct SampleGenerator: Sendable {
    public let network: Model
    /// The length of the noise.
    public let noiseSize: Int
    /// The shape of a sample.
    public let sampleShape: Shape
    /// The number of classes that the generator can be asked for; nil where it is not told one.
    public let classCount: Int?

    private static let names = ["generator", "decoder"]

    /// - Throws: `CognitronError` where the model has no such part.
    public init(of model: Model) throws {
        let networks = Self.names.compactMap { model.layer(named: $0) as? Model }
        guard let network = networks.first else {
            throw CognitronError(
                .model, model.displayName, "makes no samples",
                expected: "a model with a part called \(Self.names.joined(separator: " or "))",
                got: "the parts \(model.graph.nodes.map(\.name).prefix(4).joined(separator: ", ")) …",
                advice: "train one, such as dcgan")
        }
        guard let inputs = network.inputShapes, let outputs = network.outputShapes, outputs.count == 1,
            inputs.count == 1 || inputs.count == 2 && network.classesOfSecondInput != nil,
            inputs[0].rank == 1
        else {
            throw CognitronError(
                .model, model.displayName, "its \(network.displayName) does not make samples of noise alone",
                expected: "a vector as input, and at most a class, which an Embedding reads",
                got: "inputs of shape "
                    + (network.inputShapes ?? []).map(\.description).joined(separator: " and "))
        }
        (self.network, noiseSize, sampleShape) = (network, inputs[0][0], outputs[0])
        classCount = inputs.count == 1 ? nil : network.classesOfSecondInput
    }

    /// The noise of a seed: row i is the same for any count.
    public func noise(_ count: Int, seed: UInt64) -> Tensor {
        .randomNormal([count, noiseSize], key: RandomKey(seed: seed).folding("samples"))
    }

    /// Samples `(N, …)`.
    ///
    /// - Parameters:
    ///   - noise: `(N, noiseSize)`.
    ///   - classes: the class of each sample; none where the generator is not conditional.
    /// - Throws: `CognitronError` where classes are missing, too many or unknown.
    public func samples(_ noise: Tensor, classes: [Int] = []) throws -> Tensor {
        let expected = classCount == nil ? 0 : noise.shape[0]
        guard classes.count == expected else {
            throw CognitronError(
                .argument, network.displayName, "wrong number of classes",
                expected: classCount == nil ? "none: it is not told any" : "one for each sample",
                got: "\(classes.count)")
        }
        guard classCount != nil else { return try network.predict(noise) }
        return try network.predict([noise, Tensor(classes).reshaped([classes.count, 1])])[0]
    }
}

extension Model {
    /// The number of classes that an embedding of the second input knows.
    fileprivate var classesOfSecondInput: Int? {
        parts.tokenReaders.first { $0.input == 1 }?.layer.tokenCount
    }
}
