import Cognitron
import Foundation

/// The boxes of an anchor-based YOLO: in each cell of a map one for each shape.
///
/// For each box the network gives t = (x, y, w, h, objectness) and a logit for each class:
///
///     center = (cell + σ(t.x, t.y)) · cell's size        width, height = shape · exp(t.w, t.h)
///
/// The output is (N, rows, columns, shapes · (5 + classes)).
///
/// - Source: Redmon and Farhadi, "YOLO9000: Better, Faster, Stronger" (2017).
public struct AnchorCells: Sendable {
    public let shapes: AnchorShapes
    public let classCount: Int
    /// The picture's size in pixels.
    public let height: Int
    public let width: Int

    /// The numbers of a box.
    public var boxDepth: Int { 5 + classCount }
    /// The numbers of a cell.
    public var depth: Int { shapes.sizes.count * boxDepth }

    /// Logarithms of sizes beyond this one count as this one: 20 times a shape.
    private static let largestLogScale: Float = 3

    public init(shapes: AnchorShapes, classCount: Int, height: Int, width: Int) {
        precondition(
            classCount > 0 && height > 0 && width > 0, "AnchorCells needs classes and pictures")
        (self.shapes, self.classCount, self.height, self.width) = (shapes, classCount, height, width)
    }

    /// Where a box is in a map of cells.
    struct Place: Equatable {
        var row: Int
        var column: Int
        var shape: Int
    }

    /// The box that four numbers mean in a map of so many rows and columns.
    func decode(_ t: SIMD4<Float>, _ place: Place, rows: Int, columns: Int) -> Box {
        let x = (Float(place.column) + sigmoid(t.x)) / Float(columns)
        let y = (Float(place.row) + sigmoid(t.y)) / Float(rows)
        let size = shapes.sizes[place.shape]
        let (w, h) = (min(t.z, Self.largestLogScale), min(t.w, Self.largestLogScale))
        return Box([x, y, size.x * exp(w), size.y * exp(h)], .centers)
            .scaled(x: Float(width), y: Float(height))
    }

    /// What four numbers are to be for a box: the center's place in its cell, from 0 to 1 behind the sigmoid,
    /// and the logarithms of its size over the shape's.
    func encode(_ box: Box, _ place: Place, rows: Int, columns: Int) -> SIMD4<Float> {
        let size = shapes.sizes[place.shape]
        return [
            box.centerX / Float(width) * Float(columns) - Float(place.column),
            box.centerY / Float(height) * Float(rows) - Float(place.row),
            log(box.width / Float(width) / size.x), log(box.height / Float(height) / size.y),
        ]
    }

    /// Throws where an output is not of such boxes.
    func require(_ output: Shape) throws {
        guard output.rank == 4, output[3] == depth else {
            throw CognitronError(
                .shape, "yolo", "the output is not of such boxes",
                expected: "shape (N, rows, columns, \(depth))", got: "\(output)")
        }
    }
}

package func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-x)) }
