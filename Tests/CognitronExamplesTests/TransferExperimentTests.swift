import CognitronExamples
import Testing

@Suite struct TransferExperimentTests {
    @Test func whatWasLearntElsewhereHelpsWithFivePictures() throws {
        let findings = try Experiment.transfer.run(.init(scale: .small))
        let nothing = try #require(findings["from nothing", "5 a class"])
        let frozen = try #require(findings["new head, the body frozen", "5 a class"])
        #expect(frozen > 0.85 && frozen > nothing + 0.05)
        #expect(findings.tables[0].rows.count == 4 && findings.plots.count == 1)
    }
}
