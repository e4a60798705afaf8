import CognitronKernels

// The package's own functions of every number by itself. Each names its kernel.

protocol ElementwiseActivationRule: ActivationRule {
    var kernel: ActivationKernel { get }
}

extension ElementwiseActivationRule {
    func forward(_ input: consuming Tensor) -> (output: Tensor, pullback: Pullback) {
        let (output, saved) = kernel.forward(input)
        return (output, { [kernel] in kernel.gradient($0, saved) })
    }
}

extension ActivationFunction {
    /// The function as a rectifier that only clips, which layers fuse into their linear part; nil for others.
    var plainRectifier: Relu? { (rule as? Relu).flatMap { $0.isPlain ? $0 : nil } }

    /// The gradient through a ReLU, from that of its output.
    static func reluGradient(_ outputGradient: consuming Tensor, output: Tensor) -> Tensor {
        ActivationKernel.relu.gradient(outputGradient, output)
    }

    struct Linear: ActivationRule {
        func forward(_ input: consuming Tensor) -> (output: Tensor, pullback: Pullback) { (input, { $0 }) }
    }

    struct Selu: ElementwiseActivationRule { var kernel: ActivationKernel { .selu } }
    struct HardTanh: ElementwiseActivationRule { var kernel: ActivationKernel { .hardTanh } }
    struct HardSigmoid: ElementwiseActivationRule { var kernel: ActivationKernel { .hardSigmoid } }
    struct HardSilu: ElementwiseActivationRule { var kernel: ActivationKernel { .hardSilu } }
    struct SparsePlus: ElementwiseActivationRule { var kernel: ActivationKernel { .sparsePlus } }
    struct SparseSigmoid: ElementwiseActivationRule { var kernel: ActivationKernel { .sparseSigmoid } }
    struct Sigmoid: ElementwiseActivationRule { var kernel: ActivationKernel { .sigmoid } }
    struct LogSigmoid: ElementwiseActivationRule { var kernel: ActivationKernel { .logSigmoid } }
    struct Tanh: ElementwiseActivationRule { var kernel: ActivationKernel { .tanh } }
    struct ScaledTanh: ActivationRule {
        func forward(_ input: consuming Tensor) -> (output: Tensor, pullback: Pullback) {
            let (tanh, pullback) = Tanh().forward(input * (2 / 3))
            return (tanh * 1.7159, { pullback($0 * 1.7159) * (2 / 3) })
        }
    }
    struct TanhShrink: ElementwiseActivationRule { var kernel: ActivationKernel { .tanhShrink } }
    struct Softplus: ElementwiseActivationRule { var kernel: ActivationKernel { .softplus } }
    struct Softsign: ElementwiseActivationRule { var kernel: ActivationKernel { .softsign } }
    struct Exponential: ElementwiseActivationRule { var kernel: ActivationKernel { .exponential } }
    struct Swish: ElementwiseActivationRule { var kernel: ActivationKernel { .swish } }
    struct Mish: ElementwiseActivationRule { var kernel: ActivationKernel { .mish } }

    struct Relu: ElementwiseActivationRule {
        var negativeSlope: Float
        var maxValue: Float?
        var threshold: Float

        init(negativeSlope: Float = 0, maxValue: Float? = nil, threshold: Float = 0) {
            self.negativeSlope = negativeSlope
            self.maxValue = maxValue
            self.threshold = threshold
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.init(
                negativeSlope: try container.decode(.negativeSlope, default: 0),
                maxValue: try container.decodeIfPresent(Float.self, forKey: .maxValue),
                threshold: try container.decode(.threshold, default: 0))
        }

        /// Whether it only clips: to 0 from below, and to the maximum if there is one.
        var isPlain: Bool { negativeSlope == 0 && threshold == 0 }

        var bounds: OutputBounds { .relu(maxValue: maxValue ?? .infinity) }

        var kernel: ActivationKernel {
            guard !isPlain || maxValue != nil else { return .relu }
            return .boundedRelu(
                negativeSlope: negativeSlope, maxValue: maxValue ?? .infinity, threshold: threshold)
        }

        var problem: RuleProblem? {
            [negativeSlope, maxValue ?? 0, threshold].allSatisfy { $0 >= 0 && $0.isFinite }
                ? nil
                : (
                    "a negativeSlope, maxValue and threshold of at least 0",
                    "\(negativeSlope.text), \(maxValue.map(\.text) ?? "none") and \(threshold.text)"
                )
        }
    }

    struct LeakyRelu: ElementwiseActivationRule {
        var negativeSlope: Float
        var kernel: ActivationKernel { .leakyRelu(negativeSlope) }
        var problem: RuleProblem? {
            negativeSlope.isFinite ? nil : ("a finite negativeSlope", negativeSlope.text)
        }

        init(negativeSlope: Float = 0.2) { self.negativeSlope = negativeSlope }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.init(negativeSlope: try container.decode(.negativeSlope, default: 0.2))
        }
    }

    struct Elu: ElementwiseActivationRule {
        var alpha: Float
        var kernel: ActivationKernel { .elu(alpha) }
        var problem: RuleProblem? { alpha.isFinite ? nil : ("a finite alpha", alpha.text) }

        init(alpha: Float = 1) { self.alpha = alpha }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.init(alpha: try container.decode(.alpha, default: 1))
        }
    }

    struct Celu: ElementwiseActivationRule {
        var alpha: Float
        var kernel: ActivationKernel { .celu(alpha) }
        var problem: RuleProblem? { alpha > 0 && alpha.isFinite ? nil : ("an alpha above 0", alpha.text) }
    }

    struct Threshold: ElementwiseActivationRule {
        var threshold: Float
        var defaultValue: Float
        var kernel: ActivationKernel { .threshold(threshold, defaultValue: defaultValue) }
        var problem: RuleProblem? {
            threshold.isFinite && defaultValue.isFinite
                ? nil
                : ("a finite threshold and defaultValue", "\(threshold.text) and \(defaultValue.text)")
        }
    }

    struct HardShrink: ElementwiseActivationRule {
        var threshold: Float
        var kernel: ActivationKernel { .hardShrink(threshold) }
        var problem: RuleProblem? {
            threshold >= 0 && threshold.isFinite ? nil : ("a threshold of at least 0", threshold.text)
        }
    }

    struct SoftShrink: ElementwiseActivationRule {
        var threshold: Float
        var kernel: ActivationKernel { .softShrink(threshold) }
        var problem: RuleProblem? {
            threshold >= 0 && threshold.isFinite ? nil : ("a threshold of at least 0", threshold.text)
        }
    }

    struct Squareplus: ElementwiseActivationRule {
        var b: Float
        var kernel: ActivationKernel { .squareplus(b) }
        var problem: RuleProblem? { b > 0 && b.isFinite ? nil : ("a b above 0", b.text) }
    }

    struct Gelu: ElementwiseActivationRule {
        var approximate: Bool
        var kernel: ActivationKernel { approximate ? .geluApproximate : .gelu }

        init(approximate: Bool = false) { self.approximate = approximate }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.init(approximate: try container.decode(.approximate, default: false))
        }
    }
}
