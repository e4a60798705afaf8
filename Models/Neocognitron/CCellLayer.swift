import Cognitron

/// C-cells, the complex cells of the neocognitron: each answers where S-cells of its plane nearby do, so that
/// a feature may lie a little elsewhere. Their planes are blurred and thinned out.
///
///     s[n, k] = Σ d[ν] · u[n·strides + ν, k]
///
///     .lateral(α):      output = ψ[(1 + s) / (1 + mean of s over planes) − 1],  ψ[z] = φ[z / (α + z)]
///     .rootOfSquares:   output = √Σ d[ν] · u[n·strides + ν, k]²
///
/// d falls with |ν| and sums to 1. The lateral form lets through what is more than the planes' average.
///
/// - Input shape: `(N, H, W, K)`; output shape: `(N, OH, OW, K)`.
/// - Throws: from `build`, a `CognitronError` where the window does not fit its input, or α is not above 0.
/// - Source: Fukushima, "Neocognitron" (1980); root of squares: "Training multi-layered neural network
///   neocognitron" (2013).
public final class CCellLayer: Layer, Codable {
    /// What becomes of the S-cells' answers.
    public enum Form: Codable, Hashable, Sendable {
        /// Inhibited by the mean over all planes and compressed, as of 1980.
        case lateral(alpha: Float)
        /// The root of the blurred squares, as of 2013.
        case rootOfSquares
    }

    public let kernelSize: Int
    public let strides: Int
    public let form: Form
    /// The width of d in pixels.
    public let sigma: Float
    /// Rows and columns of zeros before and after the planes.
    public let before: Int
    public let after: Int
    public let name: String?

    /// - Parameters:
    ///   - kernelSize: the rows and columns of S-cells that a C-cell sees.
    ///   - strides: the steps from one C-cell to the next.
    ///   - form: what becomes of the S-cells' answers.
    ///   - sigma: the width of the bell curve d in pixels.
    ///   - padding: rows and columns of zeros before and after the planes.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        kernelSize: Int = 5, strides: Int = 2, form: Form = .rootOfSquares, sigma: Float = 1.2,
        padding: (before: Int, after: Int) = (0, 0), name: String? = nil
    ) {
        (self.kernelSize, self.strides, self.form, self.sigma) = (kernelSize, strides, form, sigma)
        (before, after) = padding
        self.name = name
    }

    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        let image = try context.imageSize(input)
        try context.require("kernelSize", kernelSize)
        try context.require("strides", strides)
        try context.require("padding", min(before, after), atLeast: 0)
        let spare = [image.height, image.width].map { $0 + before + after - kernelSize }
        guard spare.allSatisfy({ $0 >= 0 }) else {
            throw context.error(
                .shape, "its cells see more than there is",
                expected: "at least \(kernelSize - before - after) rows and columns", got: "\(input)")
        }
        if case .lateral(let alpha) = form, !(alpha > 0 && alpha.isFinite) {
            throw context.error(.argument, "invalid alpha", expected: "a number above 0", got: "\(alpha)")
        }
        guard sigma > 0 else {
            throw context.error(.argument, "invalid sigma", expected: "a number above 0", got: "\(sigma)")
        }
        return [spare[0] / strides + 1, spare[1] / strides + 1, image.channels]
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let (shape, before, strides) = (input.shape, self.before, self.strides)
        let u = input.bordered(before, after)
        let d = Tensor.cellWindow(kernelSize, sigma: sigma)
        func gradient(_ ds: Tensor) -> Tensor { ds.seenGradient(through: d, strides: strides, u.shape) }
        func inner(_ du: Tensor) -> Tensor { du.unbordered(before, height: shape[1], width: shape[2]) }
        switch form {
        case .rootOfSquares:
            let y = (u * u).seen(through: d, strides: strides).squareRoot
            return (y, { dy in inner(u * gradient(dy / y.maximum(1e-12))) })
        case .lateral(let alpha):
            let (y, pullback) = Self.inhibited(u.seen(through: d, strides: strides), alpha)
            return (y, { dy in inner(gradient(pullback(dy))) })
        }
    }

    /// ψ of what is more than the mean over planes, and the gradient with respect to s.
    private static func inhibited(_ s: Tensor, _ alpha: Float) -> (y: Tensor, pullback: (Tensor) -> Tensor) {
        let below = 1 + s.mean(axis: 3, keepingDimensions: true)
        let quotient = (1 + s) / below
        let z = (quotient - 1).maximum(0)
        return (
            z / (z + alpha),
            { dy in
                // dψ/dz = α / (α + z)²
                let dq = alpha * (dy * (z .> 0)) / ((z + alpha) * (z + alpha)) / below
                return dq - (dq * quotient).mean(axis: 3, keepingDimensions: true)
            }
        )
    }

    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int {
        outputs[0].elementCount * kernelSize * kernelSize
    }

    public func receptiveField(
        _ field: ReceptiveField, inputs: [Shape], outputs: [Shape]
    ) -> ReceptiveField? { field.through(kernelSize: kernelSize, strides: strides) }
}
