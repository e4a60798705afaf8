import Foundation
import Testing

@testable import CognitronPlots

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// A drawing as a program reads it: well-formed XML, with its texts, pictures and their places on the card.
final class SVGReader: NSObject, XMLParserDelegate {
    struct Text {
        let content: String
        /// The estimated ends of the text, in pixels of the card; nil for rotated texts.
        let left: Double?
        let right: Double?
        let y: Double
    }

    private(set) var texts: [Text] = []
    private(set) var counts: [String: Int] = [:]
    private(set) var images: [Data] = []
    private(set) var numbersAreFinite = true
    private(set) var size = (width: 0.0, height: 0.0)
    private var shifts: [SIMD2<Double>] = [.zero]
    private var attributes: [[String: String]] = []
    private var content = ""
    private var failure: (any Error)?

    init(_ svg: String) throws {
        super.init()
        let parser = XMLParser(data: Data(svg.utf8))
        parser.delegate = self
        parser.parse()
        if let failure { throw failure }
    }

    var contents: [String] { texts.map(\.content) }

    /// The texts that reach beyond the card.
    var clipped: [String] {
        texts.filter {
            ($0.left ?? 0) < -0.5 || ($0.right ?? 0) > size.width + 0.5 || $0.y > size.height || $0.y < 6
        }.map(\.content)
    }

    func parser(_ parser: XMLParser, parseErrorOccurred parseError: any Error) { failure = parseError }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        counts[name, default: 0] += 1
        self.attributes.append(attributes)
        content = ""
        for (key, value) in attributes where ["x", "y", "d", "width", "height", "transform"].contains(key) {
            if value.contains("nan") || value.contains("inf") { numbersAreFinite = false }
        }
        if name == "svg" {
            size = (Double(attributes["width"] ?? "") ?? 0, Double(attributes["height"] ?? "") ?? 0)
        }
        var shift = shifts[shifts.count - 1]
        if name == "g",
            let numbers = attributes["transform"]?.firstMatch(of: /translate\(([-\d.]+) ([-\d.]+)\)/)
        {
            shift += [Double(numbers.1) ?? 0, Double(numbers.2) ?? 0]
        }
        shifts.append(shift)
        if name == "image", let data = attributes["href"]?.split(separator: ",").last {
            images.append(Data(base64Encoded: String(data)) ?? Data())
        }
    }

    func parser(_ parser: XMLParser, foundCharacters characters: String) { content += characters }

    func parser(
        _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) {
        let shift = shifts.removeLast()
        let attributes = attributes.removeLast()
        guard name == "text" else { return }
        let label = Label(
            content, size: Double(attributes["font-size"] ?? "") ?? 0,
            isBold: attributes["font-weight"] == "bold")
        let x = shift.x + (Double(attributes["x"] ?? "") ?? .nan)
        let shares: [String: Double] = ["middle": 0.5, "end": 1]
        let share = shares[attributes["text-anchor"] ?? "", default: 0]
        let isRotated = attributes["transform"] != nil
        texts.append(
            Text(
                content: content, left: isRotated ? nil : x - label.width * share,
                right: isRotated ? nil : x + label.width * (1 - share),
                y: shift.y + (Double(attributes["y"] ?? "") ?? .nan)))
    }
}

/// Checks what every drawing keeps: it is well-formed, its numbers are finite and its texts lie on the card.
@discardableResult
func check(_ plot: Plot, sourceLocation: SourceLocation = #_sourceLocation) throws -> SVGReader {
    let reader = try SVGReader(plot.svg)
    #expect(reader.numbersAreFinite, sourceLocation: sourceLocation)
    #expect(reader.clipped.isEmpty, sourceLocation: sourceLocation)
    // Lengths are written with two decimals.
    #expect(abs(reader.size.width - plot.width) < 0.01, sourceLocation: sourceLocation)
    return reader
}
