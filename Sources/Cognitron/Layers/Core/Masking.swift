/// Masks the time steps at which all numbers are `maskValue`, and sets them to zero.
///
///     mask[n, t] = 1 where any input[n, t, c] ≠ maskValue, 0 elsewhere
///     output = input where mask, 0 elsewhere
///
/// Layers after it leave out what is masked (`Pass.mask`), and so does the loss.
///
/// - Input shape: `(N, T, …, C)`; output shape: the same.
/// - Throws: from `build`, a `CognitronError` where the samples have fewer than two axes.
/// - Source: Keras `Masking`.
public final class Masking: Layer, Codable {
    public let maskValue: Float
    public let name: String?

    /// - Parameters:
    ///   - maskValue: what stands at steps that do not count.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(maskValue: Float = 0, name: String? = nil) {
        self.maskValue = maskValue
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        guard input.rank >= 2 else {
            throw context.error(
                .shape, "needs sequences", expected: "an input of shape steps × channels", got: "\(input)")
        }
        return input
    }

    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] {
        [steps(of: inputs[0]).squeezing(-1)]
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let counts = steps(of: input)
        return (.where(counts, input, Tensor(0)), { $0 * counts })
    }

    /// 1 for the steps that count, the channels being one.
    private func steps(of input: Tensor) -> Tensor {
        (input .!= maskValue).max(axis: -1, keepingDimensions: true)
    }
}
