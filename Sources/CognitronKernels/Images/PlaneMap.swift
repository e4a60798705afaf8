#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where in the source the pixels of a moved image come from. Coordinates are pixels' centres 0, 1, 2 …
package enum PlaneMap: Hashable, Sendable {
    /// Left and right are exchanged.
    case mirror
    /// Top and bottom are exchanged.
    case flip
    /// By whole pixels; negative numbers shift up and left.
    case shift(down: Int, right: Int)
    case projective(Projection)
    case field(DisplacementField)
}

/// From a place of the output to its place in the source, in homogeneous coordinates:
///
///     k = c₀ x + c₁ y + 1,  x' = (a₀ x + a₁ y + a₂) / k,  y' = (b₀ x + b₁ y + b₂) / k
///
/// - Source: the transforms of TensorFlow `ImageProjectiveTransformV3`.
package struct Projection: Hashable, Sendable {
    package var a0: Float, a1: Float, a2: Float
    package var b0: Float, b1: Float, b2: Float
    package var c0: Float, c1: Float

    package init(
        _ a0: Float, _ a1: Float, _ a2: Float, _ b0: Float, _ b1: Float, _ b2: Float, _ c0: Float = 0,
        _ c1: Float = 0
    ) {
        (self.a0, self.a1, self.a2) = (a0, a1, a2)
        (self.b0, self.b1, self.b2) = (b0, b1, b2)
        (self.c0, self.c1) = (c0, c1)
    }

    /// The place in the source; nil where the line of sight is parallel to the source's plane.
    @inline(__always)
    package func source(x: Float, y: Float) -> (x: Float, y: Float)? {
        let k = c0 * x + c1 * y + 1
        if k == 0 { return nil }
        return ((a0 * x + a1 * y + a2) / k, (b0 * x + b1 * y + b2) / k)
    }

    /// The place in the output that shows a place of the source; nil where there is none before the
    /// vanishing line.
    package func output(x: Float, y: Float) -> (x: Float, y: Float)? {
        // The adjugate of the matrix, which is its inverse but for a factor.
        let (a0, a1, a2) = (Double(a0), Double(a1), Double(a2))
        let (b0, b1, b2) = (Double(b0), Double(b1), Double(b2))
        let (c0, c1) = (Double(c0), Double(c1))
        let determinant = a0 * (b1 - b2 * c1) - a1 * (b0 - b2 * c0) + a2 * (b0 * c1 - b1 * c0)
        guard determinant != 0 else { return nil }
        let (x, y) = (Double(x), Double(y))
        let u = (b1 - b2 * c1) * x + (a2 * c1 - a1) * y + (a1 * b2 - a2 * b1)
        let v = (b2 * c0 - b0) * x + (a0 - a2 * c0) * y + (a2 * b0 - a0 * b2)
        let w = (b0 * c1 - b1 * c0) * x + (a1 * c0 - a0 * c1) * y + (a0 * b1 - a1 * b0)
        // The sign of w / determinant is that of k.
        guard w / determinant > 1e-6 else { return nil }
        return (Float(u / w), Float(v / w))
    }

    /// The map that brings the corners of the source to places of the output, both in the order (left, top),
    /// (right, top), (left, bottom), (right, bottom); nil where three places lie on a line.
    ///
    /// - Source: Keras `compute_homography_matrix`.
    package init?(corners: [(x: Float, y: Float)], to places: [(x: Float, y: Float)]) {
        require(corners.count == 4 && places.count == 4, "a projection takes four corners to four places")
        var rows: [[Double]] = []
        for (start, end) in zip(corners, places) {
            let (sx, sy, ex, ey) = (Double(start.x), Double(start.y), Double(end.x), Double(end.y))
            rows.append([ex, ey, 1, 0, 0, 0, -sx * ex, -sx * ey, sx])
            rows.append([0, 0, 0, ex, ey, 1, -sy * ex, -sy * ey, sy])
        }
        // Gaussian elimination with pivots.
        for i in 0..<8 {
            guard let pivot = (i..<8).max(by: { abs(rows[$0][i]) < abs(rows[$1][i]) }),
                abs(rows[pivot][i]) > 1e-9
            else { return nil }
            rows.swapAt(i, pivot)
            for j in 0..<8 where j != i {
                let factor = rows[j][i] / rows[i][i]
                for k in i..<9 { rows[j][k] -= factor * rows[i][k] }
            }
        }
        let h = (0..<8).map { Float(rows[$0][8] / rows[$0][$0]) }
        self.init(h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7])
    }
}

/// How far from its own place each pixel (H, W) of the output looks into the source.
package struct DisplacementField: Hashable, Sendable {
    /// Downwards.
    package var rows: [Float]
    /// To the right.
    package var columns: [Float]

    package init(rows: [Float], columns: [Float]) {
        require(rows.count == columns.count, "\(rows.count) and \(columns.count) displacements")
        (self.rows, self.columns) = (rows, columns)
    }
}
