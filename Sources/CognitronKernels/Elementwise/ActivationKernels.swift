// The activation functions and their derivatives, side by side: the value as a function of x, and the
// gradient as a function of dy and a saved array: the output y where the derivative can be computed from it,
// the input x otherwise.

package enum ActivationKernel: Hashable, Sendable {
    case relu
    case leakyRelu(Float)
    case sigmoid
    case tanh
    case softplus
    case elu(Float)
    case gelu
    case geluApproximate
    case swish

    /// Whether `backward` reads the forward pass's input; otherwise it reads its output.
    package var derivativeReadsInput: Bool {
        switch self {
        case .gelu, .geluApproximate, .swish: true
        // The output's sign equals the input's only while the slope is positive.
        case .leakyRelu(let slope): slope <= 0
        case .elu(let alpha): alpha <= 0
        case .relu, .sigmoid, .tanh, .softplus: false
        }
    }

    /// y ← f(x). y may be x.
    package func forward(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, count: Int) {
        switch self {
        case .relu: Elementwise.map(x, into: y, count: count) { $0.replacing(with: 0, where: $0 .< 0) }
        case .leakyRelu(let slope):
            Elementwise.map(x, into: y, count: count) { $0.replacing(with: slope * $0, where: $0 .< 0) }
        case .sigmoid: Elementwise.map(x, into: y, count: count) { $0.sigmoid }
        case .tanh: Elementwise.map(x, into: y, count: count) { $0.hyperbolicTangent }
        case .softplus: Elementwise.map(x, into: y, count: count) { $0.softplus }
        case .elu(let alpha):
            Elementwise.map(x, into: y, count: count) {
                $0.replacing(with: alpha * $0.expMinusOne, where: $0 .< 0)
            }
        case .gelu: Elementwise.map(x, into: y, count: count) { $0 * $0.normalDistribution }
        case .geluApproximate:
            Elementwise.map(x, into: y, count: count) {
                0.5 * $0 * (1 + Self.geluInner($0).hyperbolicTangent)
            }
        case .swish: Elementwise.map(x, into: y, count: count) { $0 * $0.sigmoid }
        }
    }

    /// dx ← dy · f′. `saved` is x or y, as `derivativeReadsInput` says. dx may be dy.
    package func backward(
        _ saved: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>,
        count: Int
    ) {
        switch self {
        case .relu:
            Elementwise.map(dy, saved, into: dx, count: count) { $0.replacing(with: 0, where: $1 .<= 0) }
        case .leakyRelu(let slope):
            Elementwise.map(dy, saved, into: dx, count: count) {
                $0.replacing(with: slope * $0, where: $1 .<= 0)
            }
        case .sigmoid: Elementwise.map(dy, saved, into: dx, count: count) { $0 * $1 * (1 - $1) }
        case .tanh: Elementwise.map(dy, saved, into: dx, count: count) { $0 * (1 - $1 * $1) }
        case .softplus:
            // The derivative is the sigmoid, 1 − e^−y.
            Elementwise.map(dy, saved, into: dx, count: count) { $0 * -(-$1).expMinusOne }
        case .elu(let alpha) where alpha <= 0:
            Elementwise.map(dy, saved, into: dx, count: count) {
                $0.replacing(with: $0 * alpha * $1.exponential, where: $1 .<= 0)
            }
        case .elu(let alpha):
            Elementwise.map(dy, saved, into: dx, count: count) {
                $0.replacing(with: $0 * ($1 + alpha), where: $1 .<= 0)
            }
        case .gelu:
            Elementwise.map(dy, saved, into: dx, count: count) { gradient, x in
                let density = 0.398_942_28 * (-0.5 * x * x).exponential
                return gradient * (x.normalDistribution + x * density)
            }
        case .geluApproximate:
            Elementwise.map(dy, saved, into: dx, count: count) { gradient, x in
                let t = Self.geluInner(x).hyperbolicTangent
                let inner = 0.797_884_56 * (1 + 3 * 0.044_715 * x * x)
                return gradient * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * inner)
            }
        case .swish:
            Elementwise.map(dy, saved, into: dx, count: count) { gradient, x in
                let s = x.sigmoid
                return gradient * (s + x * s * (1 - s))
            }
        }
    }

    /// √(2/π) · (x + 0.044715·x³), Hendrycks and Gimpel's approximation.
    @inline(__always)
    private static func geluInner(_ x: Vector) -> Vector { 0.797_884_56 * (x + 0.044_715 * x * x * x) }
}
