/// How four numbers describe a box.
///
///     Box([10, 10, 4, 2], .centers)                      // left 8, top 9, right 12, bottom 11
///     box.values(.sizes)                                 // left, top, width, height
///
/// - Source: torchvision `box_convert` ("xyxy", "cxcywh", "xywh").
public enum BoxFormat: Sendable, CaseIterable {
    /// Left, top, right, bottom.
    case corners
    /// The center's x and y, width, height.
    case centers
    /// Left, top, width, height.
    case sizes
}

extension Box {
    /// The box that four numbers describe.
    public init(_ values: SIMD4<Float>, _ format: BoxFormat) {
        let (x, y, z, w) = (values.x, values.y, values.z, values.w)
        switch format {
        case .corners: self.init(left: x, top: y, right: z, bottom: w)
        case .centers: self.init(left: x - z / 2, top: y - w / 2, right: x + z / 2, bottom: y + w / 2)
        case .sizes: self.init(left: x, top: y, right: x + z, bottom: y + w)
        }
    }

    /// The four numbers that describe the box.
    public func values(_ format: BoxFormat) -> SIMD4<Float> {
        switch format {
        case .corners: [left, top, right, bottom]
        case .centers: [centerX, centerY, width, height]
        case .sizes: [left, top, width, height]
        }
    }

    /// The box in a picture that is `x` times as wide and `y` times as high.
    public func scaled(x: Float, y: Float) -> Box {
        Box(left: left * x, top: top * y, right: right * x, bottom: bottom * y)
    }
}
