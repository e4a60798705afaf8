import CognitronExamples
import Testing

@Suite struct GenerationExperimentTests {
    /// A discriminator that the generator's gradient changes too learns to be deceived: the points then stay
    /// where they begin, around 0.
    @Test func pointsComeToLieWhereTheDataDo() throws {
        let findings = try Experiment.ganToy.run(.init(scale: .small))
        let apart = try #require(findings["non_saturating", "mean apart"])
        let spread = try #require(findings["non_saturating", "spread"])
        #expect(apart < 0.2, "the data's mean is 1.12 from 0")
        #expect(spread > 0.7 && spread < 1.3)
        #expect(findings.plots.count == 3)
    }

    @Test func classifierAgreesWithTheClassesAskedFor() throws {
        let findings = try Experiment.ganDigits.run(.init(scale: .small))
        let real = try #require(findings["real test pictures", "agrees with the class asked for"])
        let conditional = try #require(findings["cgan", "agrees with the class asked for"])
        #expect(real > 0.9 && conditional > 0.5)
        #expect(findings.plots.count == 3)
    }
}
