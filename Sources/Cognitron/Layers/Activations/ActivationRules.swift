import CognitronKernels

// The package's own activation functions.

/// A function that a kernel computes of every number by itself.
protocol ElementwiseActivationRule: ActivationRule {
    var kernel: ActivationKernel { get }
}

extension ElementwiseActivationRule {
    func forward(_ input: consuming Tensor) -> (output: Tensor, pullback: Pullback) {
        let kernel = kernel
        let kept = kernel.derivativeReadsInput ? input : nil
        var output = input
        let count = output.count
        let y = output.mutablePointer
        kernel.forward(y, into: y, count: count)
        let saved = kept ?? output
        return (output, { kernel.gradient($0, saved) })
    }
}

extension ActivationKernel {
    /// - Parameter saved: the function's input or output, whichever the kernel reads.
    fileprivate func gradient(_ outputGradient: consuming Tensor, _ saved: Tensor) -> Tensor {
        outputGradient.overwritten { dy, dx in
            backward(saved.pointer, dy, into: dx, count: saved.count)
            withExtendedLifetime(saved) {}
        }
    }
}

extension ActivationFunction {
    /// The gradient through a ReLU, from that of its output.
    static func reluGradient(_ outputGradient: consuming Tensor, output: Tensor) -> Tensor {
        ActivationKernel.relu.gradient(outputGradient, output)
    }

    struct Linear: ActivationRule {
        func forward(_ input: consuming Tensor) -> (output: Tensor, pullback: Pullback) { (input, { $0 }) }
    }

    struct Relu: ElementwiseActivationRule {
        var kernel: ActivationKernel { .relu }
    }

    struct Sigmoid: ElementwiseActivationRule {
        var kernel: ActivationKernel { .sigmoid }
    }

    struct Tanh: ElementwiseActivationRule {
        var kernel: ActivationKernel { .tanh }
    }

    struct Softplus: ElementwiseActivationRule {
        var kernel: ActivationKernel { .softplus }
    }

    struct Swish: ElementwiseActivationRule {
        var kernel: ActivationKernel { .swish }
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

    struct Gelu: ElementwiseActivationRule {
        var approximate: Bool
        var kernel: ActivationKernel { approximate ? .geluApproximate : .gelu }

        init(approximate: Bool = false) { self.approximate = approximate }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.init(approximate: try container.decode(.approximate, default: false))
        }
    }

    struct Softmax: ActivationRule {
        func forward(_ input: consuming Tensor) -> (output: Tensor, pullback: Pullback) {
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
}

extension BuildContext {
    /// Throws where a function's arguments are impossible.
    public func require(_ activation: ActivationFunction) throws {
        guard let problem = activation.rule.problem else { return }
        throw error(
            .argument, "invalid activation function", expected: problem.expected, got: problem.got)
    }
}
