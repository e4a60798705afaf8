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

    @Test("The tagger tells words of two kinds apart, and unknown ones by their endings")
    func tagging() throws {
        let findings = try Experiment.tagging.run(.init(scale: .small))
        func accuracy(_ row: String, _ column: String) throws -> Double {
            try #require(findings[row, column])
        }
        #expect(try accuracy("tagger", "all words") > 0.98)
        #expect(try accuracy("most frequent tag", "all words") < 0.85)
        #expect(try accuracy("tagger", "unknown words") > 0.98)
        #expect(try accuracy("most frequent tag", "unknown words") < 0.6)
    }

    @Test("A bag of words cannot tell what \"not\" belongs to")
    func sentiment() throws {
        let findings = try Experiment.sentiment.run(.init(scale: .small))
        func test(_ row: String) throws -> Double { try #require(findings[row, "test"]) }
        #expect(try test("sentiment-bag") < 0.65)
        #expect(try test("sentiment-conv") > 0.95)
        #expect(try test("sentiment-lstm") > 0.85)
    }

    @Test("An LSTM predicts characters better than pairs of them do, as well as long n-grams")
    func characterModels() throws {
        let findings = try Experiment.characterModels.run(.init(scale: .small))
        func bits(_ row: String) throws -> Double { try #require(findings[row, "test"]) }
        #expect(try bits("2-grams") < bits("1-grams"))
        #expect(try bits("4-grams") < bits("2-grams"))
        #expect(try bits("LSTM") < 1.05 * bits("6-grams"))
        // Seven words of three to five letters and a space: log₂ 7 bits for 4.9 characters.
        #expect(try bits("LSTM") > 0.55)
        #expect(findings.notes.count == 4 && findings.notes.allSatisfy { $0.contains("the") })
    }

    @Test("Chaotic series are known for a step, by an LSTM and not as yesterday")
    func forecasts() throws {
        let findings = try Experiment.forecasts.run(.init(scale: .small))
        func error(_ table: Int, _ row: String, _ column: String) throws -> Double {
            try #require(findings.tables[table][row, column])
        }
        #expect(try error(0, "logistic map", "LSTM") < 0.2)
        #expect(try error(0, "logistic map", "linear") > 0.9)
        #expect(try error(0, "logistic map", "as yesterday") > 1)
        #expect(try error(1, "Mackey-Glass", "LSTM") < 0.5 * error(1, "Mackey-Glass", "as yesterday"))
    }

    @Test("A convolutional LSTM sees where shapes are going")
    func movingShapes() throws {
        let findings = try Experiment.movingShapes.run(.init(scale: .small))
        func error(_ row: String) throws -> Double { try #require(findings[row, "mean squared error"]) }
        #expect(try error("convolutional LSTM") < 0.8 * error("the frame before"))
        #expect(try error("convolutional LSTM") < error("convolutions of one frame"))
    }
}
