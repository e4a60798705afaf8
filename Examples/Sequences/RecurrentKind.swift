import Cognitron

/// A recurrent layer whose memory is compared with that of others.
struct RecurrentKind: Sendable {
    let name: String
    /// A new layer, given its units.
    let layer: @Sendable (_ units: Int) -> any RecurrentLayer
    /// Changes the built layer's first weights.
    var prepare: @Sendable (any RecurrentLayer) -> Void = { _ in }

    /// Recurrent weights that turn a state without changing its length.
    static let simple = RecurrentKind(name: "SimpleRNN", layer: { SimpleRNN($0) })

    /// A simple layer whose recurrent weights make a state shorter or longer by a factor.
    static func simple(scale: Float) -> RecurrentKind {
        RecurrentKind(
            name: "SimpleRNN, weights × \(scale)", layer: { SimpleRNN($0) },
            prepare: { layer in
                guard let layer = layer as? SimpleRNN else { return }
                layer.recurrentKernel.value = layer.recurrentKernel.value * scale
            })
    }

    static let lstm = RecurrentKind(name: "LSTM", layer: { LSTM($0) })
    static let gru = RecurrentKind(name: "GRU", layer: { GRU($0) })

    /// An LSTM whose forget gates start at 98 % instead of 73 %.
    ///
    /// - Source: Gers, Schmidhuber and Cummins, "Learning to Forget" (2000).
    static let rememberingLSTM = RecurrentKind(
        name: "LSTM, forget bias 4", layer: { LSTM($0) },
        prepare: { layer in
            guard let layer = layer as? LSTM else { return }
            let units = layer.cell.units
            // Gates i, f, c, o.
            layer.bias.value = Tensor((0..<4 * units).map { $0 / units == 1 ? 4 : 0 })
        })

    /// A GRU that starts by keeping 98 % of its state instead of half.
    static let rememberingGRU = RecurrentKind(
        name: "GRU, update bias 4", layer: { GRU($0) },
        prepare: { layer in
            guard let layer = layer as? GRU else { return }
            let (units, rows) = (layer.cell.units, layer.bias.shape.elementCount / (3 * layer.cell.units))
            // Gates z, r, h, for the input and, with `resetAfter`, for the state.
            layer.bias.value = Tensor(
                (0..<rows * 3 * units).map { $0 < units ? 4 : 0 }, shape: layer.bias.shape)
        })
}
