/// A dense layer whose sums are told by an equation.
///
///     output = activation(einsum(equation, input, kernel) + bias)
///
///     EinsumDense("abc,cd->abd", outputShape: [nil, 64], biasAxes: "d")       // Dense(64)
///     EinsumDense("...x,xy->...y", outputShape: [64])                         // for any number of axes
///     EinsumDense("abc,cde->abde", outputShape: [nil, 8, 16])                 // heads of attention
///
/// The input and the kernel are transposed where the equation needs it and multiplied as matrices.
///
/// - Input shape: `(N, …)`, as the equation says; output shape: likewise.
/// - Parameters: `kernel`, its axes in the equation's order; `bias` where there are `biasAxes`.
/// - Throws: from `build`, a `CognitronError` where the equation cannot be read or does not fit the input.
/// - Source: Keras `EinsumDense`.
public final class EinsumDense: ActivatedLayer, Codable {
    public let equation: String
    public let outputShape: [Int?]
    public let activation: ActivationFunction
    public let biasAxes: String?
    public let kernelInitializer: Initializer
    public let biasInitializer: Initializer
    public let kernelRegularizer: Regularizer?
    public let biasRegularizer: Regularizer?
    public let activityRegularizer: Regularizer?
    public let kernelConstraint: Constraint?
    public let biasConstraint: Constraint?
    public let name: String?

    public let kernel = Parameter()
    public let bias = Parameter()
    public var parameters: [Parameter] { biasAxes == nil ? [kernel] : [kernel, bias] }

    private enum CodingKeys: CodingKey {
        case equation, outputShape, activation, biasAxes, kernelInitializer, biasInitializer
        case kernelRegularizer, biasRegularizer, activityRegularizer, kernelConstraint, biasConstraint, name
    }

    /// - Parameters:
    ///   - equation: the axes of input, kernel and output, `ab,bc->ac`; an ellipsis stands for any number.
    ///   - outputShape: the sizes of the output's axes without the batch and those of the ellipsis; nil for
    ///     one that is the input's.
    ///   - activation: what the outputs go through; nothing by default.
    ///   - biasAxes: the letters of the output's axes along which there is a bias; nil for no bias.
    ///   - kernelInitializer: how the first kernel is drawn.
    ///   - biasInitializer: what the first bias is.
    ///   - kernelRegularizer: what the loss is charged for the kernel; nothing by default. `biasRegularizer`
    ///     likewise.
    ///   - activityRegularizer: what the loss is charged for the outputs, as a mean over the samples.
    ///   - kernelConstraint: what the kernel is brought back to after every step. `biasConstraint` likewise.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        _ equation: String, outputShape: [Int?], activation: ActivationFunction = .linear,
        biasAxes: String? = nil, kernelInitializer: Initializer = .glorotUniform,
        biasInitializer: Initializer = .zeros, kernelRegularizer: Regularizer? = nil,
        biasRegularizer: Regularizer? = nil, activityRegularizer: Regularizer? = nil,
        kernelConstraint: Constraint? = nil, biasConstraint: Constraint? = nil, name: String? = nil
    ) {
        self.equation = equation
        self.outputShape = outputShape
        self.activation = activation
        self.biasAxes = biasAxes
        self.kernelInitializer = kernelInitializer
        self.biasInitializer = biasInitializer
        self.kernelRegularizer = kernelRegularizer
        self.biasRegularizer = biasRegularizer
        self.activityRegularizer = activityRegularizer
        self.kernelConstraint = kernelConstraint
        self.biasConstraint = biasConstraint
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try context.require(activation)
        try context.require(activityRegularizer: activityRegularizer)
        let parsed = try parse(rank: input.rank + 1, context)
        let sizes = try sizes(parsed, input, context)
        try context.declare(
            kernel, "kernel", Shape(parsed.kernel.map { sizes[$0] ?? 0 }), kernelInitializer,
            regularizer: kernelRegularizer, constraint: kernelConstraint)
        if let biasAxes {
            try context.declare(
                bias, "bias", try biasShape(biasAxes, parsed, sizes, context), biasInitializer,
                regularizer: biasRegularizer, constraint: biasConstraint)
        }
        return Shape(parsed.output.dropFirst().map { sizes[$0] ?? 0 })
    }

    public func forwardLinear(
        _ input: consuming Tensor, _ pass: Pass
    ) -> (output: Tensor, pullback: Pullback) {
        guard let e = try? EinsumEquation(equation, rank: input.rank) else { return (input, { $0 }) }
        let (inputAxes, kernelAxes, productAxes) = (
            e.shared + e.kept + e.summed, e.shared + e.summed + e.free, e.shared + e.kept + e.free
        )
        let x = input.arranged(e.input, as: inputAxes)
        let w = kernel.value.arranged(e.kernel, as: kernelAxes)
        let (xShape, wShape) = (x.shape, w.shape)
        let counts = Counts(e, xShape, wShape)
        let (a, b) = (x.reshaped(counts.input), w.reshaped(counts.kernel))
        let product = a.matmul(b)  // (shared, kept, summed) · (shared, summed, free)
        let productShape = Shape(
            Array(xShape.prefix(e.shared.count + e.kept.count)) + Array(wShape.suffix(e.free.count)))
        var output = product.reshaped(productShape).arranged(productAxes, as: e.output)
        if biasAxes != nil { output += bias.value }
        return (
            output,
            { [self] outputGradient in
                if biasAxes != nil { bias.accumulate(outputGradient.sum(to: bias.shape)) }
                let dy = outputGradient.arranged(e.output, as: productAxes).reshaped(counts.product)
                let dw = a.matmul(dy, transposingSelf: true).reshaped(wShape)
                kernel.accumulate(dw.arranged(kernelAxes, as: e.kernel))
                guard pass.needsInputGradient else { return outputGradient }
                return dy.matmul(b, transposingOther: true).reshaped(xShape).arranged(inputAxes, as: e.input)
            }
        )
    }

    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int {
        guard let e = try? EinsumEquation(equation, rank: inputs[0].rank + 1) else { return 0 }
        let free = zip(e.output.dropFirst(), outputs[0]).filter { e.free.contains($0.0) }
        return inputs[0].elementCount * free.reduce(1) { $0 * $1.1 }
    }

    /// The arrays as matrices, or stacks of them where axes are shared.
    private struct Counts {
        let input: Shape
        let kernel: Shape
        let product: Shape

        init(_ e: EinsumEquation, _ x: Shape, _ w: Shape) {
            let shared = e.shared.isEmpty ? [] : [x.prefix(e.shared.count).reduce(1, *)]
            let kept = x.dropFirst(e.shared.count).prefix(e.kept.count).reduce(1, *)
            let summed = x.suffix(e.summed.count).reduce(1, *)
            let free = w.suffix(e.free.count).reduce(1, *)
            input = Shape(shared + [kept, summed])
            kernel = Shape(shared + [summed, free])
            product = Shape(shared + [kept, free])
        }
    }
}

