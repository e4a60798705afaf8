import CognitronExamples
import Testing

@Suite struct NeocognitronExperimentTests {
    @Test func learnedFeaturesReadDigits() throws {
        let findings = try Experiment.neocognitron.run(.init(scale: .small))
        let neocognitron = try #require(findings["neocognitron", "test accuracy"])
        let first = try #require(findings["neocognitron-1980", "test accuracy"])
        #expect(neocognitron > 0.9)
        #expect(first > 0.3, "chance is 0.1")
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
