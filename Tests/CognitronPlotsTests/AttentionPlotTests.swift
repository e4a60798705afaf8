import Cognitron
import CognitronPlots
import Testing

@Suite struct AttentionPlotTests {
    private let words = ["the", "bank", "of", "the", "river"]

    @Test func drawsATableForEachHead() throws {
        let weights = Tensor.ones([2, 5, 5]) / 5
        let plot = try Plot.attention(weights, queries: words, keys: words, title: "Heads")
        #expect(plot.svg.contains("head 1") && plot.svg.contains("head 2"))
        #expect(plot.svg.components(separatedBy: "bank → river: 20").count == 3)
        let alignment = try Plot.attention(.ones([2, 5]), queries: ["die", "Bank"], keys: words)
        #expect(!alignment.svg.contains("head 1") && alignment.svg.contains("Bank → river: 100"))
    }

    @Test func refusesWeightsOfOtherWords() {
        for shape: Shape in [[2, 4, 5], [5], [0, 5, 5]] {
            #expect(throws: CognitronError.self) {
                try Plot.attention(.ones(shape), queries: words, keys: words)
            }
        }
    }
}
