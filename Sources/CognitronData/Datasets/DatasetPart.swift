import Cognitron

/// One part (training, validation or test) of a data set, whatever its task.
///
///     let part = try Dataset(named: "shapes-masks").part(.train)
///     let history = try model.fit(part.source, batchSize: 32, epochs: 5)
public struct DatasetPart: Sendable {
    /// The data set's name.
    public let name: String

    /// What the targets are.
    public let task: DataTask

    /// The shape of a sample's first input, without the axis that counts samples.
    public let inputShape: Shape

    /// The samples with their targets, as they are.
    public let source: any BatchSource

    /// The number of samples.
    public let count: Int

    /// The images with their classes, where the part holds them in memory.
    public let labelledImages: LabelledImages?

    /// How the rows of a table became the samples; nil where they come from no table.
    public var table: TableCoding?

    /// How texts became the samples; nil where they are no texts.
    public var text: TextCoding?

    /// What was left out in reading, one line for each reason.
    public var notes: [String] = []

    /// - Throws: `CognitronError.data` where the number of samples of `source` is not known.
    public init(
        name: String, task: DataTask, inputShape: Shape, source: any BatchSource, text: TextCoding? = nil
    ) throws {
        guard let count = source.sampleCount else {
            throw CognitronError(
                .data, name, "does not know its number of samples",
                advice: "pass the source to fit, with stepsPerEpoch")
        }
        (self.name, self.task, self.inputShape, self.source) = (name, task, inputShape, source)
        (self.count, labelledImages, self.text) = (count, nil, text)
    }

    /// The part with so many of its samples, in their order, that the seed chooses; itself if it has no more.
    func limited(to samples: Int, seed: UInt64) throws -> DatasetPart {
        guard count > samples else { return self }
        var random = RandomKey(seed: seed).folding("samples").generator()
        let chosen = Array(0..<count).shuffled(using: &random).prefix(samples).sorted()
        var part = try DatasetPart(
            name: name, task: task, inputShape: inputShape, source: source.subset(chosen))
        (part.table, part.text, part.notes) = (table, text, notes)
        return part
    }

    public init(_ data: LabelledImages) {
        (name, task) = (data.name, .classification(classNames: data.classNames))
        inputShape = data.images.shape.sample
        source = SampleSource(data.images, data.labels)
        (count, labelledImages) = (data.count, data)
    }
}
