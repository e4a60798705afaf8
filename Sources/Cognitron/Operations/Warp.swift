import CognitronKernels

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A movement of one image: where in the source each pixel of the result comes from, and what fills the
/// edges.
///
///     Warp.rotation(degrees: 10, height: 32, width: 32, fillMode: .reflect)
///     Warp.mirrored
///
/// Results have the size of the source and are interpolated bilinearly, masks by the nearest pixel. Places
/// are pixels' centres: 0 … width − 1 from left to right, 0 … height − 1 downwards.
public struct Warp: Hashable, Sendable {
    package let map: PlaneMap
    public let fillMode: FillMode
    public let fillValue: Float

    package init(_ map: PlaneMap, _ fillMode: FillMode = .constant, _ fillValue: Float = 0) {
        (self.map, self.fillMode, self.fillValue) = (map, fillMode, fillValue)
    }

    /// Left and right exchanged.
    public static let mirrored = Warp(.mirror)

    /// Top and bottom exchanged.
    public static let flipped = Warp(.flip)

    /// A shift by whole pixels; negative numbers shift up and left.
    public static func shift(
        down: Int, right: Int, fillMode: FillMode = .constant, fillValue: Float = 0
    ) -> Warp {
        Warp(.shift(down: down, right: right), fillMode, fillValue)
    }

    /// Any affine or projective map, from a place (x, y) of the result to its place in the source:
    ///
    ///     k = c₀ x + c₁ y + 1,  x' = (a₀ x + a₁ y + a₂) / k,  y' = (b₀ x + b₁ y + b₂) / k
    ///
    /// - Parameters:
    ///   - a: a₀, a₁, a₂.
    ///   - b: b₀, b₁, b₂.
    ///   - c: c₀, c₁; zeros for an affine map.
    public static func projective(
        _ a: (Float, Float, Float), _ b: (Float, Float, Float), _ c: (Float, Float) = (0, 0),
        fillMode: FillMode = .constant, fillValue: Float = 0
    ) -> Warp {
        Warp(.projective(Projection(a.0, a.1, a.2, b.0, b.1, b.2, c.0, c.1)), fillMode, fillValue)
    }

    /// A displacement of its own for every pixel (H, W), row-major: how far down and to the right of itself
    /// it looks into the source, in pixels.
    public static func displacement(
        rows: [Float], columns: [Float], fillMode: FillMode = .constant, fillValue: Float = 0
    ) -> Warp {
        Warp(.field(DisplacementField(rows: rows, columns: columns)), fillMode, fillValue)
    }

    /// A rotation about the middle, anticlockwise for positive angles.
    ///
    /// - Source: Keras `RandomRotation`.
    public static func rotation(
        degrees: Float, height: Int, width: Int, fillMode: FillMode = .constant, fillValue: Float = 0
    ) -> Warp {
        let angle = degrees * .pi / 180
        let (cosine, sine) = (cos(angle), sin(angle))
        let (x, y) = (Float(width - 1) / 2, Float(height - 1) / 2)
        return projective(
            (cosine, -sine, x - x * cosine + y * sine), (sine, cosine, y - x * sine - y * cosine),
            fillMode: fillMode, fillValue: fillValue)
    }

    /// The picture seen through a frame about the middle of `rows` times its height and `columns` times its
    /// width: numbers below 1 enlarge.
    ///
    /// - Source: Keras `RandomZoom`.
    public static func zoom(
        rows: Float, columns: Float, height: Int, width: Int, fillMode: FillMode = .constant,
        fillValue: Float = 0
    ) -> Warp {
        projective(
            (columns, 0, Float(width - 1) / 2 * (1 - columns)),
            (0, rows, Float(height - 1) / 2 * (1 - rows)), fillMode: fillMode, fillValue: fillValue)
    }

    /// Rows pushed to the side by `x` times their distance from the middle, columns down by `y` times theirs.
    public static func shear(
        x: Float, y: Float, height: Int, width: Int, fillMode: FillMode = .constant, fillValue: Float = 0
    ) -> Warp {
        projective(
            (1, x, -x * Float(height - 1) / 2), (y, 1, -y * Float(width - 1) / 2), fillMode: fillMode,
            fillValue: fillValue)
    }

    /// A window of the source, in pixels, enlarged to the whole picture.
    public static func crop(
        top: Float, left: Float, rows: Float, columns: Float, height: Int, width: Int,
        fillMode: FillMode = .nearest
    ) -> Warp {
        let (x, y) = (columns / Float(width), rows / Float(height))
        return projective(
            (x, 0, left + x / 2 - 0.5), (0, y, top + y / 2 - 0.5), fillMode: fillMode)
    }

    /// The projection that brings the corners of the picture to other places, in the order (left, top),
    /// (right, top), (left, bottom), (right, bottom); nil where three of them lie on a line.
    ///
    /// - Source: Keras `RandomPerspective`.
    public static func perspective(
        corners places: [(x: Float, y: Float)], height: Int, width: Int, fillMode: FillMode = .constant,
        fillValue: Float = 0
    ) -> Warp? {
        let (right, bottom) = (Float(width - 1), Float(height - 1))
        return Projection(
            corners: [(0, 0), (right, 0), (0, bottom), (right, bottom)].map { (x: $0.0, y: $0.1) },
            to: places
        ).map { Warp(.projective($0), fillMode, fillValue) }
    }

    /// What moves an image, or by the nearest pixel a mask.
    package func kernel(isNearest: Bool = false) -> ImageWarp {
        ImageWarp(map, fillMode.edge(fillValue), isNearest: isNearest)
    }
}
