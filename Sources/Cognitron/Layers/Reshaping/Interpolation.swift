import CognitronKernels

/// How images are resized. Pixels are areas with half-pixel centres, as in TensorFlow and Keras.
public enum Interpolation: String, Hashable, Sendable, Codable, CaseIterable {
    /// The pixel that a point lies in.
    case nearest
    /// A weighted mean of the two nearest pixels along each axis.
    case bilinear
    /// Keys's cubic of the four nearest along each axis, with a = −½.
    case bicubic
    /// A windowed sinc of six along each axis.
    case lanczos3
    /// A windowed sinc of ten along each axis.
    case lanczos5

    package var filter: ResamplingFilter {
        switch self {
        case .nearest: .nearest
        case .bilinear: .triangle
        case .bicubic: .cubic
        case .lanczos3: .lanczos(radius: 3)
        case .lanczos5: .lanczos(radius: 5)
        }
    }

    /// The pixels along each axis that a point depends on, where images become larger.
    var taps: Int {
        switch self {
        case .nearest: 1
        case .bilinear: 2
        case .bicubic: 4
        case .lanczos3: 6
        case .lanczos5: 10
        }
    }

    /// Images `(N, H, W, C)` in another size, and the pullback.
    func resize(
        _ images: Tensor, height: Int, width: Int, antialias: Bool = false
    ) -> (output: Tensor, pullback: Pullback) {
        let shape = images.shape
        if shape[1] == height && shape[2] == width { return (images, { $0 }) }
        let rows = filter.axis(inputs: shape[1], outputs: height, antialias: antialias)
        let columns = filter.axis(inputs: shape[2], outputs: width, antialias: antialias)
        return (
            images.resampled(rows: rows, columns: columns),
            { $0.resampled(rows: rows.transposed, columns: columns.transposed) }
        )
    }
}
