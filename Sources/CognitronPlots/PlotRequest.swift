import Cognitron
import CognitronData
import CognitronDetection

/// What a plot is made of: a model and, where the plot needs them, its history and its data.
///
/// The kinds of `PlotKind` take one. What is not asked for is not read.
public struct PlotRequest {
    public var model: Model
    /// The model's name in titles.
    public var name: String
    public var classNames: [String]
    /// Pictures to explain or annotate; empty for some of the data.
    public var subjects: [Plot.Subject] = []
    /// A layer's name; nil for the plot's own choice.
    public var layer: String?
    /// A class's number; nil for the predicted one.
    public var classIndex: Int?
    /// How many pictures, filters, maps or samples; nil for the plot's own choice.
    public var limit: Int?
    /// What finds objects by the model; nil of other models.
    public var detector: (any Detector)?

    private let history: () throws -> History
    private let data: () throws -> DatasetPart
    private let fresh: () throws -> (model: Model, training: DatasetPart)

    /// - Parameters:
    ///   - history: reads the history of the model's training.
    ///   - data: reads data to show and measure with.
    ///   - fresh: gives a compiled model and training data, for plots that train.
    public init(
        _ model: Model, name: String, classNames: [String], history: @escaping () throws -> History,
        data: @escaping () throws -> DatasetPart,
        fresh: @escaping () throws -> (model: Model, training: DatasetPart)
    ) {
        (self.model, self.name, self.classNames) = (model, name, classNames)
        (self.history, self.data, self.fresh) = (history, data, fresh)
    }

    func readHistory() throws -> History { try history() }
    func readData() throws -> DatasetPart { try data() }
    func readFresh() throws -> (model: Model, training: DatasetPart) { try fresh() }
}

extension PlotRequest {
    /// The given pictures, or the first of the data, each of another class as far as there are so many.
    func subjects(count: Int) throws -> [Plot.Subject] {
        guard subjects.isEmpty else { return subjects }
        let part = try readData()
        let searched = min(part.count, 64 * max(1, count))
        var (found, rest, classes) = ([Plot.Subject](), [Plot.Subject](), Set<Int>())
        for number in 0..<searched where found.count < count {
            let subject = try part.subject(number)
            guard let label = subject.label, !classes.insert(label).inserted else {
                found.append(subject)
                continue
            }
            if rest.count < count { rest.append(subject) }
        }
        return found + rest.prefix(count - found.count)
    }

    /// The model's outputs for the data, and the true classes.
    ///
    /// - Throws: `CognitronError` where the data's targets are no classes.
    func classified() throws -> (outputs: Tensor, labels: Tensor, part: DatasetPart) {
        let part = try readData()
        guard case .classification = part.task else {
            throw CognitronError(
                .data, part.name, "has no class for each sample", expected: "classification",
                got: part.task.name, advice: "choose another kind of plot, or another data set with --dataset"
            )
        }
        var (outputs, labels) = ([Tensor](), [Tensor]())
        for start in stride(from: 0, to: part.count, by: 128) {
            let samples = Array(start..<min(start + 128, part.count))
            guard let batch = try part.source.batch(samples, nil), let target = batch.targets.first else {
                break
            }
            outputs.append(try model.predict(batch.inputs.map { $0 as any Samples })[0])
            labels.append(target.reshaped([target.count]))
        }
        return (Tensor.concatenated(outputs, axis: 0), Tensor.concatenated(labels, axis: 0), part)
    }

    /// The first samples of the data as a batch.
    func batch(count: Int) throws -> Batch {
        let part = try readData()
        guard let batch = try part.source.batch(Array(0..<min(count, part.count)), nil), batch.count > 0
        else {
            throw CognitronError(.data, part.name, "has no samples", expected: "at least one")
        }
        return batch
    }
}

extension DatasetPart {
    /// One sample's input, with its class where it has one.
    ///
    /// - Throws: `CognitronError` where there is no such sample.
    public func subject(_ number: Int) throws -> Plot.Subject {
        guard (0..<count).contains(number), let batch = try source.batch([number], nil),
            let input = batch.inputs.first
        else {
            throw CognitronError(
                .argument, name, "has no picture \(number)", expected: "0 to \(count - 1)", got: "\(number)")
        }
        var label: Int?
        if case .classification = task { label = batch.targets.first.map { Int($0.scalars[0]) } }
        var subject = Plot.Subject(input[0], name: "picture \(number)", label: label)
        subject.number = number
        return subject
    }
}
