import Cognitron
import Foundation

/// A finished drawing: a chart, a sheet of pictures, a diagram.
///
///     try Plot.curves(history).write(to: "curves.svg")
///     try Plot.confusion(matrix, classNames: names).write(to: "confusion.png")
///
/// It lies on a white card, so that it is legible in print and on dark pages; its texts stay texts, which
/// programs and screen readers can read. Colours are Okabe and Ito's. Sizes are in pixels at 96 to the inch.
public struct Plot: Sendable {
    public let title: String
    public let subtitle: String
    /// Those of the whole card.
    public let width: Double
    public let height: Double

    /// The same content in other forms than SVG, by the extension of their files.
    private(set) var texts: [String: String] = [:]

    private let content: [SVG]

    static let margin = 16.0

    /// - Parameters:
    ///   - width: of the content, which a heading and margins are added to.
    ///   - content: in pixels from (0, 0) below the heading.
    init(
        _ title: String, subtitle: String = "", width: Double, height: Double, content: [SVG],
        texts: [String: String] = [:]
    ) {
        let width = max(width, 160)
        (self.title, self.subtitle, self.texts) = (title, subtitle, texts)
        var heading: [SVG] = []
        var y = Self.margin
        for line in Label(title, size: Label.heading, isBold: true).lines(width: width) where !title.isEmpty {
            heading.append(line.at(Self.margin, y + Label.heading * 0.85))
            y += Label.heading * 1.3
        }
        for line in Label(subtitle, color: Palette.faint).lines(width: width) where !subtitle.isEmpty {
            heading.append(line.at(Self.margin, y + Label.normal * 0.95))
            y += Label.normal * 1.4
        }
        if !heading.isEmpty { y += 8 }
        self.width = width + 2 * Self.margin
        self.height = y + height + Self.margin
        self.content =
            heading + [
                SVG("g", ["transform": "translate(\(Self.margin.svgText) \(y.svgText))"], content)
            ]
    }

    /// The drawing as an SVG document.
    public var svg: String {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + element(isDocument: true).markup
    }

    /// The drawing as an element of a page or of another drawing.
    ///
    /// - Parameter isDocument: whether the element is the root, which names its namespace.
    func element(isDocument: Bool = false, x: Double? = nil, y: Double? = nil) -> SVG {
        let card = SVG(
            "rect",
            [
                "x": 0.5, "y": 0.5, "width": width - 1, "height": height - 1, "rx": 6.0, "fill": Palette.card,
                "stroke": Palette.rule,
            ])
        return SVG(
            "svg",
            [
                "xmlns": isDocument ? "http://www.w3.org/2000/svg" : nil,
                "x": x, "y": y, "width": width, "height": height,
                "viewBox": "0 0 \(width.svgText) \(height.svgText)", "role": "img",
                "font-family": "'DejaVu Sans', Verdana, sans-serif",
            ],
            [SVG("title", text: title), card] + content)
    }

    /// Writes the drawing in the form that the file's name ends in: .svg or .png; diagrams of models also
    /// .dot (Graphviz) and .mmd (Mermaid).
    ///
    /// - Throws: `CognitronError` where the name ends in anything else, the file cannot be written, or
    ///   `rsvg-convert`, which makes PNG, is missing.
    public func write(to path: String) throws {
        let ending = Self.ending(of: path)
        switch ending {
        case "svg": try AtomicFile.write(Data(svg.utf8), to: path)
        case "png": try AtomicFile.write(try png(), to: path)
        default:
            guard let text = texts[ending] else { throw Self.noEnding(path, texts.keys.sorted()) }
            try AtomicFile.write(Data(text.utf8), to: path)
        }
    }

    private static let endings = ["svg", "png"]

    /// - Parameter further: what the name may end in beside `endings`.
    private static func noEnding(_ path: String, _ further: [String]) -> CognitronError {
        let ending = ending(of: path)
        return CognitronError(
            .argument, path, "is no name of a picture that can be written",
            expected: "a name ending in \((endings + further).map { ".\($0)" }.joined(separator: ", "))",
            got: ending.isEmpty ? "no ending" : ".\(ending)")
    }

    private static func ending(of path: String) -> String {
        URL(fileURLWithPath: path).pathExtension.lowercased()
    }

    /// Throws where no picture can be written under that name, before long work.
    package static func requireWritable(_ path: String, for kind: PlotKind) throws {
        struct Tried: Error {}
        let further = kind == .model ? ["dot", "mmd"] : []
        guard (endings + further).contains(ending(of: path)) else { throw noEnding(path, further) }
        if ending(of: path) == "png" { try Rasterizer.requireProgram() }
        do {
            try AtomicFile.write(to: path) { _ in throw Tried() }
        } catch is Tried {}
    }

    /// The drawing as a PNG file's bytes.
    ///
    /// - Parameter scale: pixels of the picture for each pixel of the drawing.
    /// - Throws: `CognitronError` where `rsvg-convert` is missing or fails.
    public func png(scale: Double = 2) throws -> Data {
        // A side beyond 32767 pixels is more than Cairo can draw.
        let fitting = min(scale, 32_000 / max(width, height))
        return try Rasterizer.png(svg, scale: fitting)
    }
}
