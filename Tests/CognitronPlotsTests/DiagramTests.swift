import Cognitron
import Testing

@testable import CognitronPlots

@Suite("Diagrams of models")
struct DiagramTests {
    @Test("Boxes have types, names, shapes and numbers of parameters")
    func chain() throws {
        let model = Sequential([
            Input(8, 8, 1), Conv2D(4, kernelSize: 3, padding: .same), Flatten(), Dense(3, name: "classes"),
        ])
        let plot = try Plot.diagram(of: model, title: "small")
        let texts = try check(plot).contents
        for text in ["Conv2D", "conv2d", "8 × 8 × 4 · 40 parameters", "classes", "3 · 771 parameters"] {
            #expect(texts.contains(text), "\(text) of \(texts)")
        }
        #expect(try SVGReader(plot.svg).counts["path"] == 4)
        #expect(plot.texts["dot"]?.contains("n2 -> n3;") == true)
        #expect(plot.texts["mmd"]?.hasPrefix("flowchart TD\n  n0[\"Input<br>input<br>8 × 8 × 1\"]") == true)
    }

    @Test("A model without shapes is refused")
    func unbuilt() {
        #expect(throws: CognitronError.self) { try Plot.diagram(of: Sequential([Dense(2)])) }
    }

    @Test("Names cannot leave their quotes")
    func hostileNames() throws {
        let model = Sequential([Input(2), Dense(1, name: "a\"]; <b>\\ \u{7}")], name: "</title>")
        let plot = try Plot.diagram(of: model)
        try check(plot)
        #expect(plot.texts["dot"]?.contains("a\\\"]; <b>\\\\") == true)
        #expect(plot.texts["mmd"]?.contains("a#34;]#59; #60;b#62;") == true)
    }

    @Test(
        "Boxes of a row do not overlap, arrows go down, and long networks stand in columns within a page",
        arguments: [1, 3, 12, 40])
    func residual(blocks: Int) throws {
        let input = Input(8, 8, 4)
        var x: any Symbolic = input
        for block in 0..<blocks {
            let inner = Conv2D(4, kernelSize: 3, padding: .same)(
                ReLU()(Conv2D(4, kernelSize: 3, padding: .same)(x)))
            x =
                block % 2 == 0
                ? Add()(inner, Conv2D(4, kernelSize: 1)(x))
                : Concatenate()(inner, x, Conv2D(2, kernelSize: 1)(x))
        }
        let model = try Model(inputs: input, outputs: x)
        let wiring = try #require(model.wiring)
        let diagram = ModelDiagram(wiring)
        let layout = DiagramLayout(
            widths: diagram.boxes.map { _ in 100 }, edges: diagram.edges)
        for row in layout.rows {
            for (a, b) in zip(row, row.dropFirst()) {
                let room = (layout.vertices[a].width + layout.vertices[b].width) / 2
                #expect(layout.vertices[b].x - layout.vertices[a].x >= room)
            }
        }
        for path in layout.paths {
            for (a, b) in zip(path, path.dropFirst()) {
                #expect(layout.vertices[b].row == layout.vertices[a].row + 1)
            }
        }
        let plot = try Plot.diagram(of: model)
        try check(plot)
        #expect(plot.width < 1400 && plot.height < 400 * Double(blocks) + 400)
    }
}
