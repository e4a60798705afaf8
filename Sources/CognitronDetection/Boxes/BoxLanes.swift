/// Eight boxes with their sides in one vector each, so that they are compared with a box at once.
struct BoxLanes {
    static let count = 8

    // Empty boxes without a place: they overlap nothing.
    private(set) var left = SIMD8<Float>()
    private(set) var top = SIMD8<Float>()
    private(set) var right = SIMD8<Float>()
    private(set) var bottom = SIMD8<Float>()
    private(set) var area = SIMD8<Float>()

    subscript(lane: Int) -> Box {
        get { Box(left: left[lane], top: top[lane], right: right[lane], bottom: bottom[lane]) }
        set {
            (left[lane], top[lane], right[lane], bottom[lane]) = (
                newValue.left, newValue.top, newValue.right, newValue.bottom
            )
            area[lane] = newValue.area
        }
    }

    /// Boxes in groups of eight, the last filled up with empty ones.
    static func groups(_ boxes: [Box]) -> [BoxLanes] {
        var groups = [BoxLanes](repeating: BoxLanes(), count: (boxes.count + count - 1) / count)
        for (index, box) in boxes.enumerated() { groups[index / count][index % count] = box }
        return groups
    }

    /// The intersection over union of each with a box of the given area; not a number where both are empty.
    @inline(__always)
    func iou(_ box: Box, area boxArea: Float) -> SIMD8<Float> {
        let width =
            Self.smaller(right, SIMD8(repeating: box.right)) - Self.larger(left, SIMD8(repeating: box.left))
        let height =
            Self.smaller(bottom, SIMD8(repeating: box.bottom)) - Self.larger(top, SIMD8(repeating: box.top))
        let shared = Self.larger(width, SIMD8()) * Self.larger(height, SIMD8())
        return shared / (area + boxArea - shared)
    }

    // The standard library's pointwiseMin works lane by lane.
    @inline(__always)
    private static func smaller(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> {
        a.replacing(with: b, where: b .< a)
    }

    @inline(__always)
    private static func larger(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> {
        a.replacing(with: b, where: b .> a)
    }
}
