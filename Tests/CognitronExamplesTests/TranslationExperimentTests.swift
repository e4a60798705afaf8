import CognitronExamples
import Testing

@Suite struct TranslationExperimentTests {
    @Test("pix2pix colours the shapes whose outlines it is given")
    func outlinesBecomeShapes() throws {
        let findings = try Experiment.pix2pix.run(.init(scale: .small))
        func error(_ row: String) throws -> Double { try #require(findings[row, "absolute error"]) }
        // Without the absolute error in its loss, or without skip connections, it stays above.
        #expect(try error("pix2pix") < 0.06)
        #expect(try error("pix2pix") < 0.5 * error("the mean picture"))
        #expect(try error("pix2pix") < 0.5 * error("the given picture"))
        #expect(findings.plots["pix2pix-shapes"] != nil)
    }

    @Test("Other real pictures are near, noise is far, and a GAN comes nearer")
    func scoresOrderPictures() throws {
        let findings = try Experiment.generatedScores.run(.init(scale: .small))
        func distance(_ row: String) throws -> Double { try #require(findings[row, "Fréchet distance"]) }
        let real = try distance("other real pictures")
        #expect(try distance("real, with noise of σ 0.2") > 2 * real)
        #expect(try distance("noise") > distance("real, with noise of σ 0.2"))
        #expect(try distance("DCGAN, epoch 4") < 0.7 * distance("DCGAN, epoch 1"))
    }
}
