import Cognitron
import CognitronModels
import Testing

@Suite("Scheduled sampling")
struct ScheduledSamplingTests {
    private let source: Tensor = [[3, 6, 5, 2], [4, 5, 0, 0]]
    private let written: Tensor = [[2, 4, 5, 6, 4], [2, 6, 0, 0, 0]]
    private let targets: Tensor = [[4, 5, 6, 4, 3], [6, 3, 0, 0, 0]]

    private static let kinds = DecoderAttention.allCases.map(\.rawValue) + ["transformer"]

    private func model(_ kind: String, _ share: TeacherForcing?) throws -> Model {
        let model =
            try DecoderAttention(rawValue: kind).map {
                try seq2Seq(sourceTokens: 7, targetTokens: 7, attention: $0, embedding: 8, units: 8)
            }
            ?? transformer(
                inputTokens: 7, targetTokens: 7,
                TransformerSizes(layers: 1, features: 8, heads: 2, units: 8, dropout: 0.1))
        let sampling = share.map { share in
            { (step: SupervisedStep) -> any TrainingStep in ScheduledSampling(wrapped: step, share: share) }
        }
        try model.compile(
            optimizer: SGD(learningRate: 1), loss: .sparseCategoricalCrossentropy(fromLogits: true), seed: 3,
            step: sampling)
        return model
    }

    /// The weights after a step in which the decoder reads these tokens.
    private func weights(_ model: Model, _ tokens: Tensor) throws -> [Tensor] {
        try model.trainOnBatch([source, tokens], [targets], sampleWeight: targets.map { min($0, 1) })
        return model.parameters.map(\.value)
    }

    /// What the model reads when it decodes greedily, with the given padding and no padding of its own.
    private func greedy(_ model: Model) throws -> Tensor {
        var decoding = try model.decoding(given: [source], stepping: 1)
        var columns = [written.slice(axis: 1, 0..<1)]
        for step in 1..<5 {
            let given = written.slice(axis: 1, step..<step + 1)
            let own = try decoding.next(columns[step - 1]).argmax()
            columns.append(.where((given .!= 0) * (own .!= 0), own, given))
        }
        return .concatenated(columns, axis: 1)
    }

    @Test("With no token told, the decoder is trained on what it writes", arguments: kinds)
    func ownTokens(_ kind: String) throws {
        let (sampled, forced, free) = (
            try model(kind, .constant(0)), try model(kind, nil), try model(kind, nil)
        )
        let own = try greedy(free)
        #expect(own != written)
        let weights = try weights(sampled, written)
        #expect(try weights == self.weights(free, own))
        #expect(try weights != self.weights(forced, written))
    }

    @Test("With all told it is teacher forcing, with half of them neither")
    func shares() throws {
        let (forced, own) = (
            try weights(model("luong", nil), written), try weights(model("luong", .constant(0)), written)
        )
        #expect(try weights(model("luong", .constant(1)), written) == forced)
        let half = try weights(model("luong", .constant(0.5)), written)
        #expect(half != forced && half != own)
        #expect(try weights(model("luong", .constant(0.5)), written) == half)
    }

    @Test("The share falls along a line or an inverse sigmoid")
    func decays() {
        let linear = TeacherForcing.linear(to: 0.2, steps: 100)
        #expect([0, 50, 100, 900].map(linear.callAsFunction) == [1, 0.6, 0.2, 0.2])
        let sigmoid = TeacherForcing.inverseSigmoid(100)
        #expect(abs(sigmoid(0) - 100.0 / 101) < 1e-6)
        #expect(abs(sigmoid(461) - 0.5) < 0.002)
        #expect(sigmoid(100_000) == 0)
    }

    @Test("A model that writes no text is refused")
    func otherModels() throws {
        let model = Sequential {
            Input(3); Dense(2)
        }
        try model.compile(
            optimizer: SGD(), loss: .meanSquaredError, seed: 1,
            step: { ScheduledSampling(wrapped: $0, share: .constant(0)) })
        let error = #expect(throws: CognitronError.self) {
            try model.trainOnBatch(Tensor.zeros([2, 3]), Tensor.zeros([2, 2]))
        }
        #expect(error?.description.contains("no text") == true)
    }
}
