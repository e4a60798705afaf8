import CognitronExamples
import Testing

@Suite struct SegmentationExperimentTests {
    @Test("U-Net cuts shapes out better than scores every 32 pixels; SegNet hands the least to its decoder")
    func shapes() throws {
        let findings = try Experiment.segmentation.run(.init(scale: .small))
        func number(_ row: String, _ column: String) throws -> Double {
            try #require(findings[row, column])
        }
        #expect(try number("U-Net", "mean IoU") > number("FCN-32s", "mean IoU") + 0.1)
        #expect(try number("U-Net", "mean IoU") > 0.8)
        let column = "kB a picture handed to the decoder"
        #expect(try number("SegNet", column) < number("FCN-8s", column))
        #expect(try number("FCN-8s", column) < number("U-Net", column))
        #expect(findings.plots["segmentation"] != nil)
    }

    @Test("U-Net tells tissues apart that are equally bright")
    func tissues() throws {
        let findings = try Experiment.brainSegmentation.run(.init(scale: .small))
        let (network, nearest) = (
            findings["U-Net, seed 1", "mean IoU"], findings["nearest mean brightness", "mean IoU"]
        )
        #expect(try #require(network) > 0.75)
        #expect(try #require(network) > #require(nearest) + 0.15)
    }
}
