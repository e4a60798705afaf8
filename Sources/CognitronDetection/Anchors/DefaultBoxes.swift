/// The boxes that SSD starts from: for every cell of every map a square, a larger one, and two boxes a ratio.
///
///     let maps = [(38, 38), (19, 19), (10, 10), (5, 5), (3, 3), (1, 1)]
///     let boxes = DefaultBoxes.ssd300.boxes(levels: maps, pictureHeight: 300, pictureWidth: 300)
///     boxes.count                                                     // 8732
///
/// With s the scale of map k and s' the next map's, the boxes of a cell are s × s, √(s·s') × √(s·s'), and for
/// each ratio r s·√r × s/√r and s/√r × s·√r, in shares of the picture, around the cell's middle.
///
/// - Source: Liu et al., "SSD: Single Shot MultiBox Detector" (2016); torchvision `DefaultBoxGenerator`.
public struct DefaultBoxes: Sendable {
    /// For each level, the widths and heights of a cell's boxes as shares of the picture.
    public let sizes: [[(width: Float, height: Float)]]

    /// For each level, the pixels from cell to cell; nil for the picture's size over the map's.
    public let steps: [Int]?

    /// The number of boxes of each level's cells.
    public var boxesPerCell: [Int] { sizes.map(\.count) }

    /// Those of SSD300 as published: 8,732 boxes.
    public static let ssd300 = DefaultBoxes(
        ratios: [[2], [2, 3], [2, 3], [2, 3], [2], [2]], scales: [0.07, 0.15, 0.33, 0.51, 0.69, 0.87, 1.05],
        steps: [8, 16, 32, 64, 100, 300])

    /// - Parameters:
    ///   - ratios: for each level, the ratios other than 1.
    ///   - scales: the sides of each level's squares as shares of the picture, and one more.
    ///   - steps: for each level, the pixels from cell to cell; nil for the picture's size over the map's.
    ///   - clips: whether widths and heights are at most the picture's.
    public init(ratios: [[Float]], scales: [Float], steps: [Int]? = nil, clips: Bool = true) {
        precondition(
            scales.count == ratios.count + 1 && steps.map { $0.count == ratios.count } ?? true,
            "DefaultBoxes of \(ratios.count) levels needs one scale more and as many steps, got "
                + "\(scales.count) and \(steps?.count ?? ratios.count)")
        precondition(
            (ratios + [scales]).allSatisfy { $0.allSatisfy { $0 > 0 && $0.isFinite } }
                && steps?.allSatisfy { $0 > 0 } ?? true,
            "DefaultBoxes needs positive ratios, scales and steps")
        sizes = ratios.enumerated().map { level, ratios in
            let (scale, larger) = (scales[level], (scales[level] * scales[level + 1]).squareRoot())
            var sizes = [(scale, scale), (larger, larger)]
            for root in ratios.map({ $0.squareRoot() }) {
                sizes += [(scale * root, scale / root), (scale / root, scale * root)]
            }
            return sizes.map { clips ? (min($0, 1), min($1, 1)) : ($0, $1) }
        }
        self.steps = steps
    }

    /// Scales that grow evenly from `minimum` to `maximum`, with 1 as the one more.
    public static func evenScales(levels: Int, from minimum: Float = 0.15, to maximum: Float = 0.9) -> [Float]
    {
        guard levels > 1 else { return [minimum, maximum] }
        return (0..<levels).map { minimum + (maximum - minimum) * Float($0) / Float(levels - 1) } + [1]
    }

    /// The boxes of all levels in pixels: level by level, row by row, cell by cell, those of a cell together.
    public func boxes(levels: [(height: Int, width: Int)], pictureHeight: Int, pictureWidth: Int) -> [Box] {
        precondition(
            levels.count == sizes.count, "DefaultBoxes has \(sizes.count) levels, not \(levels.count)")
        let (height, width) = (Float(pictureHeight), Float(pictureWidth))
        var boxes: [Box] = []
        for (index, level) in levels.enumerated() {
            // The picture's size in steps, which need not be a whole number.
            let columns = steps.map { width / Float($0[index]) } ?? Float(level.width)
            let rows = steps.map { height / Float($0[index]) } ?? Float(level.height)
            for row in 0..<level.height {
                for column in 0..<level.width {
                    let (x, y) = ((Float(column) + 0.5) / columns, (Float(row) + 0.5) / rows)
                    for size in sizes[index] {
                        boxes.append(
                            Box([x, y, size.width, size.height], .centers).scaled(x: width, y: height))
                    }
                }
            }
        }
        return boxes
    }
}
