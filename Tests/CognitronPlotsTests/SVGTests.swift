import Cognitron
import Foundation
import Testing

@testable import CognitronPlots

@Suite("SVG")
struct SVGTests {
    @Test("Texts from outside cannot become markup")
    func textsAreEscaped() throws {
        let hostile = "</text><script>alert(\"1 & 2\")</script>\u{0}\u{1B}\u{FFFE}"
        let chart = Chart(
            hostile, x: .init(hostile), y: .init(hostile), series: [.init(hostile, [(0, 1), (1, 2)])])
        let reader = try SVGReader(chart.plot(width: 1200).svg)
        #expect(reader.counts["script"] == nil)
        #expect(reader.contents.contains { $0.contains("<script>alert(\"1 & 2\")") })
    }

    @Test(
        "Attributes have at most two decimals, and no number that SVG cannot read",
        arguments: [
            (1.0, "1"), (-0.004, "0"), (0.05, "0.05"), (2.5, "2.5"), (-1.239, "-1.24"), (.nan, "0"),
            (.infinity, "0"), (1e300, "0"), (1234.999, "1235"),
        ])
    func numbers(value: Double, text: String) {
        #expect(value.svgText == text)
    }

    @Test("Long texts end in …, and titles break at spaces")
    func labelsFit() {
        let label = Label("a long name of a class that nobody can read in a cell")
        #expect(label.fitted(to: 80).width <= 80)
        #expect(label.fitted(to: 80).text.hasSuffix("…"))
        #expect(label.fitted(to: 1000).text == label.text)
        let lines = label.lines(width: 120)
        #expect(lines.count == 3 && lines.allSatisfy { $0.width <= 120 })
        #expect(lines[0].text == "a long name of a")
        #expect(Label("x").fitted(to: 0).text.isEmpty)
    }

    @Test("Files are written as their names end, and other endings are refused with those known")
    func writing() throws {
        let folder = try TemporaryFolder()
        let plot = Chart("t", x: .init(""), y: .init(""), series: [.init("", [(0, 0), (1, 1)])]).plot()
        try plot.write(to: folder.path("a.SVG"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("a.SVG"))) == Data(plot.svg.utf8))
        let error = try #require(throws: CognitronError.self) { try plot.write(to: folder.path("a.jpg")) }
        #expect(error.expected == "a name ending in .svg, .png" && error.received == ".jpg")
        #expect(throws: CognitronError.self) { try plot.write(to: folder.path("none/a.svg")) }
    }

    @Test("PNG has twice the drawing's pixels", .enabled(if: Rasterizer.path != nil))
    func png() throws {
        let plot = Chart("t", x: .init(""), y: .init(""), series: [.init("", [(0, 0), (1, 1)])]).plot()
        let bytes = [UInt8](try plot.png())
        #expect(bytes.prefix(8) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        #expect(Int(bytes[18]) << 8 + Int(bytes[19]) == Int((2 * plot.width).rounded()))
    }

    @Test("Without rsvg-convert the error says what to install")
    func withoutProgram() throws {
        #expect(Rasterizer.path(in: "/nowhere:/also/nowhere") == nil)
        let error = try #require(throws: CognitronError.self) {
            try Rasterizer.requireProgram(in: "/nowhere")
        }
        #expect(error.advice?.contains("librsvg2-bin") == true)
    }
}