// MARK: - Shapes

extension EinsumDense {
    private func parse(rank: Int, _ context: BuildContext) throws -> EinsumEquation {
        do {
            return try EinsumEquation(equation, rank: rank)
        } catch {
            throw context.error(
                .argument, "invalid equation", expected: error.expected, got: "\"\(equation)\"")
        }
    }

    /// The sizes of all axes but the batch, by their letters.
    private func sizes(
        _ e: EinsumEquation, _ input: Shape, _ context: BuildContext
    ) throws -> [Character: Int] {
        var sizes = Dictionary(uniqueKeysWithValues: zip(e.input.dropFirst(), input))
        let named = e.output.dropFirst(e.isLeftElided ? 0 : 1).filter { !$0.isNumber }
        guard outputShape.count == named.count else {
            throw context.error(
                .argument, "invalid outputShape for \"\(equation)\"",
                expected: "\(named.count) sizes, for the axes \(String(named))",
                got: "\(outputShape.count)")
        }
        for (letter, size) in zip(named, outputShape) {
            guard let size = size ?? sizes[letter] else {
                throw context.error(
                    .argument, "invalid outputShape for \"\(equation)\"",
                    expected: "a size for axis \(letter), which the input does not have", got: "nil")
            }
            try context.require("outputShape", size)
            if let known = sizes.updateValue(size, forKey: letter), known != size {
                throw context.error(
                    .shape, "its output's axis \(letter) is also its input's", expected: "\(known) or nil",
                    got: "\(size)")
            }
        }
        return sizes
    }

    /// The bias's shape from its first axis on: 1 along axes without one.
    private func biasShape(
        _ axes: String, _ e: EinsumEquation, _ sizes: [Character: Int], _ context: BuildContext
    ) throws -> Shape {
        let named = e.output.dropFirst().filter { !$0.isNumber }
        guard !axes.isEmpty, axes.allSatisfy(named.contains) else {
            throw context.error(
                .argument, "invalid biasAxes", expected: "letters of \(String(named))", got: "\"\(axes)\"")
        }
        return Shape(
            e.output.drop { !axes.contains($0) }.map { axes.contains($0) ? sizes[$0] ?? 1 : 1 })
    }
}
