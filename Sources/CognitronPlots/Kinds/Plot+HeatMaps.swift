import Cognitron
import CognitronData

extension Plot {
    /// Numbers (H, W) shown as colours.
    public struct HeatMap: Sendable {
        public var values: Tensor
        /// Lines below the map.
        public var caption: [String]
        /// The numbers of the colours at the ends; nil for the smallest and the largest.
        public var range: ClosedRange<Float>?
        public var colors: ColorMap

        public init(
            _ values: Tensor, caption: [String] = [], range: ClosedRange<Float>? = nil,
            colors: ColorMap = .viridis
        ) {
            (self.values, self.caption, self.range, self.colors) = (values, caption, range, colors)
        }
    }

    /// Rows of heat maps, with a title each.
    ///
    /// - Parameters:
    ///   - rows: of matrices (H, W); row 0 is drawn at the top.
    ///   - side: of a map, in pixels.
    /// - Throws: `CognitronError` where a map is no matrix or too large to be stored.
    public static func heatMaps(
        _ title: String, subtitle: String = "", rows: [(title: String, maps: [HeatMap])], side: Double = 120
    ) throws -> Plot {
        let sections = try rows.map { row in
            PictureSheet.Section(row.title, try row.maps.map { try $0.cell() }, columns: row.maps.count)
        }
        let columns = Double(rows.map(\.maps.count).max() ?? 1)
        return try PictureSheet(title, subtitle: subtitle, sections: sections, side: side)
            .plot(width: columns * (side + 12))
    }
}

extension Plot.HeatMap {
    fileprivate func cell() throws -> PictureSheet.Cell {
        guard values.rank == 2, values.count > 0 else {
            throw CognitronError(
                .shape, "heat map", "is no matrix", expected: "rows × columns", got: "\(values.shape)")
        }
        let (low, high) = values.finiteRange
        let picture = Picture(map: values, colors, range: range ?? low...high)
        return PictureSheet.Cell(picture, caption: caption)
    }
}
