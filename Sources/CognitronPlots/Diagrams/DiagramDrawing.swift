/// A model's diagram as SVG: rows of boxes, in several columns where there are many, and columns side by side
/// up to the width of a page, further ones below.
struct DiagramDrawing {
    private let diagram: ModelDiagram
    private let layout: DiagramLayout
    private let columns: [Column]
    private(set) var width = 0.0
    private(set) var height = 0.0

    /// Some rows of the layout, one below the other.
    private struct Column {
        let rows: Range<Int>
        /// What to add to the layout's places.
        let shift: Double
        let right: Double
        /// The upper end of the columns that stand side by side.
        let top: Double

        var bottom: Double { top + 12 + Double(rows.count) * DiagramDrawing.rowHeight }
    }

    private static let boxHeight = 44.0
    private static let rowHeight = 66.0
    private static let columnGap = 44.0
    /// Between columns and those below.
    private static let bandGap = 20.0
    private static let widthLimit = 1240.0
    /// The most rows of a column, if the diagram can be cut there.
    private static let rowLimit = 16

    init(_ diagram: ModelDiagram) {
        self.diagram = diagram
        let widths = diagram.boxes.map(Self.width)
        layout = DiagramLayout(widths: widths, edges: diagram.edges)
        columns = Self.columns(of: layout)
        width = columns.map(\.right).max() ?? 0
        let bottom = columns.map(\.bottom).max() ?? 0
        height = max(bottom - Self.rowHeight + Self.boxHeight - (columns.count > 1 ? 0 : 12), 0)
    }

    private static func columns(of layout: DiagramLayout) -> [Column] {
        var (columns, left, top, first) = ([Column](), 0.0, 0.0, 0)
        while first < layout.rows.count {
            let end = end(ofColumnFrom: first, layout)
            let vertices = layout.rows[first..<end].joined().map { layout.vertices[$0] }
            let low = vertices.map { $0.x - $0.width / 2 }.min() ?? 0
            let high = vertices.map { $0.x + $0.width / 2 }.max() ?? 0
            if left > 0, left + high - low > widthLimit {
                (left, top) = (0, (columns.map(\.bottom).max() ?? 0) + bandGap)
            }
            columns.append(
                Column(rows: first..<end, shift: left - low, right: left + high - low, top: top))
            left += high - low + columnGap
            first = end
        }
        return columns
    }

    private static func width(_ box: ModelDiagram.Box) -> Double {
        let heading = Label(box.title, isBold: true).width + 10 + Label(box.name, size: Label.small).width
        return min(max(heading, Label(box.detail, size: Label.small).width, 110) + 20, 320)
    }

    /// The row after the last of a column that begins at `first`.
    private static func end(ofColumnFrom first: Int, _ layout: DiagramLayout) -> Int {
        let count = layout.rows.count
        guard count - first > rowLimit else { return count }
        let cuts = (first + rowLimit / 2..<count - 1).filter(layout.isCut)
        return (cuts.last { $0 < first + rowLimit } ?? cuts.first ?? count - 1) + 1
    }

    var content: [SVG] { [Self.arrowhead] + layout.paths.map(arrow) + diagram.boxes.indices.map(box) }

    private static let arrowhead = SVG(
        "defs", [:],
        [
            SVG(
                "marker",
                [
                    "id": "arrow", "viewBox": "0 0 8 8", "refX": 7, "refY": 4, "markerWidth": 7,
                    "markerHeight": 7, "orient": "auto",
                ], [SVG("path", ["d": "M0 0L8 4L0 8z", "fill": Palette.faint])])
        ])

    private func column(of row: Int) -> Int { columns.firstIndex { $0.rows.contains(row) } ?? 0 }

    /// The middle of a vertex's upper edge.
    private func top(_ vertex: Int) -> SIMD2<Double> {
        let vertex = layout.vertices[vertex]
        let column = columns[column(of: vertex.row)]
        let offset = columns.count > 1 ? 12.0 : 0
        return [
            vertex.x + column.shift,
            column.top + offset + Double(vertex.row - column.rows.lowerBound) * Self.rowHeight,
        ]
    }

    private func box(_ index: Int) -> SVG {
        let (box, width) = (diagram.boxes[index], layout.vertices[index].width)
        let place = top(index)
        let (left, y) = (place.x - width / 2, place.y)
        let title = Label(box.title, isBold: true).fitted(to: width - 20)
        let name = Label(box.name, size: Label.small, color: Palette.faint)
            .fitted(to: width - 28 - title.width)
        return SVG(
            "g", [:],
            [
                SVG("title", text: "\(box.name) \(box.title): \(box.detail)"),
                .rectangle(
                    left, y, width, Self.boxHeight, fill: box.color,
                    stroke: box.isOutput ? Palette.ink : Palette.frame, radius: 5),
                title.at(left + 10, y + 18), name.at(left + width - 10, y + 18, .end),
                Label(box.detail, size: Label.small).fitted(to: width - 16).at(left + 10, y + 35),
            ])
    }

    private func arrow(_ path: [Int]) -> SVG {
        let places = path.map(top)
        var data = ""
        for (index, pair) in zip(path, path.dropFirst()).enumerated() {
            var from = places[index]
            let to = places[index + 1]
            from.y += Self.boxHeight
            // Straight past a row, so that no line runs behind the boxes beside it.
            data += data.isEmpty ? "M\(Self.text(from))" : "V\(from.y.svgText)"
            let columns = (column(of: layout.vertices[pair.0].row), column(of: layout.vertices[pair.1].row))
            data += columns.0 == columns.1 ? curve(from, to) : turn(from, to, after: columns.0)
        }
        return SVG(
            "path",
            [
                "d": data, "fill": "none", "stroke": Palette.faint, "stroke-width": 1.3,
                "marker-end": "url(#arrow)",
            ])
    }

    private static func text(_ place: SIMD2<Double>) -> String { "\(place.x.svgText) \(place.y.svgText)" }

    private func curve(_ from: SIMD2<Double>, _ to: SIMD2<Double>) -> String {
        let middle = (from.y + to.y) / 2
        return "C\(Self.text([from.x, middle])) \(Self.text([to.x, middle])) \(Self.text(to))"
    }

    /// From the lowest box of a column to the highest of the next, between both columns.
    private func turn(_ from: SIMD2<Double>, _ to: SIMD2<Double>, after column: Int) -> String {
        let top = columns[column + 1].top
        let end = "H\(to.x.svgText)V\(to.y.svgText)"
        // Above the lines between the columns that stand there.
        guard columns[column].top == top else { return "V\((top - 8).svgText)\(end)" }
        let between = columns[column].right + Self.columnGap / 2
        return "V\((from.y + 10).svgText)H\(between.svgText)V\((top + 0.5).svgText)\(end)"
    }
}
