/// Places the boxes of a directed graph without circles in rows, each below those it reads from, so that
/// arrows point downwards.
///
/// An arrow that passes rows gets a bend in each (Sugiyama, Tagawa and Toda, "Methods for visual
/// understanding of hierarchical system structures", 1981). Rows are ordered by the mean place of their
/// neighbours, which leaves few crossings.
struct DiagramLayout {
    /// A box, or a bend of an arrow.
    struct Vertex {
        /// The number of the box; nil for a bend.
        let box: Int?
        let row: Int
        let width: Double
        /// The middle, in pixels.
        var x = 0.0
        fileprivate var above: [Int] = []
        fileprivate var below: [Int] = []
    }

    private(set) var vertices: [Vertex] = []
    /// The vertices of each row from left to right.
    private(set) var rows: [[Int]] = []
    /// The vertices that each arrow passes, from box to box, in the order of `edges`.
    private(set) var paths: [[Int]] = []

    private static let bendWidth = 14.0
    private static let gap = 22.0
    private static let sweeps = 6

    /// - Parameters:
    ///   - widths: of the boxes.
    ///   - edges: from a box to a later one.
    init(widths: [Double], edges: [(from: Int, to: Int)]) {
        var boxRows = [Int](repeating: 0, count: widths.count)
        for edge in edges.sorted(by: { $0.to < $1.to }) {
            boxRows[edge.to] = max(boxRows[edge.to], boxRows[edge.from] + 1)
        }
        rows = Array(repeating: [], count: (boxRows.max() ?? -1) + 1)
        for (box, row) in boxRows.enumerated() { add(Vertex(box: box, row: row, width: widths[box])) }
        for edge in edges {
            var path = [edge.from]
            for row in boxRows[edge.from] + 1..<boxRows[edge.to] {
                path.append(add(Vertex(box: nil, row: row, width: Self.bendWidth)))
            }
            path.append(edge.to)
            for (a, b) in zip(path, path.dropFirst()) {
                vertices[a].below.append(b)
                vertices[b].above.append(a)
            }
            paths.append(path)
        }
        for row in rows.indices { pack(row) }
        for sweep in 0..<Self.sweeps {
            for row in sweep % 2 == 0 ? Array(rows.indices) : rows.indices.reversed() {
                order(row, by: sweep % 2 == 0 ? \.above : \.below)
            }
        }
        for sweep in 0..<Self.sweeps {
            for row in sweep % 2 == 0 ? Array(rows.indices) : rows.indices.reversed() { straighten(row) }
        }
    }

    @discardableResult
    private mutating func add(_ vertex: Vertex) -> Int {
        vertices.append(vertex)
        rows[vertex.row].append(vertices.count - 1)
        return vertices.count - 1
    }

    /// Whether all arrows that pass the row go through its only box: the diagram can be cut below it.
    func isCut(_ row: Int) -> Bool { rows[row].count == 1 && vertices[rows[row][0]].box != nil }

    /// The mean place of the neighbours; the own one without any.
    private func mean(_ vertex: Int, _ neighbours: [Int]) -> Double {
        neighbours.isEmpty
            ? vertices[vertex].x : neighbours.reduce(0) { $0 + vertices[$1].x } / Double(neighbours.count)
    }

    private mutating func order(_ row: Int, by neighbours: KeyPath<Vertex, [Int]>) {
        let wanted = rows[row].map { ($0, mean($0, vertices[$0][keyPath: neighbours])) }
        rows[row] = wanted.enumerated().sorted { ($0.element.1, $0.offset) < ($1.element.1, $1.offset) }
            .map(\.element.0)
        pack(row)
    }

    /// Puts the row's vertices side by side around 0.
    private mutating func pack(_ row: Int) {
        var x = 0.0
        for vertex in rows[row] {
            vertices[vertex].x = x + vertices[vertex].width / 2
            x += vertices[vertex].width + Self.gap
        }
        for vertex in rows[row] { vertices[vertex].x -= (x - Self.gap) / 2 }
    }

    /// Moves the row's vertices towards their neighbours as far as the row has room.
    private mutating func straighten(_ row: Int) {
        let order = rows[row]
        let wanted = order.map { mean($0, vertices[$0].above + vertices[$0].below) }
        var places = wanted
        func distance(_ index: Int) -> Double {
            (vertices[order[index - 1]].width + vertices[order[index]].width) / 2 + Self.gap
        }
        for index in order.indices.dropFirst() {
            places[index] = max(places[index], places[index - 1] + distance(index))
        }
        // Pushing to the right only would make the diagram drift.
        let drift = zip(places, wanted).reduce(0) { $0 + $1.0 - $1.1 } / Double(max(1, order.count))
        for (index, vertex) in order.enumerated() { vertices[vertex].x = places[index] - drift }
    }
}
