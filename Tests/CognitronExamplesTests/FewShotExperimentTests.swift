import Cognitron
import CognitronExamples
import Testing

@Suite struct FewShotExperimentTests {
    @Test func oneShotBeatsPixels() throws {
        let findings = try Experiment.oneShot.run(.init(scale: .small))
        let pixels = try #require(findings["nearest neighbour of pixels", "20-way"])
        for name in ["triplet, semi-hard", "prototypical"] {
            #expect(try #require(findings[name, "20-way"]) > pixels + 0.1)
        }
        #expect(findings["Siamese, L1 distance", "verification"] ?? 0 > 0.7)
        #expect(findings.plots["one-shot"] != nil)
    }

    @Test func attributesNameUnseenClasses() throws {
        let findings = try Experiment.zeroShot.run(.init(scale: .small))
        #expect(findings["among the 40 new classes", "never seen"] ?? 0 > 0.5)
    }

    @Test func encodersLearnFromFewLabels() throws {
        let findings = try Experiment.selfSupervised.run(.init(scale: .small))
        #expect(findings["autoencoder", "50 a class"] ?? 0 > 0.3)
    }
}
