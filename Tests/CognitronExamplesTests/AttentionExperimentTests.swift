import CognitronExamples
import Testing

@Suite struct AttentionExperimentTests {
    @Test("Attention finds the word that decides the sense of another")
    func bank() throws {
        let findings = try Experiment.attentionHeads.run(.init(scale: .small))
        let column = "test sentences"
        #expect(try #require(findings["by a block of attention", column]) > 0.95)
        let shares = (1...4).compactMap {
            findings["head \($0): its weight from bank on the deciding word", column]
        }
        let even = try #require(findings["the same if all words had one weight", column])
        #expect(try #require(shares.max()) > 3 * even)
        #expect(findings.plots.count == 2)
    }
}
