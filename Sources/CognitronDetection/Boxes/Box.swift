import CognitronData

/// A rectangle in pixels of a picture: `right` and `bottom` are the first column and row past it.
///
///     let square = Box(left: 0, top: 0, right: 4, bottom: 4)
///     square.iou(Box(left: 2, top: 0, right: 6, bottom: 4))  // 1/3
///
/// A box whose right side is not right of its left one, or bottom not below its top, is empty: its area is 0.
public struct Box: Hashable, Sendable {
    public var left: Float
    public var top: Float
    public var right: Float
    public var bottom: Float

    @inlinable
    public init(left: Float, top: Float, right: Float, bottom: Float) {
        (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
    }

    /// The box of a row of a data set's targets.
    public init(_ row: BoxRow) {
        self.init(left: row.left, top: row.top, right: row.right, bottom: row.bottom)
    }

    @inlinable public var width: Float { right - left }
    @inlinable public var height: Float { bottom - top }

    /// 0 of an empty box.
    @inlinable public var area: Float { max(width, 0) * max(height, 0) }

    @inlinable public var centerX: Float { (left + right) / 2 }
    @inlinable public var centerY: Float { (top + bottom) / 2 }

    /// Whether all sides are finite and the box is not empty.
    public var isValid: Bool {
        left.isFinite && top.isFinite && right.isFinite && bottom.isFinite && width > 0 && height > 0
    }
}

extension Box {
    /// The part inside a picture.
    public func clipped(width: Float, height: Float) -> Box {
        Box(
            left: min(max(left, 0), width), top: min(max(top, 0), height), right: min(max(right, 0), width),
            bottom: min(max(bottom, 0), height))
    }

    /// The area of the part that both boxes share.
    @inlinable
    public func intersection(_ other: Box) -> Float {
        let width = min(right, other.right) - max(left, other.left)
        let height = min(bottom, other.bottom) - max(top, other.top)
        return max(width, 0) * max(height, 0)
    }

    /// Intersection over union, from 0 to 1; 0 of two empty boxes.
    @inlinable
    public func iou(_ other: Box) -> Float {
        let shared = intersection(other)
        let union = area + other.area - shared
        return union > 0 ? shared / union : 0
    }
}
