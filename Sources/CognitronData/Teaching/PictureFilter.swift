import Cognitron
import CognitronKernels

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A filter made by hand, to be laid over pictures: what the first layers of a trained network find by
/// themselves.
///
///     let picture = ShapeScenes().scene(at: 0).picture
///     let edges = PictureFilter.sobelX.response(to: picture.tensor)          // (H, W, C)
///     let shown = PictureFilter.sobelX.picture(of: picture)                  // grey where nothing is found
public struct PictureFilter: Sendable {
    public let name: String

    /// (FH, FW)
    public let kernel: Tensor

    /// - Parameter kernel: (FH, FW), both odd, so that the output has the picture's size.
    public init(_ name: String, _ kernel: Tensor) {
        require(
            kernel.rank == 2 && kernel.shape.allSatisfy { $0 % 2 == 1 },
            "a filter of shape \(kernel.shape); expected an odd number of rows and columns")
        (self.name, self.kernel) = (name, kernel)
    }

    /// The cross-correlation of each channel with the filter; zeros stand outside the picture.
    ///
    ///     y[i, j, c] = Σ picture[i + a − ⌊FH/2⌋, j + b − ⌊FW/2⌋, c] · kernel[a, b]
    ///
    /// - Parameter picture: (H, W, C)
    /// - Returns: (H, W, C)
    public func response(to picture: Tensor) -> Tensor {
        require(picture.rank == 3, "a picture of shape \(picture.shape); expected height × width × channels")
        let (rows, columns) = (kernel.shape[0] / 2, kernel.shape[1] / 2)
        let channels = picture.permuted([2, 0, 1]).expandingDimensions(at: 3)  // (C, H, W, 1)
        let padded = channels.padded([(0, 0), (rows, rows), (columns, columns), (0, 0)])
        let filter = kernel.reshaped([kernel.shape[0], kernel.shape[1], 1, 1])
        return padded.correlated(with: filter).squeezing(3).permuted([1, 2, 0])
    }

    /// The response as a picture. Where the filter has negative weights, grey stands for 0 and the largest
    /// magnitude for white or black; otherwise the largest value is white.
    public func picture(of picture: Picture) -> Picture {
        let response = response(to: picture.tensor)
        let largest = max(response.scalars.reduce(0) { max($0, abs($1)) }, .leastNormalMagnitude)
        let isSigned = kernel.scalars.contains { $0 < 0 }
        return Picture(isSigned ? response / (2 * largest) + 0.5 : response / largest)
    }
}

// MARK: - Filters

extension PictureFilter {
    /// A line that bends: 30 along a curve in 7 × 7 pixels.
    ///
    /// - Source: A. Deshpande, "A Beginner's Guide to Understanding Convolutional Neural Networks" (2016).
    public static let curve = PictureFilter(
        "curve",
        [
            [0, 0, 0, 0, 0, 30, 0], [0, 0, 0, 0, 30, 0, 0], [0, 0, 0, 30, 0, 0, 0], [0, 0, 0, 30, 0, 0, 0],
            [0, 0, 0, 30, 0, 0, 0], [0, 0, 0, 30, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0],
        ])

    /// Differences from left to right: upright edges.
    public static let edgesX = PictureFilter("edges-x", [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]])

    /// Differences from top to bottom: level edges.
    public static let edgesY = PictureFilter("edges-y", [[-1, -1, -1], [0, 0, 0], [1, 1, 1]])

    /// Upright edges, the middle row counting twice.
    ///
    /// - Source: I. Sobel and G. Feldman, "A 3×3 Isotropic Gradient Operator for Image Processing" (1968).
    public static let sobelX = PictureFilter("sobel-x", [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])

    /// Level edges, the middle column counting twice.
    public static let sobelY = PictureFilter("sobel-y", [[-1, -2, -1], [0, 0, 0], [1, 2, 1]])

    /// The difference of a pixel's four neighbours from it: edges of every direction.
    public static let laplacian = PictureFilter("laplacian", [[0, 1, 0], [1, -4, 1], [0, 1, 0]])

    /// The mean of `size` × `size` pixels.
    public static func blur(_ size: Int = 3) -> PictureFilter {
        require(size >= 1, "a blur of \(size) pixels")
        return PictureFilter("blur", Tensor.ones([size, size]) / Float(size * size))
    }

    /// A mean weighted by a bell curve, up to three standard deviations away.
    ///
    ///     kernel[a, b] ∝ exp(−(a² + b²) / 2σ²)             // from the centre; the sum is 1
    ///
    /// - Parameter sigma: σ, the standard deviation in pixels.
    public static func gaussian(sigma: Float = 1) -> PictureFilter {
        let bell = sampled("gaussian", sigma) { x, y in exp(-(x * x + y * y) / (2 * sigma * sigma)) }
        return PictureFilter(bell.name, bell.kernel / bell.kernel.sum())
    }

    /// Stripes of one direction and width, under a bell curve: what cells of the visual cortex respond to.
    ///
    ///     kernel[a, b] = exp(−(u² + γ² v²) / 2σ²) · cos(2π u / λ + ψ)
    ///     u = b cos θ + a sin θ,  v = a cos θ − b sin θ     // from the centre
    ///
    /// - Parameters:
    ///   - wavelength: λ, the distance of stripes in pixels.
    ///   - angle: θ in radians; 0 for upright stripes.
    ///   - sigma: σ, the standard deviation in pixels.
    ///   - aspect: γ; below 1 the stripes are longer.
    ///   - phase: ψ; 0 for a light stripe in the middle, π/2 for an edge.
    /// - Source: Daugman, "Uncertainty Relation for Resolution in Space, Spatial Frequency, and Orientation"
    ///   (1985).
    public static func gabor(
        wavelength: Float = 4, angle: Float = 0, sigma: Float = 2, aspect: Float = 0.5, phase: Float = 0
    ) -> PictureFilter {
        require(wavelength > 0, "a Gabor filter with wavelength \(wavelength)")
        return sampled("gabor", sigma) { x, y in
            let (u, v) = (x * cos(angle) + y * sin(angle), y * cos(angle) - x * sin(angle))
            let bell = exp(-(u * u + aspect * aspect * v * v) / (2 * sigma * sigma))
            return bell * cos(2 * Float.pi * u / wavelength + phase)
        }
    }

    /// A function of the distances from the centre, to three standard deviations on every side.
    private static func sampled(
        _ name: String, _ sigma: Float, _ value: (_ x: Float, _ y: Float) -> Float
    ) -> PictureFilter {
        require(sigma > 0 && sigma <= 100, "a \(name) filter with σ = \(sigma); expected at most 100 pixels")
        let reach = Int((3 * sigma).rounded(.up))
        let values = (-reach...reach).flatMap { y in (-reach...reach).map { x in value(Float(x), Float(y)) } }
        return PictureFilter(name, Tensor(values, shape: [2 * reach + 1, 2 * reach + 1]))
    }
}
