import Cognitron
import CognitronData
import CognitronTesting
import Foundation
import Testing

@testable import CognitronText

@Suite("Searches for texts")
struct SearchTests {
    /// A model whose scores depend on the last token only: row t of the table is what follows token t.
    private func model(_ table: [[Float]]) throws -> Model {
        let (source, written) = (Input(nil, name: "source"), Input(nil, name: "written"))
        let embedding = Embedding(table.count, table.count, name: "table")
        let read = Embedding(2, table.count, embeddingsInitializer: .zeros)(source)
        let model = try Model(
            inputs: [source, written],
            outputs: Add()(embedding(written), GlobalAveragePooling1D(keepdims: true)(read)))
        embedding.embeddings.value = Tensor(
            table.flatMap { $0.map { $0 == 0 ? -30 : log($0) } }, shape: [table.count, table.count])
        return model
    }

    private func texts(_ search: TokenSearch, _ table: [[Float]], limit: Int = 5) throws -> [[Hypothesis]] {
        try search.texts(
            model(table).decoding(given: [Tensor([0, 1, 1, 0], shape: [2, 2])], stepping: 1), count: 2,
            start: 0, end: 1, limit: limit)
    }

    /// Tokens: start, end, a, b. The likeliest first token is a, but b leads to the likeliest text.
    private let trap: [[Float]] = [
        [0, 0, 0.6, 0.4], [0.25, 0.25, 0.25, 0.25], [0, 0.4, 0.3, 0.3], [0, 1, 0, 0],
    ]

    @Test("The greedy search takes the likeliest token, a beam finds the likelier text")
    func beamBeatsGreed() throws {
        let greedy = try texts(.greedy, trap)
        #expect(greedy.map { $0[0].tokens } == [[2], [2]])
        #expect(greedy[0][0].isFinished && abs(greedy[0][0].logProbability - log(0.24)) < 1e-4)
        let beam = try texts(.beam(width: 2, lengthPenalty: 0), trap)
        #expect(beam.map { $0[0].tokens } == [[3], [3]])
        #expect(abs(beam[0][0].logProbability - log(0.4)) < 1e-4)
    }

    @Test("A beam of one finds what the greedy search finds")
    func beamOfOne() throws {
        let beam = try texts(.beam(width: 1), trap)
        #expect(beam.map { $0[0].tokens } == (try texts(.greedy, trap)).map { $0[0].tokens })
    }

    @Test("Length normalisation prefers longer texts")
    func lengths() throws {
        // a ends at once with probability 0.5, or goes on for sure over b, b, b.
        let table: [[Float]] = [
            [0, 0, 1, 0], [0.25, 0.25, 0.25, 0.25], [0, 0.52, 0, 0.48], [0, 0.98, 0, 0.02],
        ]
        #expect(try texts(.beam(width: 2, lengthPenalty: 0), table)[0][0].tokens == [2])
        #expect(try texts(.beam(width: 2, lengthPenalty: 2), table)[0][0].tokens == [2, 3])
    }

    @Test("Texts without an end stop at the limit")
    func limits() throws {
        let endless: [[Float]] = [[0, 0, 1, 0], [0, 0, 1, 0], [0, 0, 0.9, 0.1], [0, 0, 1, 0]]
        for search in [TokenSearch.greedy, .beam(width: 3)] {
            let text = try texts(search, endless, limit: 4)[1][0]
            #expect(text.tokens == [2, 2, 2, 2] && !text.isFinished)
        }
        #expect(throws: CognitronError.self) { try texts(.beam(width: 0), trap) }
    }

    @Test("Places of the largest numbers, the first of equal ones first")
    func largest() {
        #expect(([3, 9, 1, 9, 4] as [Float]).largestPlaces(3) == [1, 3, 4])
        #expect(([3, 9] as [Float]).largestPlaces(5) == [1, 0])
        #expect(([2, 7, 7] as [Float]).largestPlace == 1)
    }
}

@Suite("Draws of tokens")
struct SamplerTests {
    private let scores: [Float] = [log(0.5), log(0.3), log(0.15), log(0.05)]

    private func shares(
        _ temperature: Float = 1, topK: Int? = nil, topP: Float? = nil, excluding: Set<Int> = []
    ) throws -> [Float] {
        var sampler = try TokenSampler(temperature: temperature, topK: topK, topP: topP, seed: 3)
        var counts = [Float](repeating: 0, count: 4)
        for _ in 0..<4_000 { counts[sampler.token(scores, excluding: excluding)] += 1 / 4_000 }
        return counts
    }

    @Test("Tokens come as often as their probability says")
    func probabilities() throws {
        let shares = try shares()
        for (share, wanted) in zip(shares, [0.5, 0.3, 0.15, 0.05] as [Float]) {
            #expect(abs(share - wanted) < 0.03)
        }
    }

    @Test("Temperature, topK and topP narrow the choice")
    func narrowed() throws {
        #expect(try shares(0)[0] > 0.99)
        #expect(try shares(0.5)[0] > 0.6)
        #expect(try shares(topK: 2)[2...].allSatisfy { $0 == 0 })
        let nucleus = try shares(topP: 0.75)
        #expect(nucleus[1] > 0.3 && nucleus[2...].allSatisfy { $0 == 0 })
        #expect(try shares(excluding: [0])[0] == 0)
    }

    @Test("Numbers out of range are refused")
    func refused() {
        #expect(throws: CognitronError.self) { try TokenSampler(temperature: -1) }
        #expect(throws: CognitronError.self) { try TokenSampler(temperature: .nan) }
        #expect(throws: CognitronError.self) { try TokenSampler(topK: 0) }
        #expect(throws: CognitronError.self) { try TokenSampler(topP: 1.5) }
    }
}
