// Layers that put a border around sequences and volumes.

/// A layer that adds what its margins say.
protocol PaddingLayer: MarginLayer {
    var padding: Margins { get }
    var mode: PaddingMode { get }
}

extension PaddingLayer {
    var margins: Margins { padding }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try check("padding", input, context)
        try context.require(mode, amounts: Array(amounts.dropFirst()), of: input)
        return Shape(zip(input, amounts.dropFirst()).map { $0 + $1.before + $1.after })
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        mode.pad(input, amounts)
    }
}

/// Puts time steps of zeros around sequences.
///
///     ZeroPadding1D(1)                         // a step at both ends
///     ZeroPadding1D([2, 0])                    // two steps before the first, for causal convolutions
///
/// - Input shape: `(N, T, C)`; output shape: `(N, before + T + after, C)`.
/// - Throws: from `build`, a `CognitronError` where an amount is below 0, or too large to be reflected.
/// - Source: Keras `ZeroPadding1D`, which knows no `mode`.
public final class ZeroPadding1D: PaddingLayer, Codable {
    static let rank = 1
    public let padding: Margins
    public let mode: PaddingMode
    public let name: String?

    public init(
        _ padding: some MarginsConvertible = 1, mode: PaddingMode = .zeros, name: String? = nil
    ) {
        self.padding = padding.margins
        self.mode = mode
        self.name = name
    }
}

/// Puts planes, rows and columns of zeros around volumes.
///
///     ZeroPadding3D(1)                         // one on every side
///     ZeroPadding3D([[0, 1], [2, 2], [0, 0]])  // before and after each axis
///
/// - Input shape: `(N, D, H, W, C)`; output shape: `(N, D′, H′, W′, C)`, each size and what is added.
/// - Throws: from `build`, a `CognitronError` where an amount is below 0, or too large to be reflected.
/// - Source: Keras `ZeroPadding3D`, which knows no `mode`.
public final class ZeroPadding3D: PaddingLayer, Codable {
    static let rank = 3
    public let padding: Margins
    public let mode: PaddingMode
    public let name: String?

    public init(
        _ padding: some MarginsConvertible = 1, mode: PaddingMode = .zeros, name: String? = nil
    ) {
        self.padding = padding.margins
        self.mode = mode
        self.name = name
    }
}
