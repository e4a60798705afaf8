import Cognitron
import Foundation

/// Fixed functions of one or two numbers from -1 to 1, whose weighted sum approximates another function:
///
///     f(x) ≈ Σ coefficient[k] · function[k](x),   coefficients by least squares
struct FunctionBasis: Sendable {
    typealias Point = SIMD2<Double>

    /// From the constant on, in rising order.
    let functions: [@Sendable (Point) -> Double]

    /// Products of Legendre polynomials P_i(x) · P_j(y), by i + j; with one axis, P_i(x) alone.
    static func polynomials(_ count: Int, axes: Int) -> FunctionBasis {
        let degrees = (0..<count).flatMap { total in
            (0...(axes == 1 ? 0 : total)).map { (total - $0, $0) }
        }
        return FunctionBasis(
            functions: degrees.prefix(count).map { i, j in
                { @Sendable point in legendre(i, point.x) * legendre(j, point.y) }
            })
    }

    /// 1, then the sine and the cosine of π · (a·x + b·y), by a² + b²; with one axis, b is 0.
    static func fourier(_ count: Int, axes: Int) -> FunctionBasis {
        let most = axes == 1 ? count : Int(Double(count).squareRoot()) + 1
        let waves = (0...most).flatMap { a in
            (axes == 1 ? 0...0 : -most...most).map { b in Point(Double(a), Double(b)) }
        }
        let half = waves.filter { $0.x > 0 || $0.y > 0 }
        let ordered = half.enumerated().sorted {
            let (a, b) = (($0.element * $0.element).sum(), ($1.element * $1.element).sum())
            return (a, $0.offset) < (b, $1.offset)
        }
        let pairs = ordered.flatMap { wave -> [@Sendable (Point) -> Double] in
            let wave = wave.element
            return [
                { @Sendable point in sin(.pi * (wave * point).sum()) },
                { @Sendable point in cos(.pi * (wave * point).sum()) },
            ]
        }
        return FunctionBasis(functions: Array(([{ @Sendable _ in 1 }] + pairs).prefix(count)))
    }

    /// The sum that is nearest to a function at some points, at others.
    ///
    /// - Returns: its values at `targets`, shape (N, 1).
    func fit(
        of function: (Point) -> Double, at points: [Point], evaluatedAt targets: [Point]
    ) -> Tensor {
        let wanted = Tensor(points.map { Float(function($0)) }, shape: [points.count, 1])
        return values(at: targets).matmul(values(at: points).leastSquares(wanted))
    }

    /// Each function at each point, shape (N, K).
    private func values(at points: [Point]) -> Tensor {
        Tensor(
            points.flatMap { point in functions.map { Float($0(point)) } },
            shape: [points.count, functions.count])
    }

    /// (k + 1) · P_{k+1}(x) = (2k + 1) · x · P_k(x) − k · P_{k−1}(x).
    private static func legendre(_ degree: Int, _ x: Double) -> Double {
        var (previous, current) = (0.0, 1.0)
        for k in 0..<degree {
            let next = (Double(2 * k + 1) * x * current - Double(k) * previous) / Double(k + 1)
            (previous, current) = (current, next)
        }
        return current
    }
}
