import Cognitron
import CognitronData
import CognitronDetection

/// What a model is asked.
enum Question: Sendable {
    /// A tensor (N, …) for each of the model's inputs.
    case tensors([Tensor])
    /// Pictures (N, H, W, C) in the size of a detector's input.
    case objects(Tensor)
    /// The mask of one picture of any size.
    case mask(Picture)
    /// A text that another is written for.
    case text(String)
    /// A text that a language model goes on with.
    case continuation(Continuation)

    /// A text, and how it is gone on with.
    struct Continuation: Sendable, Equatable {
        var prompt: String
        var length = 100
        var temperature: Float = 1
        var topK: Int?
        var topP: Float?
        var seed: UInt64 = 1
    }

    /// The number of samples.
    var count: Int {
        switch self {
        case .tensors(let inputs): inputs.first?.shape.first ?? 0
        case .objects(let pictures): pictures.shape.first ?? 0
        case .mask, .text, .continuation: 1
        }
    }

    /// Whether the samples of two questions can be predicted as one batch.
    func joins(_ other: Question) -> Bool {
        switch (self, other) {
        case (.tensors(let own), .tensors(let others)):
            own.count == others.count && zip(own, others).allSatisfy(Self.haveEqualSamples)
        case (.objects(let own), .objects(let others)): Self.haveEqualSamples(own, others)
        default: false
        }
    }

    private static func haveEqualSamples(_ own: Tensor, _ other: Tensor) -> Bool {
        own.shape.dropFirst().elementsEqual(other.shape.dropFirst())
    }

    /// The questions as one. All must join the first.
    static func joined(_ questions: [Question]) -> Question {
        guard questions.count > 1 else { return questions[0] }
        switch questions[0] {
        case .tensors(let inputs):
            let all = questions.map { question in
                if case .tensors(let inputs) = question { inputs } else { [Tensor]() }
            }
            return .tensors(
                inputs.indices.map { index in Tensor.concatenated(all.map { $0[index] }, axis: 0) })
        case .objects:
            return .objects(
                Tensor.concatenated(
                    questions.compactMap { if case .objects(let pictures) = $0 { pictures } else { nil } },
                    axis: 0))
        case .mask, .text, .continuation: return questions[0]
        }
    }
}

/// What a model answers.
enum Answer: Sendable {
    /// A tensor (N, …) for each of the model's outputs.
    case tensors([Tensor])
    /// The objects of each picture, in pixels of the detector's input.
    case objects([[Detection]])
    /// The class of each pixel.
    case mask(Picture)
    case text(String)

    /// The answers to some of the samples.
    func samples(_ range: Range<Int>) -> Answer {
        switch self {
        case .tensors(let outputs): .tensors(outputs.map { $0.slice(axis: 0, range) })
        case .objects(let objects): .objects(Array(objects[range]))
        case .mask, .text: self
        }
    }
}
