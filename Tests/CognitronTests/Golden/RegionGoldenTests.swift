import Testing

@testable import Cognitron

@Suite("Features of regions are those of torchvision")
struct RegionGoldenTests {
    private struct Arguments: Decodable {
        var layer: String
        var size: Int?
        var spatialScale: Float?
        var samplingRatio: Int?
        var aligned: Bool?
    }

    @Test(
        "RoI align and RoI pooling, and maps in the size of others", arguments: try GoldenCase.all("regions"))
    func layers(_ golden: GoldenCase) throws {
        let a: Arguments = try golden.configuration()
        let layer: any AnyLayer =
            switch a.layer {
            case "RoIAlign":
                RoIAlign(
                    size: try #require(a.size), spatialScale: try #require(a.spatialScale),
                    samplingRatio: try #require(a.samplingRatio), aligned: try #require(a.aligned))
            case "RoIPooling":
                RoIPooling(size: try #require(a.size), spatialScale: try #require(a.spatialScale))
            default: ResizeToMatch2D()
            }
        try expectGolden(layer, golden)
    }
}
