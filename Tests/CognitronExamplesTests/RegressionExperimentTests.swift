import Cognitron
import CognitronExamples
import Testing

@Suite struct RegressionExperimentTests {
    @Test func moreUnitsApproximateBetter() throws {
        let findings = try Experiment.universalApproximation.run(.init(scale: .small))
        let one = try #require(findings["1", "mean squared error"])
        let fifty = try #require(findings["50", "mean squared error"])
        #expect(fifty < 0.05 && fifty < one / 4)
        #expect(findings.plots.count == 4)
    }

    @Test func unknownNameListsTheExperiments() {
        let error = #expect(throws: CognitronError.self) { try Experiment(named: "universal") }
        #expect(error?.description.contains("universal-approximation") == true)
    }
}
