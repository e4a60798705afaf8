/// The gates of a long short-term memory and what they make of its cell state, for any number of axes: the
/// last holds the four gates i, f, c, o side by side.
///
///     c′ = f · c + i · g;   h′ = o · activation(c′)
struct LSTMGates {
    let activation: ActivationFunction
    let recurrentActivation: ActivationFunction

    /// - Parameters:
    ///   - sums: (…, 4 · units), what the gates' activation functions are applied to.
    ///   - cell: (…, units)
    /// - Returns: the states h′ and c′, and their pullback, which gives the gradients of `sums` and `cell`.
    func forward(
        _ sums: Tensor, _ cell: Tensor
    ) -> (
        h: Tensor, cell: Tensor, pullback: (_ h: Tensor, _ cell: Tensor) -> (sums: Tensor, cell: Tensor)
    ) {
        let parts = sums.split(Array(repeating: cell.shape[cell.rank - 1], count: 4))
        let (i, iPullback) = recurrentActivation.forward(parts[0])
        let (f, fPullback) = recurrentActivation.forward(parts[1])
        let (g, gPullback) = activation.forward(parts[2])
        let (o, oPullback) = recurrentActivation.forward(parts[3])
        let next = f * cell + i * g
        let (squashed, pullback) = activation.forward(next)
        return (
            o * squashed, next,
            { dh, dNext in
                let dCell = dNext + pullback(dh * o)
                let sums = Tensor.concatenated([
                    iPullback(dCell * g), fPullback(dCell * cell), gPullback(dCell * i),
                    oPullback(dh * squashed),
                ])
                return (sums, dCell * f)
            }
        )
    }
}

/// The first bias of a layer with `unitForgetBias`: ones for the forget gate, which then forgets little.
///
/// - Source: Jozefowicz, Zaremba and Sutskever, "An Empirical Exploration of Recurrent Network Architectures"
///   (2015).
struct UnitForgetBias: InitializerRule {
    let initializer: Initializer

    func problem(for shape: Shape) -> RuleProblem? { initializer.problem(for: shape) }

    /// - Parameter shape: (4 · units)
    func make(_ shape: Shape, key: RandomKey) -> Tensor {
        let units = shape[0] / 4
        return .concatenated([
            initializer.make([units], key: key.folding(0)), .ones([units]),
            initializer.make([2 * units], key: key.folding(1)),
        ])
    }
}
