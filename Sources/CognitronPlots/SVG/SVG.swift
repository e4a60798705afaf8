/// An element of an SVG drawing: its name, attributes, and the elements or the text in it.
///
/// Names of elements and attributes are the code's own; texts and values may come from anywhere and are
/// escaped.
struct SVG: Sendable {
    let name: String
    private let attributes: [(name: String, value: String)]
    private let children: [SVG]
    private let text: String?

    /// - Parameter attributes: those without a value are left out.
    init(_ name: String, _ attributes: KeyValuePairs<String, (any SVGValue)?> = [:], _ children: [SVG] = []) {
        self.init(name, attributes, children, text: nil)
    }

    init(_ name: String, _ attributes: KeyValuePairs<String, (any SVGValue)?> = [:], text: String) {
        self.init(name, attributes, [], text: text)
    }

    private init(
        _ name: String, _ attributes: KeyValuePairs<String, (any SVGValue)?>, _ children: [SVG], text: String?
    ) {
        (self.name, self.children, self.text) = (name, children, text)
        self.attributes = attributes.compactMap { name, value in value.map { (name, $0.svgText) } }
    }

    /// The element as SVG, one line for each element.
    var markup: String {
        var result = ""
        write(to: &result)
        return result
    }

    private func write(to result: inout String) {
        result += "<\(name)"
        for (name, value) in attributes { result += " \(name)=\"\(value.escapedForXML)\"" }
        if let text {
            result += ">\(text.escapedForXML)</\(name)>\n"
        } else if children.isEmpty {
            result += "/>\n"
        } else {
            result += ">\n"
            for child in children { child.write(to: &result) }
            result += "</\(name)>\n"
        }
    }
}

/// A value of an attribute.
protocol SVGValue: Sendable {
    var svgText: String { get }
}

extension String: SVGValue {
    var svgText: String { self }
}

extension Int: SVGValue {
    var svgText: String { description }
}

extension Double: SVGValue {
    /// Two decimals: a hundredth of a pixel.
    var svgText: String {
        guard isFinite, abs(self) < 1e9 else { return "0" }
        let hundredths = Int((self * 100).rounded())
        let (whole, rest) = abs(hundredths).quotientAndRemainder(dividingBy: 100)
        let digits = rest % 10 == 0 ? "\(rest / 10)" : (rest < 10 ? "0\(rest)" : "\(rest)")
        return (hundredths < 0 ? "-" : "") + "\(whole)" + (rest == 0 ? "" : ".\(digits)")
    }
}

extension String {
    /// The text as XML: markup characters are escaped, and characters that XML 1.0 has not are replaced.
    var escapedForXML: String {
        var result = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\t", "\n", "\r": result += " "
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
