import Cognitron
import CognitronData

/// Pictures with captions in rows.
///
///     let sheet = PictureSheet("Numbers", sections: [.init("Training", cells)])
///     try sheet.plot().write(to: "numbers.svg")
public struct PictureSheet: Sendable {
    /// A picture with its caption.
    public struct Cell: Sendable {
        public var picture: Picture
        /// Lines below the picture.
        public var caption: [String]
        /// The boxes over the picture, if any.
        var boxes: [SheetBox] = []

        public init(_ picture: Picture, caption: [String] = []) {
            (self.picture, self.caption) = (picture, caption)
        }
    }

    /// Pictures under a title.
    public struct Section: Sendable {
        public var title: String
        public var cells: [Cell]
        /// The most pictures in a row; nil for as many as fit.
        public var columns: Int?

        public init(_ title: String = "", _ cells: [Cell], columns: Int? = nil) {
            (self.title, self.cells, self.columns) = (title, cells, columns)
        }
    }

    public var title: String
    public var subtitle: String
    public var sections: [Section]
    /// The side of a picture in pixels.
    public var side: Double
    /// What colours mean, below the pictures.
    var colorBar: ColorBar?
    /// Names of colours, below the pictures.
    var legend: [(name: String, color: String)] = []

    public init(_ title: String, subtitle: String = "", sections: [Section], side: Double = 84) {
        (self.title, self.subtitle, self.sections, self.side) = (title, subtitle, sections, side)
    }

    private static let gap = 12.0

    /// The drawing.
    ///
    /// - Throws: `CognitronError` where a picture is too large to be stored.
    public func plot(width: Double = 640) throws -> Plot {
        let most = sections.map { Double(min($0.columns ?? .max, $0.cells.count)) }.max() ?? 1
        let needed = min(width, max(most * (side + Self.gap) - Self.gap, 320))
        var (content, y) = ([SVG](), 0.0)
        for section in sections {
            if y > 0 { y += 8 }
            for line in Label(section.title, isBold: true).lines(width: needed) where !section.title.isEmpty {
                content.append(line.at(0, y + 11))
                y += 17
            }
            y += section.title.isEmpty ? 0 : 3
            let (cells, height) = try drawn(section, width: needed)
            content.append(SVG("g", ["transform": "translate(0 \(y.svgText))"], cells))
            y += height
        }
        if let colorBar {
            content.append(colorBar.drawn(0, y + 4, width: min(needed, 480)))
            y += 4 + ColorBar.height
        }
        let (names, height) = legendRows(width: needed)
        content.append(SVG("g", ["transform": "translate(0 \(y.svgText))"], names))
        return Plot(
            title, subtitle: subtitle, width: needed, height: max(y + height, 20), content: content)
    }

    private func legendRows(width: Double) -> (content: [SVG], height: Double) {
        var (content, x, y) = ([SVG](), 0.0, 12.0)
        for (name, color) in legend {
            let label = Label(name).fitted(to: width - 20)
            if x > 0, x + 20 + label.width > width { (x, y) = (0, y + 18) }
            content += [.rectangle(x, y - 10, 14, 12, fill: color), label.at(x + 20, y)]
            x += 20 + label.width + 16
        }
        return (content, legend.isEmpty ? 0 : y + 4)
    }

    private func drawn(_ section: Section, width: Double) throws -> (content: [SVG], height: Double) {
        let fitting = max(1, Int((width + Self.gap) / (side + Self.gap)))
        let columns = min(fitting, section.columns ?? fitting)
        let lines = section.cells.map(\.caption.count).max() ?? 0
        let rowHeight = side + (lines > 0 ? 4 + 14 * Double(lines) : 0) + Self.gap * 0.75
        var content: [SVG] = []
        for (index, cell) in section.cells.enumerated() {
            let (x, y) = (Double(index % columns) * (side + Self.gap), Double(index / columns) * rowHeight)
            content.append(
                try .picture(cell.picture, x, y, side: side, tip: cell.caption.joined(separator: ", ")))
            content += cell.boxes.flatMap { $0.drawn(over: cell.picture, x, y, side: side) }
            for (line, text) in cell.caption.enumerated() {
                let label = Label(text, size: Label.small, color: line == 0 ? Palette.ink : Palette.faint)
                content.append(
                    label.fitted(to: side + Self.gap - 2).at(
                        x + side / 2, y + side + 13 + 14 * Double(line), .middle))
            }
        }
        let rows = (section.cells.count + columns - 1) / columns
        return (content, Double(rows) * rowHeight)
    }
}

/// What colours stand for: a strip of all colours with the numbers at its ends.
struct ColorBar: Sendable {
    let colors: ColorMap
    let low: String
    let high: String
    let title: String

    static let height = 30.0
    private static let steps = 32

    func drawn(_ x: Double, _ y: Double, width: Double) -> SVG {
        let (lowLabel, highLabel) = (Label(low, size: Label.small), Label(high, size: Label.small))
        let left = x + lowLabel.width + 6
        let titleLabel = Label(title, size: Label.small, color: Palette.faint)
        let length = max(60, width - lowLabel.width - highLabel.width - titleLabel.width - 24)
        let step = length / Double(Self.steps)
        let strip = (0..<Self.steps).map { index in
            SVG.rectangle(
                left + Double(index) * step, y + 8, step + 0.6, 12,
                fill: colors.text(Float(index) / Float(Self.steps - 1)))
        }
        return SVG(
            "g", [:],
            strip + [
                .rectangle(left, y + 8, length, 12, fill: "none", stroke: Palette.frame),
                lowLabel.at(x, y + 18), highLabel.at(left + length + 6, y + 18),
                titleLabel.at(left + length + 6 + highLabel.width + 10, y + 18),
            ])
    }
}

/// A box over a picture, with its label.
struct SheetBox: Sendable {
    let box: BoxRow
    let label: String
    let color: String
    var isDashed = false

    func drawn(over picture: Picture, _ x: Double, _ y: Double, side: Double) -> [SVG] {
        let longest = Double(max(picture.height, picture.width))
        let scale = side / longest
        let (dx, dy) = (
            x + (side - Double(picture.width) * scale) / 2, y + (side - Double(picture.height) * scale) / 2
        )
        let (left, top) = (dx + Double(box.left) * scale, dy + Double(box.top) * scale)
        let (width, height) = (Double(box.right - box.left) * scale, Double(box.bottom - box.top) * scale)
        let text = Label(label, size: 10, isBold: true, color: "#ffffff").fitted(to: max(width, 40))
        let frame = SVG(
            "rect",
            [
                "x": left, "y": top, "width": width, "height": height, "fill": "none", "stroke": color,
                "stroke-width": 2.0, "stroke-dasharray": isDashed ? "4 2" : nil,
            ])
        guard !label.isEmpty, side >= 120 else { return [frame] }
        let labelTop = top - 13 >= y ? top - 13 : top
        return [
            frame, .rectangle(left - 1, labelTop, text.width + 6, 13, fill: color),
            text.at(left + 2, labelTop + 10),
        ]
    }
}
