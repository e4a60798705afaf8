/// The products of its two inputs, summed along one axis of each.
///
///     output[n, i…, j…] = Σₖ input₁[n, i…, k] · input₂[n, j…, k]       // k stands at axes.0 and axes.1
///
///     Dot(axes: 1)(a, b)                       // (N, k), (N, k) → (N, 1)
///     Dot(axes: (2, 1))(a, b)                  // (N, i, k), (N, k, j) → (N, i, j)
///
/// - Input shapes: two, whose sizes along the axes are equal; output shape: that of the first without its
///   axis, then that of the second without batch and axis; `(N, 1)` where nothing is left.
/// - Throws: from `build`, a `CognitronError` where an axis is none of its input's or the sizes differ.
/// - Source: Keras `Dot`.
public final class Dot: MergingLayer, Codable {
    /// The axis of each input; as in Keras, a positive one counts the batch.
    public let axes: [Int]
    public let normalize: Bool
    public let name: String?

    /// - Parameters:
    ///   - axes: the axis of both inputs.
    ///   - normalize: whether the inputs are divided by their lengths along the axis first, which makes the
    ///     products cosines.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public convenience init(axes: Int, normalize: Bool = false, name: String? = nil) {
        self.init(axes: (axes, axes), normalize: normalize, name: name)
    }

    /// - Parameter axes: the axis of the first input and that of the second.
    public init(axes: (Int, Int), normalize: Bool = false, name: String? = nil) {
        self.axes = [axes.0, axes.1]
        self.normalize = normalize
        self.name = name
    }

    /// Gives no mask on, as in Keras.
    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    public func build(_ inputs: [Shape], _ context: inout BuildContext) throws -> Shape {
        guard inputs.count == 2, axes.count == 2 else {
            throw context.error(.shape, "wrong number of inputs", expected: "2", got: "\(inputs.count)")
        }
        let own = try zip(inputs, axes).map { input, axis in
            guard let own = input.sampleAxis(axis) else {
                throw context.error(.argument, "invalid axes", expected: input.sampleAxes, got: "\(axis)")
            }
            return own
        }
        guard inputs[0][own[0]] == inputs[1][own[1]] else {
            throw context.error(
                .shape, "the sizes along its axes \(axes[0]) and \(axes[1]) differ", expected: "equal sizes",
                got: "\(inputs[0][own[0]]) and \(inputs[1][own[1]]) of inputs \(inputs[0]) and \(inputs[1])")
        }
        let rest = Array(inputs[0].removing([own[0]])) + Array(inputs[1].removing([own[1]]))
        return rest.isEmpty ? [1] : Shape(rest)
    }

    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int {
        guard let axis = inputs[0].sampleAxis(axes[0]) else { return 0 }
        return outputs[0].elementCount * inputs[0][axis]
    }

    public func forward(
        _ inputs: consuming [Tensor], _ pass: Pass
    ) -> (output: Tensor, pullback: MergingPullback) {
        // (N, i, k) and (N, j, k)
        let (a, b) = (Rows(inputs[0], axis: axes[0], normalize), Rows(inputs[1], axis: axes[1], normalize))
        let product = a.rows.matmul(b.rows, transposingOther: true)
        let rest = a.rest + b.rest
        return (
            product.reshaped(Shape(rest.isEmpty ? [1] : rest).batched(product.shape[0])),
            { dy in
                let gradient = dy.reshaped(product.shape)  // (N, i, j)
                return [
                    a.gradient(gradient.matmul(b.rows)),
                    b.gradient(gradient.matmul(a.rows, transposingSelf: true)),
                ]
            }
        )
    }
}

/// An input as a matrix a sample, with the axis of the sum last.
private struct Rows {
    let rows: Tensor
    /// The sizes of the other axes, without the batch.
    let rest: [Int]
    private let order: [Int]
    private let shape: Shape
    /// 1 over the rows' lengths, where they are normalised.
    private let scale: Tensor?

    init(_ input: Tensor, axis: Int, _ normalize: Bool) {
        let axis = input.shape.resolve(axis)
        order = (0..<input.rank).filter { $0 != axis } + [axis]
        let moved = order == Array(0..<input.rank) ? input : input.permuted(order)
        shape = moved.shape
        rest = Array(shape.dropFirst().dropLast())
        let x = moved.reshaped([shape[0], rest.reduce(1, *), shape[shape.rank - 1]])
        // Keras's epsilon, which bounds the squared length.
        scale =
            normalize ? 1 / x.squared.sum(axis: 2, keepingDimensions: true).maximum(1e-14).squareRoot : nil
        rows = scale.map { x * $0 } ?? x
    }

    /// The gradient of the input from that of the rows.
    func gradient(_ dRows: Tensor) -> Tensor {
        var gradient = dRows
        if let scale {
            // Along the row itself its length does not change.
            gradient -= rows * (rows * dRows).sum(axis: 2, keepingDimensions: true)
            gradient *= scale
        }
        let moved = gradient.reshaped(shape)
        let back = order.indices.map { place in order.firstIndex(of: place) ?? place }
        return back == Array(order.indices) ? moved : moved.permuted(back)
    }
}
