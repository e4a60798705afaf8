/// The residual connection around a part f of a transformer block.
///
///     output = norm(x + dropout(f(x))), or x + dropout(f(norm(x))) with `normalizeFirst`
struct ResidualPart: Sendable {
    /// The prefix of its layers' names.
    let name: String
    private let normalizesFirst: Bool
    private let normalization: LayerNormalization
    private let dropout: Dropout

    init(_ name: String, _ arguments: TransformerArguments) {
        self.name = name
        normalizesFirst = arguments.normalizeFirst
        normalization = LayerNormalization(epsilon: arguments.layerNormEpsilon)
        dropout = Dropout(arguments.dropout)
    }

    var children: [(name: String, layer: any AnyLayer)] {
        [("\(name)_layer_norm", normalization), ("\(name)_dropout", dropout)]
    }

    func build(_ input: Shape, _ context: inout BuildContext) throws {
        for (name, layer) in children { _ = try context.child(name, layer, input) }
    }

    /// - Parameter inputs: x, then what else f reads.
    func forward(
        _ inputs: [Tensor], _ pass: Pass,
        around f: ([Tensor]) -> (output: Tensor, pullback: MergingPullback)
    ) -> (output: Tensor, pullback: MergingPullback) {
        let x = inputs[0]
        let (first, firstPullback) = normalized(x, pass, if: normalizesFirst)
        let (y, pullback) = f([first] + inputs.dropFirst())
        var (sum, dropoutPullback) = pass.child("\(name)_dropout", dropout, y)
        sum += x
        let (output, lastPullback) = normalized(sum, pass, if: !normalizesFirst)
        return (
            output,
            { dy in
                let ds = lastPullback(dy)
                var gradients = pullback(dropoutPullback(ds))
                gradients[0] = firstPullback(gradients[0]) + ds
                return gradients
            }
        )
    }

    private func normalized(
        _ x: consuming Tensor, _ pass: Pass, if isNormalized: Bool
    ) -> (output: Tensor, pullback: Pullback) {
        guard isNormalized else { return (x, { $0 }) }
        return pass.child("\(name)_layer_norm", normalization, x)
    }
}
