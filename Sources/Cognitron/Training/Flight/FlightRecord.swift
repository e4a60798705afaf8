import Foundation

/// What a `FlightRecorder` writes when a training step gives numbers that are not finite: the last steps, and
/// where it began. The state before the failed step is in a file beside it.
///
///     let record = try FlightRecord(contentsOf: "run.flight.json")
///     print(record.origin, try record.replay(model, source))
public struct FlightRecord: Codable, Sendable, Equatable {
    /// The least and greatest number of a tensor.
    public struct Bounds: Codable, Sendable, Equatable {
        public let least: Float
        public let greatest: Float
    }

    /// The numbers of one step.
    public struct Step: Codable, Sendable, Equatable {
        /// From 1, over all calls of `fit`; of a validation, that of the step before it.
        public let step: Int
        public let epoch: Int
        public let batch: Int
        /// The samples' numbers in the source.
        public let samples: [Int]
        /// True for a batch of the validation data that failed, which `batch` and `samples` count in; nil for
        /// steps.
        public var isValidation: Bool?
        /// The loss of the batch; nil for the failed step.
        public var loss: Float?
        /// The ranges of the batch's inputs, of the parameters before the step, and the Euclidean norms of
        /// the gradients, by the parameters' paths: of every 32nd step and the failed one; nil for the
        /// others.
        public var inputs: [Bounds]?
        public var parameters: [String: Bounds]?
        public var gradientNorms: [String: Float]?
    }

    /// The last steps, at most 64, oldest first; the last one failed.
    public var steps: [Step]
    /// The error that ended the training.
    public var error: String
    /// Where it began; nil where the step, run again, gives finite numbers.
    public var origin: NonFiniteOrigin?
    /// The number of epochs trained before the failed one, from which random changes of samples follow.
    public var epochsBefore: Int
    /// Texts of the program's own.
    public var metadata: [String: String]
    /// The file of the state, in the record's folder.
    public var stateFile: String

    private var folder = ""

    private enum CodingKeys: String, CodingKey {
        case steps, error, origin, epochsBefore, metadata, stateFile
    }

    init(
        steps: [Step], error: String, origin: NonFiniteOrigin?, epochsBefore: Int,
        metadata: [String: String], stateFile: String
    ) {
        self.steps = steps
        self.error = error
        self.origin = origin
        self.epochsBefore = epochsBefore
        self.metadata = metadata
        self.stateFile = stateFile
    }

    /// Reads the file that a recorder wrote.
    ///
    /// - Throws: `CognitronError` of kind `.file` where it cannot be read.
    public init(contentsOf path: String) throws {
        if let obstacle = CognitronError.obstacle(toReading: path) { throw obstacle }
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            self = try decoder.decode(FlightRecord.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw CognitronError(
                .file, path, "is no record of a failed training", expected: "a file of FlightRecorder",
                advice: "name the .flight.json file")
        }
        folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    }

    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        try AtomicFile.write(try encoder.encode(self), to: path)
    }

    /// Whether the training failed in its validation, and not in a step.
    public var isOfValidation: Bool { steps.last?.isValidation == true }

    /// Runs the failed step again, with the weights and random numbers of that step.
    ///
    /// - Parameters:
    ///   - model: a model with the same layers, compiled in the same way. It gets the state before the step.
    ///   - source: the data that it was trained on; the validation data where `isOfValidation`.
    /// - Returns: where numbers stop being finite; nil where they do not.
    /// - Throws: `CognitronError` where the state cannot be read or is of another model, or the data do not
    ///   fit.
    public func replay(_ model: Model, _ source: any BatchSource) throws -> NonFiniteOrigin? {
        try replay(try model.requireTrainer(), source)
    }

    /// The same for a trainer of several networks.
    public func replay(_ trainer: Trainer, _ source: any BatchSource) throws -> NonFiniteOrigin? {
        guard let failed = steps.last else { return nil }
        let state = try StateTree(contentsOf: folder.isEmpty ? stateFile : "\(folder)/\(stateFile)")
        let key = RandomKey(bits: try state.get("key"))
        try trainer.validate()
        try source.validate()
        let draw = Draw(epoch: epochsBefore, key: key.folding(Trainer.augmentationKey))
        guard let batch = try source.batch(failed.samples, isOfValidation ? nil : draw) else {
            throw CognitronError.noBatches
        }
        try trainer.step.validate(batch, samples: failed.samples, trainer)
        try trainer.restore(state)
        return trainer.originOfNonFinite(batch, samples: failed.samples, isTraining: !isOfValidation)
    }
}
