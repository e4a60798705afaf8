extension Box {
    /// The smallest box around both.
    @inlinable
    public func hull(_ other: Box) -> Box {
        Box(
            left: min(left, other.left), top: min(top, other.top), right: max(right, other.right),
            bottom: max(bottom, other.bottom))
    }

    /// Intersection over union, less the share of the hull that neither box covers: from −1 to 1.
    ///
    ///     giou = iou − (hull − union) / hull
    ///
    /// Unlike `iou` it tells how far apart boxes are that share nothing. 0 of two empty boxes at one place.
    ///
    /// - Source: Rezatofighi et al., "Generalized Intersection over Union" (2019).
    public func generalizedIoU(_ other: Box) -> Float {
        let shared = intersection(other)
        let union = area + other.area - shared
        let hull = hull(other).area
        return (union > 0 ? shared / union : 0) - (hull > 0 ? (hull - union) / hull : 0)
    }

    /// The loss 1 − `generalizedIoU(target)`, and its gradient by left, top, right and bottom of this box.
    ///
    /// A side that both boxes have counts as the intersection's and not as the hull's.
    ///
    /// - Source: torchvision `generalized_box_iou_loss`.
    public func generalizedIoULoss(_ target: Box) -> (loss: Float, gradient: SIMD4<Float>) {
        let inner = Box(
            left: max(left, target.left), top: max(top, target.top), right: min(right, target.right),
            bottom: min(bottom, target.bottom))
        let (shared, outer) = (inner.area, hull(target))
        let (union, hull) = (area + target.area - shared, outer.area)
        // The areas' derivatives by those of their sides that are this box's.
        let sharedSlope = inner.areaGradient.replacing(
            with: 0,
            where: values(.corners) .!= inner.values(.corners))
        let hullSlope = outer.areaGradient.replacing(
            with: 0,
            where: values(.corners) .!= outer.values(.corners)
                .| (values(.corners) .== target.values(.corners)))
        let unionSlope = areaGradient - sharedSlope
        // giou = shared / union − 1 + union / hull
        var (value, slope) = (0 as Float, SIMD4<Float>())
        if union > 0 {
            value += shared / union
            slope += sharedSlope / union - unionSlope * (shared / (union * union))
        }
        if hull > 0 {
            value -= (hull - union) / hull
            slope += unionSlope / hull - hullSlope * (union / (hull * hull))
        }
        return (1 - value, -slope)
    }

    /// The derivative of the area by left, top, right and bottom; 0 of an empty box.
    private var areaGradient: SIMD4<Float> {
        area > 0 ? [-height, -width, height, width] : SIMD4()
    }
}
