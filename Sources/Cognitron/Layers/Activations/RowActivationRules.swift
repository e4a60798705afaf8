import CognitronKernels

// The package's own functions of rows along an axis.

/// A function along an axis, which counts as in Keras: from the end, or from the batch as 0.
protocol AxisActivationRule: ActivationRule {
    var axis: Int { get }
}

extension AxisActivationRule {
    func problem(for input: Shape) -> RuleProblem? {
        input.sampleAxis(axis) == nil ? (input.sampleAxes, "axis \(axis)") : nil
    }
}

extension Shape {
    /// The axis of this sample's shape that an axis of a batch's shape is; nil where it has none, and for the
    /// batch's own, 0.
    func sampleAxis(_ axis: Int) -> Int? {
        let own = axis < 0 ? axis + rank : axis - 1
        return indices.contains(own) ? own : nil
    }

    /// What `sampleAxis` takes, for messages.
    var sampleAxes: String {
        rank == 0 ? "samples with axes" : "an axis of 1…\(rank) or -\(rank)…-1 for samples of shape \(self)"
    }
}

/// A function of rows that a kernel computes.
protocol RowActivationRule: AxisActivationRule {
    static var kernel: RowKernel { get }
}

extension RowActivationRule {
    func forward(_ input: consuming Tensor) -> (output: Tensor, pullback: Pullback) {
        let output = Self.kernel.forward(input, axis: axis)
        return (output, { [axis] in Self.kernel.gradient($0, y: output, axis: axis) })
    }
}

extension ActivationFunction {
    struct Softmax: RowActivationRule {
        static let kernel = RowKernel.softmax
        var axis: Int

        init(axis: Int = -1) { self.axis = axis }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.init(axis: try container.decode(.axis, default: -1))
        }
    }

    struct LogSoftmax: RowActivationRule {
        static let kernel = RowKernel.logSoftmax
        var axis: Int
    }

    struct Sparsemax: RowActivationRule {
        static let kernel = RowKernel.sparsemax
        var axis: Int
    }

    struct Glu: AxisActivationRule {
        var axis: Int

        func problem(for input: Shape) -> RuleProblem? {
            guard let own = input.sampleAxis(axis) else { return (input.sampleAxes, "axis \(axis)") }
            return input[own].isMultiple(of: 2) ? nil : ("an axis of even size", "\(input[own])")
        }

        func outputShape(for input: Shape) -> Shape {
            input.sampleAxis(axis).map { input.replacing($0, with: input[$0] / 2) } ?? input
        }

        func forward(_ input: consuming Tensor) -> (output: Tensor, pullback: Pullback) {
            let size = input.shape[input.shape.resolve(axis)]
            let halves = input.split([size / 2, size - size / 2], axis: axis)
            let (a, gate) = (halves[0], halves[1].sigmoid)
            return (
                a * gate,
                { [axis] dy in
                    let da = dy * gate
                    return .concatenated([da, da * a * (1 - gate)], axis: axis)
                }
            )
        }
    }
}

extension BuildContext {
    /// Throws where a function's arguments are impossible.
    public func require(_ activation: ActivationFunction) throws {
        if let problem = activation.rule.problem { throw error(problem) }
    }

    /// Throws where a function does not take samples of this shape, and where its output has another.
    public func require(_ activation: ActivationFunction, keeping shape: Shape) throws {
        let output = try output(of: activation, shape)
        guard output == shape else {
            throw error(
                .argument, "its activation function changes the shape of its output",
                expected: "one that keeps \(shape)", got: "one that gives \(output)",
                advice: "make it a layer of its own: Activation(…)")
        }
    }

    /// The shape of a function's output. Throws where it does not take samples of this shape.
    func output(of activation: ActivationFunction, _ input: Shape) throws -> Shape {
        try require(activation)
        if let problem = activation.rule.problem(for: input) { throw error(problem) }
        return activation.rule.outputShape(for: input)
    }

    private func error(_ problem: RuleProblem) -> CognitronError {
        error(.argument, "invalid activation function", expected: problem.expected, got: problem.got)
    }
}
