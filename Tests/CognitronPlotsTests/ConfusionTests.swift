import Cognitron
import Testing

@testable import CognitronPlots

@Suite("Confusion matrices")
struct ConfusionTests {
    @Test("Counts, recalls, the accuracy and the most frequent mistakes are texts")
    func texts() throws {
        let plot = Plot.confusion([[8, 2, 0], [0, 5, 0], [1, 3, 6]], classNames: ["cat", "dog", "cow"])
        let texts = try check(plot).contents
        for text in ["8", "2", "80.0 %", "100.0 %", "60.0 %", "accuracy 76.00 % of 25 samples"] {
            #expect(texts.contains(text), "\(text)")
        }
        #expect(texts.contains("cow taken for dog: 3 times, 30.0 % of the class"))
        #expect(texts.filter { $0.contains("taken for") }.count == 3)
    }

    @Test("Any number of classes, with long names, lies on the card", arguments: [1, 2, 10, 20, 21, 100])
    func sizes(count: Int) throws {
        let matrix = Tensor.identity(count) * 9 + 1
        let names = (0..<count).map { "a class with the long name \($0)" }
        let reader = try check(Plot.confusion(matrix, classNames: names))
        #expect(reader.contents.filter { $0.hasPrefix("a class") }.count >= 2 * count)
        #expect(reader.counts["rect"] == count * count + 2)
        try check(Plot.confusion(.zeros([count, count])))
    }

    @Test("Weighted counts are shown with decimals")
    func weighted() throws {
        #expect(try check(Plot.confusion([[0.25, 1.5], [0, 2]])).contents.contains("0.25"))
    }
}
