import CognitronExamples
import Testing

@Suite struct SequenceExperimentTests {
    @Test("Gradients vanish or explode in simple layers, and reach far where gates keep the state")
    func vanishingGradients() throws {
        let findings = try Experiment.vanishingGradients.run(.init(scale: .small))
        func number(_ row: String, _ column: String) throws -> Double {
            try #require(findings[row, column])
        }
        let far = "40 steps back"
        #expect(try number("SimpleRNN, weights × 0.8", far) < 1e-4)
        #expect(try number("SimpleRNN, weights × 2.0", far) > 100)
        #expect(try number("LSTM, forget bias 4", far) > 0.1)
        #expect(try number("LSTM", far) < 0.1)
        #expect(try number("GRU, update bias 4", far) > 0.1)
        #expect(try number("GRU, update bias 4", "30 steps back") > 0.9)
        #expect(try number("GRU", "30 steps back") < 0.7)
        #expect(try number("clipped to a norm of 1", "last loss") < number("no clipping", "last loss"))
        // Two of five steps, and a quarter of the others by chance.
        #expect(try number("each window from zeros", "accuracy") < 0.6)
        #expect(try number("state carried over", "accuracy") > 0.95)
    }
}
