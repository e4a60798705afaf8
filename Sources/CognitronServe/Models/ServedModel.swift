import Cognitron
import CognitronData
import CognitronDetection
import CognitronImages
import CognitronPrediction
import CognitronText
import Foundation

/// One version of a model under its name: what of its file answers requests.
final class ServedModel: Sendable {
    let name: String
    let file: ModelFile
    /// 1 for the file at the start, one more for each that has replaced it.
    let version: Int
    let kind: Kind

    /// How the model answers.
    enum Kind: Sendable {
        /// Tensors, which its task gives a meaning.
        case tensors
        case objects(any Detector)
        case masks(PictureMasks)
        case texts(Translator)
        /// Goes on with texts.
        case language(TextCoding)
    }

    /// - Throws: `CognitronError` where the file cannot be read, or its model answers nothing.
    init(_ place: ModelPlace, version: Int = 1) throws {
        (name, self.version) = (place.name, version)
        file = try ModelFile(place.path)
        guard !file.onlyMakesSamples else {
            throw CognitronError(
                .argument, place.path, "makes samples and answers nothing about given ones",
                expected: "a model that answers", advice: "use cognitron generate")
        }
        kind = try Self.kind(of: file)
        try requireNamedOutputs()
    }

    private static func kind(of file: ModelFile) throws -> Kind {
        if let detector = try file.detector() { return .objects(detector) }
        switch file.answers.kind {
        case .segmentation where (try? file.inputShape().rank) == 3:
            return .masks(try PictureMasks(file, usesTiles: nil))
        case .text where file.text?.inputs != nil: return .texts(try file.translator())
        case .language:
            guard let coding = file.text else {
                throw CognitronError(.model, file.path, "does not say what its tokens are")
            }
            return .language(coding)
        default: return .tensors
        }
    }

    /// Throws where a classifier has another number of outputs than names for them.
    private func requireNamedOutputs() throws {
        let names: [String]
        switch file.answers {
        case .classification(let classes), .tagging(let classes): names = classes
        case .regression(let targets): names = targets
        default: return
        }
        guard case .tensors = kind, let outputs = file.answering.outputShape?.last, outputs != names.count
        else { return }
        throw CognitronError(
            .model, file.path, "has another number of outputs than names for them",
            expected: "\(names.count)", got: "\(outputs)")
    }

    /// The shape of a sample (…) of the only input; nil where there are several, or an axis is free.
    var sampleShape: Shape? { file.answering.inputCount == 1 ? file.answering.inputShape : nil }

    /// Whether samples are pictures.
    var takesPictures: Bool {
        sampleShape.map { $0.rank == 3 && PictureChannels(count: $0[2]) != nil } ?? false
    }

    /// Answers a question. Called by the prediction thread alone.
    ///
    /// - Parameter batchSize: the most samples that are predicted together.
    func answer(_ question: Question, batchSize: Int) throws -> Answer {
        switch (question, kind) {
        case (.tensors(let inputs), _):
            return .tensors(
                try file.answering.predict(inputs.map { $0 as any Samples }, batchSize: batchSize))
        case (.objects(let pictures), .objects(let detector)):
            return .objects(try detector.detections(in: pictures))
        case (.mask(let picture), .masks(let masks)): return .mask(try masks.mask(of: picture))
        case (.text(let text), .texts(let translator)):
            return .text(try translator.texts(for: [text])[0])
        case (.continuation(let wanted), .language(let coding)):
            let sampler = try TokenSampler(
                temperature: wanted.temperature, topK: wanted.topK, topP: wanted.topP, seed: wanted.seed)
            var generator = try TextGenerator(model: file.model, coding: coding, sampler)
            return .text(try generator.continuation(of: wanted.prompt, length: wanted.length))
        default:
            throw ServeError(.badRequest, "\(name) is no model for such a question")
        }
    }

    /// A question that any version of this model must be able to answer; nil where none is known.
    var trial: Question? {
        switch kind {
        case .tensors, .masks: sampleShape.map { .tensors([Tensor.zeros($0.batched(1))]) }
        case .objects(let detector):
            detector.model.inputShape.map { .objects(Tensor.zeros($0.batched(1))) }
        case .texts, .language: nil
        }
    }
}
