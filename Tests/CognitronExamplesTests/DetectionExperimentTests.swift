import CognitronExamples
import Testing

@Suite struct DetectionExperimentTests {
    @Test("A small YOLO finds shapes, and says at what cost")
    func yolo() throws {
        let findings = try Experiment.detection.run(.init(scale: .small))
        func number(_ column: String) throws -> Double { try #require(findings["yolo", column]) }
        let precision = try number("at IoU 0.5")
        #expect(precision > 0.15)
        #expect(try number("at IoU 0.75") < precision)
        #expect(try number("1 a cell") > 0.25)
        #expect(try number("pictures a second") > 0)
    }
}
