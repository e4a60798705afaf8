import Cognitron
import Foundation

// The fixed windows through which cells see the planes before them.

extension Tensor {
    /// A window whose weights fall with the distance from its centre and sum to 1: c(ν) of S-cells, d(ν) of
    /// C-cells.
    ///
    ///     w[a, b] ∝ exp(−(a² + b²) / 2σ²)             // from the centre
    ///
    /// - Parameter channels: the planes that the window sees; the weights for all of them sum to 1.
    /// - Returns: (size, size)
    package static func cellWindow(_ size: Int, sigma: Float, channels: Int = 1) -> Tensor {
        let centre = Float(size - 1) / 2
        let bell = (0..<size).map { exp(-pow(Float($0) - centre, 2) / (2 * sigma * sigma)) }
        let sum = bell.reduce(0, +)
        let weights = bell.flatMap { y in bell.map { y * $0 / (sum * sum) } }
        return Tensor(weights, shape: [size, size]) / Float(channels)
    }

    /// Correlates each plane with the same window.
    ///
    ///     y[n, i, j, k] = Σ x[n, i·S + a, j·S + b, k] · window[a, b]
    ///
    /// - Parameter window: (F, F)
    /// - Returns: (N, OH, OW, K)
    func seen(through window: Tensor, strides: Int = 1) -> Tensor {
        let (n, h, w, k) = (shape[0], shape[1], shape[2], shape[3])
        let size = window.shape[0]
        let planes = permuted([0, 3, 1, 2]).reshaped([n * k, h, w, 1])
        let y = planes.correlated(with: window.reshaped([size, size, 1, 1]), strides: strides)
        return y.reshaped([n, k, y.shape[1], y.shape[2]]).permuted([0, 2, 3, 1])
    }

    /// The gradient with respect to x of `seen`, with self as dy.
    ///
    /// - Parameter shape: of x.
    func seenGradient(through window: Tensor, strides: Int = 1, _ shape: Shape) -> Tensor {
        let (n, oh, ow, k) = (self.shape[0], self.shape[1], self.shape[2], self.shape[3])
        let size = window.shape[0]
        let taps = reshaped([n, oh, ow, 1, 1, k]) * window.reshaped([size, size, 1])
        return taps.col2im(height: shape[1], width: shape[2], strides: strides)
    }

    /// Zeros around the planes.
    func bordered(_ before: Int, _ after: Int) -> Tensor {
        before + after == 0 ? self : padded([(0, 0), (before, after), (before, after), (0, 0)])
    }

    /// The planes of a size without what `bordered` put before and after them.
    func unbordered(_ before: Int, height: Int, width: Int) -> Tensor {
        slice(axis: 1, before..<before + height).slice(axis: 2, before..<before + width)
    }
}
