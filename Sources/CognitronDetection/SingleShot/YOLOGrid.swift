import Cognitron
import CognitronData

/// The cells that YOLO's first form divides a picture into, and the meaning of what it predicts for each.
///
/// The output is (N, rows, columns, boxes · 5 + classes): for each box of a cell its center x and y from the
/// cell's left and top side in cells, √width and √height in shares of the picture, and its confidence; then
/// the probability of each class, of which a cell has one set.
///
/// - Source: Redmon et al., "You Only Look Once: Unified, Real-Time Object Detection" (2016).
public struct YOLOGrid: Sendable {
    public let rows: Int
    public let columns: Int
    public let boxesPerCell: Int
    public let classCount: Int
    /// The picture's size in pixels.
    public let height: Int
    public let width: Int

    /// The numbers of a cell.
    public var depth: Int { boxesPerCell * Self.boxDepth + classCount }

    static let boxDepth = 5

    public init(rows: Int, columns: Int, boxesPerCell: Int = 2, classCount: Int, height: Int, width: Int) {
        precondition(
            rows > 0 && columns > 0 && boxesPerCell > 0 && classCount > 0 && height > 0 && width > 0,
            "YOLOGrid needs cells, boxes, classes and pictures")
        (self.rows, self.columns, self.boxesPerCell) = (rows, columns, boxesPerCell)
        (self.classCount, self.height, self.width) = (classCount, height, width)
    }

    /// The box of a cell's four numbers.
    func decode(_ values: SIMD4<Float>, row: Int, column: Int) -> Box {
        let x = (Float(column) + values.x) / Float(columns)
        let y = (Float(row) + values.y) / Float(rows)
        return Box([x, y, values.z * values.z, values.w * values.w], .centers)
            .scaled(x: Float(width), y: Float(height))
    }

    /// The cell with a box's center, and the four numbers of the box there.
    func encode(_ box: Box) -> (row: Int, column: Int, values: SIMD4<Float>) {
        let (x, y) = (box.centerX / Float(width) * Float(columns), box.centerY / Float(height) * Float(rows))
        let (column, row) = (min(max(Int(x), 0), columns - 1), min(max(Int(y), 0), rows - 1))
        let size = SIMD2(box.width / Float(width), box.height / Float(height)).squareRoot()
        return (row, column, [x - Float(column), y - Float(row), size.x, size.y])
    }

    /// Throws where a network's output has other cells.
    func require(_ output: Shape) throws {
        guard Array(output.dropFirst()) == [rows, columns, depth] else {
            throw CognitronError(
                .shape, "yolo-v1", "the output is no grid of these cells",
                expected: "shape (N, \(rows), \(columns), \(depth))", got: "\(output)")
        }
    }
}
