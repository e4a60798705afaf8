import Foundation

/// A box as offsets from an anchor, as networks predict it.
///
///     x offset     = weight · (center x − anchor's center x) / anchor's width       (y likewise)
///     width offset = weight · log(width / anchor's width)                          (height likewise)
///
///     let coder = BoxCoder(weights: (10, 10, 5, 5))
///     coder.decode(coder.encode(box, from: anchor), from: anchor)     // box, but for rounding
///
/// - Source: Girshick et al., "Rich feature hierarchies …" (2014); torchvision `BoxCoder`.
public struct BoxCoder: Sendable {
    /// What offsets are multiplied by, so that they vary about as much as the network's other outputs.
    public let weights: (x: Float, y: Float, width: Float, height: Float)

    /// The largest logarithm of a size that is decoded; larger ones count as this one.
    public let maximumLogScale: Float

    public init(
        weights: (x: Float, y: Float, width: Float, height: Float) = (1, 1, 1, 1),
        maximumLogScale: Float = log(1000.0 / 16)
    ) {
        precondition(
            weights.x > 0 && weights.y > 0 && weights.width > 0 && weights.height > 0,
            "BoxCoder's weights are \(weights), expected positive ones")
        (self.weights, self.maximumLogScale) = (weights, maximumLogScale)
    }

    private var factors: SIMD4<Float> { [weights.x, weights.y, weights.width, weights.height] }

    /// The offsets of a box from an anchor; neither may be empty, else offsets are not finite.
    public func encode(_ box: Box, from anchor: Box) -> SIMD4<Float> {
        let (width, height) = (anchor.width, anchor.height)
        let offsets = SIMD4(
            (box.left + 0.5 * box.width - (anchor.left + 0.5 * width)) / width,
            (box.top + 0.5 * box.height - (anchor.top + 0.5 * height)) / height,
            log(box.width / width), log(box.height / height))
        return offsets * factors
    }

    /// The box of offsets from an anchor.
    public func decode(_ offsets: SIMD4<Float>, from anchor: Box) -> Box {
        let offsets = offsets / factors
        let (width, height) = (anchor.width, anchor.height)
        return Box(
            [
                anchor.left + 0.5 * width + offsets.x * width, anchor.top + 0.5 * height + offsets.y * height,
                exp(min(offsets.z, maximumLogScale)) * width, exp(min(offsets.w, maximumLogScale)) * height,
            ], .centers)
    }
}
