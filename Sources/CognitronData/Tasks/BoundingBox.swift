/// A rectangle of whole pixels around an object, with the object's class.
public struct BoundingBox: Sendable, Hashable {
    /// Leftmost column.
    public let x: Int
    /// Topmost row.
    public let y: Int
    public let width: Int
    public let height: Int
    /// Index of the class.
    public let label: Int

    public init(x: Int, y: Int, width: Int, height: Int, label: Int) {
        (self.x, self.y, self.width, self.height, self.label) = (x, y, width, height, label)
    }

    /// The smallest box around all pixels set in `mask` (H, W); nil where none is set.
    init?(around mask: [UInt8], width: Int, label: Int) {
        let set = mask.indices.filter { mask[$0] != 0 }
        guard let first = set.first, let last = set.last else { return nil }
        let columns = set.map { $0 % width }
        guard let left = columns.min(), let right = columns.max() else { return nil }
        let top = first / width
        self.init(x: left, y: top, width: right - left + 1, height: last / width - top + 1, label: label)
    }
}
