import CognitronExamples
import Testing

@Suite struct GenerationExperimentTests {
    /// At the end the discriminator cannot tell both kinds of points apart: D is ½ and V −log 4. One that the
    /// generator's gradient changes too takes everything for real.
    @Test func pointsComeToLieWhereTheDataDo() throws {
        let findings = try Experiment.ganToy.run(.init(scale: .small))
        func last(_ column: String) throws -> Double { try #require(findings["non_saturating", column]) }
        let (apart, spread) = (try last("mean apart"), try last("spread"))
        #expect(apart < 0.3, "the data's mean is 1.12 from 0")
        #expect(spread > 0.7 && spread < 1.3)
        #expect(try abs(last("D(x)") - 0.5) < 0.1 && abs(last("D(G(z))") - 0.5) < 0.1)
        #expect(try abs(last("V") + 1.3863) < 0.15)
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
