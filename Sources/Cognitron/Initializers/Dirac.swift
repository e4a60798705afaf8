extension Initializer {
    /// Filters that pass their channels on; zeros beyond the channels.
    public static let dirac = dirac()

    /// Filters that pass their channels on: filter f is 1 at the middle tap of channel f, and 0 elsewhere.
    ///
    ///     kernel[⌊KH / 2⌋, ⌊KW / 2⌋, c, f] = c == f ? 1 : 0        for f < channels
    ///
    /// - Parameter rest: draws the filters beyond the channels.
    /// - Source: PyTorch `dirac_`; Zagoruyko and Komodakis, "DiracNets" (2017).
    public static func dirac(rest: Initializer = .zeros) -> Initializer { Initializer(Dirac(rest: rest)) }

    struct Dirac: InitializerRule {
        var rest: Initializer

        init(rest: Initializer = .zeros) { self.rest = rest }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.init(rest: try container.decode(.rest, default: .zeros))
        }

        func problem(for shape: Shape) -> RuleProblem? {
            shape.rank >= 3 ? rest.problem(for: shape) : ("the kernel of a convolution", "\(shape)")
        }

        func make(_ shape: Shape, key: RandomKey) -> Tensor {
            let (taps, channels, filters) = (shape.dropLast(2), shape[shape.rank - 2], shape[shape.rank - 1])
            let passing = min(channels, filters)
            let identity = Tensor.identity(channels, columns: passing)
            let middle = taps.reduce(0) { $0 * $1 + $1 / 2 }
            let passed = Tensor.stacked(
                (0..<taps.reduce(1, *)).map { $0 == middle ? identity : .zeros(identity.shape) })
            guard passing < filters else { return passed.reshaped(shape) }
            let drawn = rest.make(shape, key: key).reshaped([passed.shape[0], channels, filters])
            return Tensor.concatenated([passed, drawn.slice(axis: 2, passing..<filters)]).reshaped(shape)
        }
    }
}
