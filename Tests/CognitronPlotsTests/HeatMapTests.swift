import Cognitron
import CognitronPlots
import Testing

@Suite struct HeatMapTests {
    @Test func drawsEachMatrixOnce() throws {
        let map = Plot.HeatMap([[0, 1], [2, 3]], caption: ["numbers"])
        let plot = try Plot.heatMaps("Heat", rows: [("first", [map, map]), ("second", [map])])
        #expect(plot.svg.split(separator: "<image").count == 4)
        #expect(plot.svg.contains("numbers") && plot.svg.contains("second"))
    }

    @Test func refusesWhatIsNoMatrix() {
        let row = Plot.HeatMap([1, 2, 3])
        #expect(throws: CognitronError.self) { try Plot.heatMaps("Heat", rows: [("", [row])]) }
    }
}
