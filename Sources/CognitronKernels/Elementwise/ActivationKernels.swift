// The activation functions and their derivatives, side by side: the value as a function of x, and the
// gradient as a function of dy and a saved array: the output y where the derivative can be computed from it,
// the input x otherwise.

package enum ActivationKernel: Hashable, Sendable {
    case relu
    case boundedRelu(negativeSlope: Float, maxValue: Float, threshold: Float)
    case leakyRelu(Float)
    case elu(Float)
    case celu(Float)
    case selu
    case threshold(Float, defaultValue: Float)
    case hardShrink(Float)
    case softShrink(Float)
    case hardTanh
    case hardSigmoid
    case hardSilu
    case sparsePlus
    case sparseSigmoid
    case sigmoid
    case logSigmoid
    case tanh
    case tanhShrink
    case softplus
    case softsign
    case squareplus(Float)
    case exponential
    case gelu
    case geluApproximate
    case swish
    case mish

    /// Whether `backward` reads the forward pass's input; otherwise it reads its output.
    package var derivativeReadsInput: Bool { apply(.nothing) == .input }

    /// y ← f(x). y may be x.
    package func forward(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, count: Int) {
        _ = apply(.forward(x, y, count))
    }

    /// dx ← dy · f′. `saved` is x or y, as `derivativeReadsInput` says. dx may be dy.
    package func backward(
        _ saved: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>,
        count: Int
    ) {
        _ = apply(.backward(dy, saved, dx, count))
    }

    private enum Saved { case input, output }

    /// What is to be done with a function.
    private enum Work {
        case nothing
        case forward(UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int)
        case backward(UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int)

        /// Inlined, so that each function's loops are compiled with its arithmetic inside.
        @inline(__always)
        func run(
            _ saved: Saved, value: (_ x: Vector) -> Vector,
            gradient: (_ dy: Vector, _ saved: Vector) -> Vector
        ) -> Saved {
            switch self {
            case .nothing: break
            case .forward(let x, let y, let count): Elementwise.map(x, into: y, count: count, value)
            case .backward(let dy, let saved, let dx, let count):
                Elementwise.map(dy, saved, into: dx, count: count, gradient)
            }
            return saved
        }
    }

    /// The table: what the gradient reads, the value at x, and the gradient.
    private func apply(_ work: Work) -> Saved {
        switch self {
        case .relu:
            work.run(.output) {
                $0.replacing(with: 0, where: $0 .< 0)
            } gradient: {
                $0.replacing(with: 0, where: $1 .<= 0)
            }
        case .boundedRelu(let slope, let maximum, let threshold):
            // Without slope and threshold, y is between its bounds where x is.
            work.run(slope == 0 && threshold == 0 ? .output : .input) { x in
                (slope * (x - threshold)).replacing(with: x.lowered(to: maximum), where: x .> threshold)
            } gradient: { dy, x in
                dy.replacing(with: 0, where: x .>= maximum).replacing(
                    with: slope * dy, where: x .<= threshold)
            }
        case .leakyRelu(let slope):
            // The output's sign equals the input's only while the slope is positive.
            work.run(slope <= 0 ? .input : .output) {
                $0.replacing(with: slope * $0, where: $0 .< 0)
            } gradient: {
                $0.replacing(with: slope * $0, where: $1 .<= 0)
            }
        case .elu(let alpha) where alpha <= 0:
            work.run(.input) {
                $0.replacing(with: alpha * $0.expMinusOne, where: $0 .< 0)
            } gradient: {
                $0.replacing(with: $0 * alpha * $1.exponential, where: $1 .<= 0)
            }
        case .elu(let alpha):
            work.run(.output) {
                $0.replacing(with: alpha * $0.expMinusOne, where: $0 .< 0)
            } gradient: {
                $0.replacing(with: $0 * ($1 + alpha), where: $1 .<= 0)
            }
        case .celu(let alpha):
            work.run(.output) {
                $0.replacing(with: alpha * ($0 / alpha).expMinusOne, where: $0 .< 0)
            } gradient: {
                $0.replacing(with: $0 * ($1 / alpha + 1), where: $1 .<= 0)
            }
        case .selu:
            work.run(.output) {
                Self.seluScale * $0.replacing(with: Self.seluAlpha * $0.expMinusOne, where: $0 .< 0)
            } gradient: {
                $0 * ($1 + Self.seluScale * Self.seluAlpha).replacing(with: Self.seluScale, where: $1 .>= 0)
            }
        case .threshold(let threshold, let defaultValue):
            work.run(.input) {
                Vector(repeating: defaultValue).replacing(with: $0, where: $0 .> threshold)
            } gradient: {
                Vector().replacing(with: $0, where: $1 .> threshold)
            }
        case .hardShrink(let threshold):
            work.run(.output) {
                $0.replacing(with: 0, where: $0.magnitude .<= threshold)
            } gradient: {
                $0.replacing(with: 0, where: $1 .== 0)
            }
        case .softShrink(let threshold):
            work.run(.output) { x in
                (x - threshold).replacing(with: x + threshold, where: x .< 0)
                    .replacing(with: 0, where: x.magnitude .<= threshold)
            } gradient: {
                $0.replacing(with: 0, where: $1 .== 0)
            }
        case .hardTanh:
            work.run(.input) {
                $0.raised(to: -1).lowered(to: 1)
            } gradient: {
                $0.replacing(with: 0, where: $1.magnitude .> 1)
            }
        case .hardSigmoid:
            work.run(.output) {
                $0.hardSigmoid
            } gradient: {
                ($0 * Self.sixth).replacing(with: 0, where: ($1 .<= 0) .| ($1 .>= 1))
            }
        case .hardSilu:
            work.run(.input) {
                $0 * $0.hardSigmoid
            } gradient: { dy, x in
                dy * (x.hardSigmoid + (x * Self.sixth).replacing(with: 0, where: x.magnitude .>= 3))
            }
        case .sparsePlus:
            work.run(.input) { x in
                (0.25 * (x + 1) * (x + 1)).replacing(with: 0, where: x .<= -1).replacing(
                    with: x, where: x .>= 1)
            } gradient: {
                $0 * $1.sparseSigmoid
            }
        case .sparseSigmoid:
            work.run(.output) {
                $0.sparseSigmoid
            } gradient: {
                (0.5 * $0).replacing(with: 0, where: ($1 .<= 0) .| ($1 .>= 1))
            }
        case .sigmoid:
            work.run(.output) {
                $0.sigmoid
            } gradient: {
                $0 * $1 * (1 - $1)
            }
        case .logSigmoid:
            // The derivative is 1 − σ(x) = 1 − e^y.
            work.run(.output) {
                -(-$0).softplus
            } gradient: {
                $0 * -$1.expMinusOne
            }
        case .tanh:
            work.run(.output) {
                $0.hyperbolicTangent
            } gradient: {
                $0 * (1 - $1 * $1)
            }
        case .tanhShrink:
            work.run(.input) {
                $0 - $0.hyperbolicTangent
            } gradient: { dy, x in
                let t = x.hyperbolicTangent
                return dy * t * t
            }
        case .softplus:
            // The derivative is the sigmoid, 1 − e^−y.
            work.run(.output) {
                $0.softplus
            } gradient: {
                $0 * -(-$1).expMinusOne
            }
        case .softsign:
            work.run(.output) {
                $0 / (1 + $0.magnitude)
            } gradient: { dy, y in
                let rest = 1 - y.magnitude
                return dy * rest * rest
            }
        case .squareplus(let b):
            work.run(.input) {
                $0.squareplus(b).value
            } gradient: { dy, x in
                let (value, root) = x.squareplus(b)
                return dy * value / root
            }
        case .exponential:
            work.run(.output) {
                $0.exponential
            } gradient: {
                $0 * $1
            }
        case .gelu:
            work.run(.input) {
                $0 * $0.normalDistribution
            } gradient: { dy, x in
                let (distribution, density) = x.normal
                return dy * (distribution + x * density)
            }
        case .geluApproximate:
            work.run(.input) {
                0.5 * $0 * (1 + Self.geluInner($0).hyperbolicTangent)
            } gradient: { dy, x in
                let t = Self.geluInner(x).hyperbolicTangent
                let inner = 0.797_884_56 * (1 + 3 * 0.044_715 * x * x)
                return dy * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * inner)
            }
        case .swish:
            work.run(.input) {
                $0 * $0.sigmoid
            } gradient: { dy, x in
                let s = x.sigmoid
                return dy * (s + x * s * (1 - s))
            }
        case .mish:
            work.run(.input) {
                $0 * $0.mishFactor.value
            } gradient: { dy, x in
                let (t, complement, e) = x.mishFactor
                // tanh′ is 1 − t², softplus′ the sigmoid.
                return dy * (t + x * complement * (1 + t) * (e / (1 + e)))
            }
        }
    }

    private static let sixth: Float = 1 / 6
    private static let seluScale: Float = 1.050_700_99
    private static let seluAlpha: Float = 1.673_263_24

    /// √(2/π) · (x + 0.044715·x³), Hendrycks and Gimpel's approximation.
    @inline(__always)
    private static func geluInner(_ x: Vector) -> Vector { 0.797_884_56 * (x + 0.044_715 * x * x * x) }
}

