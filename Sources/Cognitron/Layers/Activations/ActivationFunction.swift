import CognitronKernels

/// An elementwise function between layers (the softmax works on the last axis).
///
///     Dense(10, activation: .softmax)
///     Conv2D(64, kernelSize: 3, activation: .leakyRelu(negativeSlope: 0.1))
///
/// - Source: Keras `activations`.
public struct ActivationFunction: Hashable, Sendable, Codable {
    enum Kind: Hashable, Sendable, Codable {
        case linear, relu, sigmoid, tanh, softmax, softplus, swish
        case leakyRelu(negativeSlope: Float)
        case elu(alpha: Float)
        case gelu(approximate: Bool)
    }

    let kind: Kind

    /// x
    public static let linear = ActivationFunction(kind: .linear)
    /// max(x, 0)
    public static let relu = ActivationFunction(kind: .relu)
    /// x where it is positive, 0.2·x elsewhere
    public static let leakyRelu = leakyRelu(negativeSlope: 0.2)
    /// x where it is positive, negativeSlope·x elsewhere
    public static func leakyRelu(negativeSlope: Float) -> ActivationFunction {
        ActivationFunction(kind: .leakyRelu(negativeSlope: negativeSlope))
    }
    /// 1 / (1 + e⁻ˣ)
    public static let sigmoid = ActivationFunction(kind: .sigmoid)
    /// (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)
    public static let tanh = ActivationFunction(kind: .tanh)
    /// eˣ / Σ eˣ along the last axis
    public static let softmax = ActivationFunction(kind: .softmax)
    /// ln(1 + eˣ)
    public static let softplus = ActivationFunction(kind: .softplus)
    /// x where it is positive, eˣ − 1 elsewhere
    public static let elu = elu(alpha: 1)
    /// x where it is positive, alpha·(eˣ − 1) elsewhere
    public static func elu(alpha: Float) -> ActivationFunction {
        ActivationFunction(kind: .elu(alpha: alpha))
    }
    /// x·Φ(x), Φ being the normal distribution
    public static let gelu = gelu(approximate: false)
    /// x·Φ(x), or its approximation by a tangent
    public static func gelu(approximate: Bool) -> ActivationFunction {
        ActivationFunction(kind: .gelu(approximate: approximate))
    }
    /// x / (1 + e⁻ˣ)
    public static let swish = ActivationFunction(kind: .swish)

    private var kernel: ActivationKernel? {
        switch kind {
        case .linear, .softmax: nil
        case .relu: .relu
        case .sigmoid: .sigmoid
        case .tanh: .tanh
        case .softplus: .softplus
        case .swish: .swish
        case .leakyRelu(let slope): .leakyRelu(slope)
        case .elu(let alpha): .elu(alpha)
        case .gelu(let approximate): approximate ? .geluApproximate : .gelu
        }
    }

    /// The function's value.
    public func callAsFunction(_ input: Tensor) -> Tensor { forward(input).output }

    /// The function's value and its pullback. Works in place where the input is not shared.
    public func forward(_ input: consuming Tensor) -> (output: Tensor, pullback: Pullback) {
        if let kernel { return forwardElementwise(kernel, input) }
        return kind == .softmax ? forwardSoftmax(input) : (input, { $0 })
    }

    private func forwardElementwise(
        _ kernel: ActivationKernel, _ input: consuming Tensor
    ) -> (output: Tensor, pullback: Pullback) {
        let kept = kernel.derivativeReadsInput ? input : nil
        var output = input
        let count = output.count
        let y = output.mutablePointer
        kernel.forward(y, into: y, count: count)
        let saved = kept ?? output
        return (output, { Self.gradient(kernel, $0, saved) })
    }

    /// The gradient through a ReLU, from that of its output.
    static func reluGradient(_ outputGradient: consuming Tensor, output: Tensor) -> Tensor {
        gradient(.relu, outputGradient, output)
    }

    /// - Parameter saved: the function's input or output, whichever the kernel reads.
    private static func gradient(
        _ kernel: ActivationKernel, _ outputGradient: consuming Tensor, _ saved: Tensor
    ) -> Tensor {
        outputGradient.overwritten { dy, dx in
            kernel.backward(saved.pointer, dy, into: dx, count: saved.count)
            withExtendedLifetime(saved) {}
        }
    }

    private func forwardSoftmax(_ input: consuming Tensor) -> (output: Tensor, pullback: Pullback) {
        var output = input
        let columns = output.shape.last ?? 1
        let rows = columns == 0 ? 0 : output.count / columns
        let y = output.mutablePointer
        SoftmaxKernel.forward(y, into: y, rows: rows, columns: columns)
        return (
            output,
            { [output] outputGradient in
                var gradient = outputGradient
                let dx = gradient.mutablePointer
                SoftmaxKernel.backward(output.pointer, dx, into: dx, rows: rows, columns: columns)
                withExtendedLifetime(output) {}
                return gradient
            }
        )
    }
}
