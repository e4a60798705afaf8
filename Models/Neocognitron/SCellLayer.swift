import Cognitron

/// S-cells, the simple cells of the neocognitron: each plane of them answers to one feature, wherever it is.
///
///     e[n, k] = Σ a[ν, κ, k] · x[n + ν, κ]                               // excitation
///     v[n]    = √Σ c[ν] · x[n + ν, κ]²                                   // the V-cell: how much there is
///
///     .divisive(r):     u = r · φ[(1 + e) / (1 + 2r/(1 + r) · b[k] · v) − 1]          φ[z] = max(z, 0)
///     .subtractive(θ):  u = φ[e − θ · v] / (1 − θ)
///
/// c falls with |ν| and sums to 1 over all inputs of a cell. With a = √c · X̂, X̂ of norm 1, e / v is the
/// cosine of the angle between what the cell sees and its feature X̂; the subtractive cell answers to cosines
/// above θ. The divisive cell, once b is large, answers to cosines above r/(1 + r), and to its own feature
/// with nearly 1.
///
/// `a` and `b` are learnt by `WinnerTakeAll` or `AddIfSilent`, not by gradients. The pullback gives the exact
/// gradient with respect to the input.
///
/// - Input shape: `(N, H, W, C)`; output shape: `(N, H + 2·padding − kernelSize + 1, …, planes)`.
/// - Parameters: `excitation (kernelSize, kernelSize, C, planes)`; `inhibition (planes)` of divisive cells.
/// - Throws: from `build`, a `CognitronError` where the window does not fit its input, r is not above 0, or θ
///   is not from 0 to below 1.
/// - Source: Fukushima, "Neocognitron: A Self-organizing Neural Network Model for a Mechanism of Pattern
///   Recognition Unaffected by Shift in Position" (1980); subtractive: "Training multi-layered neural network
///   neocognitron" (2013).
public final class SCellLayer: Layer, Codable {
    /// How the V-cell holds the S-cells down.
    public enum Inhibition: Codable, Hashable, Sendable {
        /// It divides, as of 1980.
        case divisive(r: Float)
        /// It subtracts, as of 2010.
        case subtractive(threshold: Float)
    }

    public let planes: Int
    public let kernelSize: Int
    public let inhibition: Inhibition
    /// The width of c in pixels.
    public let sigma: Float
    public let padding: Int
    public let name: String?

    let a = Parameter()
    let b = Parameter()
    public var parameters: [Parameter] { isDivisive ? [a, b] : [a] }

    /// a, the weights of the features: (kernelSize, kernelSize, C, planes).
    public var excitation: Tensor { a.value }

    private enum CodingKeys: String, CodingKey { case planes, kernelSize, inhibition, sigma, padding, name }

    /// - Parameters:
    ///   - planes: the number of features.
    ///   - kernelSize: the rows and columns that a cell sees of each plane before it.
    ///   - inhibition: how the V-cell holds the cells down.
    ///   - sigma: the width of the bell curve c in pixels.
    ///   - padding: rows and columns of zeros on every side.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        _ planes: Int, kernelSize: Int = 5, inhibition: Inhibition, sigma: Float = 1.5, padding: Int = 0,
        name: String? = nil
    ) {
        (self.planes, self.kernelSize, self.inhibition) = (planes, kernelSize, inhibition)
        (self.sigma, self.padding, self.name) = (sigma, padding, name)
    }

    private var isDivisive: Bool { if case .divisive = inhibition { true } else { false } }

    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        let image = try context.imageSize(input)
        try context.require("planes", planes)
        try context.require("kernelSize", kernelSize)
        try context.require("padding", padding, atLeast: 0)
        let sizes = [image.height, image.width].map { $0 + 2 * padding - kernelSize + 1 }
        guard sizes.allSatisfy({ $0 >= 1 }) else {
            throw context.error(
                .shape, "its cells see more than there is",
                expected: "at least \(kernelSize - 2 * padding) rows and columns", got: "\(input)")
        }
        guard sigma > 0, isPossible else {
            throw context.error(
                .argument, "invalid cells", expected: "sigma and r above 0, a threshold from 0 to below 1",
                got: "sigma \(sigma), \(inhibition)")
        }
        try context.declare(
            a, "excitation", [kernelSize, kernelSize, image.channels, planes], .zeros, isStatistic: true)
        if isDivisive { try context.declare(b, "inhibition", [planes], .zeros, isStatistic: true) }
        return [sizes[0], sizes[1], planes]
    }

    private var isPossible: Bool {
        switch inhibition {
        case .divisive(let r): r > 0 && r.isFinite
        case .subtractive(let threshold): threshold >= 0 && threshold < 1
        }
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let (shape, border) = (input.shape, padding)
        let x = input.bordered(border, border)
        let kernel = a.value
        let e = x.correlated(with: kernel)  // (N, OH, OW, K)
        let (v, vPullback) = inhibitory(x)  // (N, OH, OW, 1)
        let (u, answerPullback) = answers(e, v)
        return (
            u,
            { dy in
                let (de, dv) = answerPullback(dy)
                let dx = de.correlationGradient(kernel) + vPullback(dv)
                return dx.unbordered(border, height: shape[1], width: shape[2])
            }
        )
    }

    /// u of e and v, and their gradients.
    private func answers(
        _ e: Tensor, _ v: Tensor
    ) -> (u: Tensor, pullback: (_ du: Tensor) -> (de: Tensor, dv: Tensor)) {
        switch inhibition {
        case .divisive(let r):
            let strength = 2 * r / (1 + r) * b.value  // (K)
            let below = 1 + v * strength
            let quotient = (1 + e) / below
            let u = r * (quotient - 1).maximum(0)
            return (
                u,
                { du in
                    let de = r * (du * (u .> 0)) / below
                    return (de, -1 * (de * quotient * strength).sum(axis: 3, keepingDimensions: true))
                }
            )
        case .subtractive(let threshold):
            let u = (e - threshold * v).maximum(0) / (1 - threshold)
            return (
                u,
                { du in
                    let de = du * (u .> 0) / (1 - threshold)
                    return (de, -threshold * de.sum(axis: 3, keepingDimensions: true))
                }
            )
        }
    }

    /// The V-cells of padded planes, and the gradient with respect to the planes: x · c / v.
    private func inhibitory(_ x: Tensor) -> (v: Tensor, pullback: (_ dv: Tensor) -> Tensor) {
        let c = Tensor.cellWindow(kernelSize, sigma: sigma, channels: x.shape[3])
        let power = (x * x).sum(axis: 3, keepingDimensions: true)
        let v = power.seen(through: c).squareRoot
        return (v, { dv in x * (dv / v.maximum(1e-12)).seenGradient(through: c, power.shape) })
    }

    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int {
        outputs[0][0] * outputs[0][1] * kernelSize * kernelSize * (inputs[0][2] * planes + 1)
    }

    public func receptiveField(
        _ field: ReceptiveField, inputs: [Shape], outputs: [Shape]
    ) -> ReceptiveField? { field.through(kernelSize: kernelSize) }
}

extension Tensor {
    /// The gradient with respect to x of `x.correlated(with: kernel)`, with self as dy.
    fileprivate func correlationGradient(_ kernel: Tensor) -> Tensor {
        correlated(
            with: kernel.flipped(axis: 0).flipped(axis: 1).permuted([0, 1, 3, 2]),
            padding: kernel.shape[0] - 1)
    }
}