extension Vector {
    /// The smaller of the two per lane; NaN in `self` stays NaN.
    @inline(__always)
    fileprivate func lowered(to ceiling: Float) -> Vector { replacing(with: ceiling, where: self .> ceiling) }

    @inline(__always)
    fileprivate func raised(to floor: Float) -> Vector { replacing(with: floor, where: self .< floor) }

    /// (x + 3) / 6, from 0 to 1.
    @inline(__always)
    fileprivate var hardSigmoid: Vector { ((self + 3) * (1 / 6)).raised(to: 0).lowered(to: 1) }

    /// (x + 1) / 2, from 0 to 1.
    @inline(__always)
    fileprivate var sparseSigmoid: Vector { (0.5 * (self + 1)).raised(to: 0).lowered(to: 1) }

    /// (x + √(x² + b)) / 2 and the root. For negative x the sum would cancel: there it is (b / 2) / (root −
    /// x).
    @inline(__always)
    fileprivate func squareplus(_ b: Float) -> (value: Vector, root: Vector) {
        let root = (self * self + b).squareRoot()
        let value = (0.5 * (self + root)).replacing(with: 0.5 * b / (root - self), where: self .< 0)
        return (value, root)
    }

    /// tanh(softplus x) = n / (n + 2) with n = eˣ·(eˣ + 2); 1 less that, without cancellation; and eˣ. From
    /// x = 20 on the first is 1.
    @inline(__always)
    fileprivate var mishFactor: (value: Vector, complement: Vector, exponential: Vector) {
        let e = lowered(to: 20).exponential
        let n = e * (e + 2)
        return (n / (n + 2), 2 / (n + 2), e)
    }
}
