import CognitronExamples
import Testing

@Suite struct NeocognitronExperimentTests {
    @Test func learnedFeaturesReadDigits() throws {
        let findings = try Experiment.neocognitron.run(.init(scale: .small))
        func rate(_ network: String, _ column: String = "as they are") throws -> Double {
            try #require(findings[network, column])
        }
        #expect(try rate("neocognitron") > 0.88)
        #expect(try rate("neocognitron-1980") > 0.4, "chance is 0.1")
        // What it is for: digits elsewhere than where they were learnt.
        let moved = try rate("neocognitron", "moved by a pixel")
        #expect(try moved > 0.75 && moved > rate("linear", "moved by a pixel") + 0.2)
        #expect(findings.plots.count == 2)
    }

    @Test func historyIsOneFigure() throws {
        let findings = try Experiment.filterHistory.run(.init(scale: .small))
        let figure = try #require(findings.plots["history"])
        for network in ["Made by hand", "Neocognitron", "LeNet", "AlexNet"] {
            #expect(figure.svg.contains(network))
        }
    }
}
