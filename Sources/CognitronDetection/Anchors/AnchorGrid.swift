/// Boxes of some sizes and ratios around every cell of feature maps; here those of Faster R-CNN.
///
///     let grid = AnchorGrid(sizes: [[32], [64], [128], [256], [512]], ratios: [[0.5, 1, 2]])
///     let anchors = grid.anchors(levels: sizes, pictureHeight: 800, pictureWidth: 800)
///
/// A box of size s and ratio r (height over width) is s / √r wide and s · √r high, its sides rounded to whole
/// pixels from the center. Centers are at the top left pixel of each cell; cells are apart by the picture's
/// size over the map's, rounded down.
///
/// - Source: torchvision `AnchorGenerator`.
public struct AnchorGrid: Sendable {
    /// For each level, the anchors of a cell around (0, 0): one ratio after another, its sizes together.
    public let cells: [[Box]]

    /// The number of anchors of each level's cells.
    public var anchorsPerCell: [Int] { cells.map(\.count) }

    /// - Parameters:
    ///   - sizes: for each level, the sides of squares in pixels.
    ///   - ratios: for each level, heights over widths; one row holds for all levels.
    public init(sizes: [[Float]], ratios: [[Float]]) {
        precondition(
            ratios.count == sizes.count || ratios.count == 1,
            "AnchorGrid has sizes of \(sizes.count) levels and ratios of \(ratios.count)")
        precondition(
            (sizes + ratios).allSatisfy { !$0.isEmpty && $0.allSatisfy { $0 > 0 && $0.isFinite } },
            "AnchorGrid's sizes and ratios must be positive, at least one a level: \(sizes), \(ratios)")
        cells = sizes.enumerated().map { level, sizes in
            ratios[ratios.count == 1 ? 0 : level].flatMap { ratio in
                sizes.map { size in
                    let width = (1 / ratio.squareRoot() * size / 2).rounded(.toNearestOrEven)
                    let height = (ratio.squareRoot() * size / 2).rounded(.toNearestOrEven)
                    return Box(left: -width, top: -height, right: width, bottom: height)
                }
            }
        }
    }

    /// The anchors of all levels: level by level, row by row, cell by cell, those of a cell together.
    ///
    /// - Parameter levels: the sizes of the feature maps of a picture (padded, where pictures are).
    public func anchors(
        levels: [(height: Int, width: Int)], pictureHeight: Int, pictureWidth: Int
    ) -> [Box] {
        precondition(
            levels.count == cells.count, "AnchorGrid has \(cells.count) levels, not \(levels.count)")
        precondition(
            levels.allSatisfy { $0.height > 0 && $0.width > 0 }, "AnchorGrid needs maps that are not empty")
        var anchors: [Box] = []
        anchors.reserveCapacity(zip(levels, cells).reduce(0) { $0 + $1.0.height * $1.0.width * $1.1.count })
        for (level, cell) in zip(levels, cells) {
            for row in 0..<level.height {
                let y = Float(row * (pictureHeight / level.height))
                for column in 0..<level.width {
                    let x = Float(column * (pictureWidth / level.width))
                    for box in cell { anchors.append(box.moved(x: x, y: y)) }
                }
            }
        }
        return anchors
    }
}

extension Box {
    /// The box at another place.
    func moved(x: Float, y: Float) -> Box {
        Box(left: left + x, top: top + y, right: right + x, bottom: bottom + y)
    }
}
