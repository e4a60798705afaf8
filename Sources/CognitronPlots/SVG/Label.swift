/// A piece of text in a drawing, with an estimate of its width.
///
/// Widths are those of DejaVu Sans, among the widest of usual fonts: a text that fits in it fits in others.
struct Label {
    enum Anchor: String { case start, middle, end }

    let text: String
    let size: Double
    var isBold = false
    var color = Palette.ink

    /// Sizes in pixels.
    static let small = 11.0
    static let normal = 12.0
    static let heading = 16.0

    init(_ text: String, size: Double = Label.normal, isBold: Bool = false, color: String = Palette.ink) {
        (self.text, self.size, self.isBold, self.color) = (text, size, isBold, color)
    }

    /// The width in pixels, at most some percent too large.
    var width: Double {
        text.unicodeScalars.reduce(0) { $0 + Self.advance($1) } * size * (isBold ? 1.1 : 1)
    }

    /// The width of a character of size 1.
    private static func advance(_ scalar: Unicode.Scalar) -> Double {
        switch scalar {
        case "i", "j", "l", "'", "|", "I", ".", ",", ":", ";", "!": 0.33
        case " ", "f", "t", "r", "(", ")", "[", "]", "/", "-": 0.4
        case "m", "M", "W", "w", "%", "@", "−", "→", "×", "·": 0.95
        case "A"..."Z": 0.7
        case "\u{0}"..."\u{24FF}": 0.62
        default: 1
        }
    }

    /// The text element with its baseline's `anchor` at (x, y).
    ///
    /// - Parameter angle: degrees clockwise around (x, y).
    func at(_ x: Double, _ y: Double, _ anchor: Anchor = .start, angle: Double = 0) -> SVG {
        SVG(
            "text",
            [
                "x": x, "y": y, "font-size": size, "font-weight": isBold ? "bold" : nil, "fill": color,
                "text-anchor": anchor == .start ? nil : anchor.rawValue,
                "transform": angle == 0 ? nil : "rotate(\(angle.svgText) \(x.svgText) \(y.svgText))",
            ], text: text)
    }

    /// The label cut to a width, with … at its end; itself where it fits.
    func fitted(to width: Double) -> Label {
        guard self.width > width else { return self }
        var text = text
        while !text.isEmpty {
            text.removeLast()
            let cut = Label(text + "…", size: size, isBold: isBold, color: color)
            if cut.width <= width { return cut }
        }
        return Label("", size: size)
    }

    /// The label in lines of at most that width, broken at spaces where there are any.
    ///
    /// - Parameter limit: the most lines; what is left over ends in ….
    func lines(width: Double, limit: Int = 3) -> [Label] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: true) {
            let longer = line.isEmpty ? String(word) : "\(line) \(word)"
            if line.isEmpty || with(longer).width <= width {
                line = longer
            } else {
                lines.append(line)
                line = String(word)
            }
        }
        lines.append(line)
        if lines.count > limit {
            lines = lines.prefix(limit - 1) + [lines[(limit - 1)...].joined(separator: " ")]
        }
        return lines.map { with($0).fitted(to: width) }
    }

    private func with(_ text: String) -> Label { Label(text, size: size, isBold: isBold, color: color) }
}
