import CognitronKernels

/// Pads images with rows and columns of zeros.
///
///     ZeroPadding2D(1)                                        // one pixel on every side
///     ZeroPadding2D([[0, 1], [0, 1]])                         // one below and one to the right
///     ZeroPadding2D(top: 0, bottom: 1, left: 0, right: 1)     // the same
///     ZeroPadding2D(1, mode: .reflect)                        // the image mirrored in place of zeros
///
/// - Input shape: `(N, H, W, C)`; output shape: `(N, top + H + bottom, left + W + right, C)`.
/// - Throws: from `build`, a `CognitronError` if an amount is below 0, or too large to be
///   reflected.
/// - Source: Keras `ZeroPadding2D`, which knows no `mode`.
public final class ZeroPadding2D: Layer {
    public let padding: Margins
    public let mode: PaddingMode
    public let name: String?
    public var top: Int { rows.before }
    public var bottom: Int { rows.after }
    public var left: Int { columns.before }
    public var right: Int { columns.after }

    public convenience init(
        top: Int, bottom: Int, left: Int, right: Int, mode: PaddingMode = .zeros, name: String? = nil
    ) {
        self.init([[top, bottom], [left, right]], mode: mode, name: name)
    }

    /// - Parameters:
    ///   - padding: one amount for every side, `[height, width]` for above and below, left and right, or
    ///     `[[top, bottom], [left, right]]`.
    ///   - mode: what the border holds; zeros by default.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        _ padding: some MarginsConvertible = 1, mode: PaddingMode = .zeros, name: String? = nil
    ) {
        self.padding = padding.margins
        self.mode = mode
        self.name = name
    }

    // `build` rejects margins for another number of axes.
    private var rows: (before: Int, after: Int) { padding.amounts(axis: 0, of: 2) ?? (0, 0) }
    private var columns: (before: Int, after: Int) { padding.amounts(axis: 1, of: 2) ?? (0, 0) }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        let image = try context.imageSize(input)
        try context.require("padding", padding, rank: 2)
        try context.require(mode, amounts: [rows, columns], of: input)
        return [top + image.height + bottom, left + image.width + right, image.channels]
    }

    public func receptiveField(
        _ field: ReceptiveField, inputs: [Shape], outputs: [Shape]
    ) -> ReceptiveField? { field }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        guard mode == .zeros else { return mode.pad(input, [(0, 0), rows, columns, (0, 0)]) }
        let shape = input.shape
        let border = Border(rows: rows, columns: columns)
        return (input.zeroPadded(border), { $0.zeroPaddingGradient(border, shape) })
    }
}

/// In files, four amounts: `{"top": 0, "bottom": 1, "left": 0, "right": 1}`, and a mode other than zeros.
extension ZeroPadding2D: Codable {
    private enum CodingKeys: CodingKey { case top, bottom, left, right, mode, name }

    public convenience init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func amount(_ side: CodingKeys) throws -> Int { try container.decode(Int.self, forKey: side) }
        self.init(
            top: try amount(.top), bottom: try amount(.bottom), left: try amount(.left),
            right: try amount(.right), mode: try container.decode(.mode, default: .zeros),
            name: try container.decodeIfPresent(String.self, forKey: .name))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(top, forKey: .top)
        try container.encode(bottom, forKey: .bottom)
        try container.encode(left, forKey: .left)
        try container.encode(right, forKey: .right)
        if mode != .zeros { try container.encode(mode, forKey: .mode) }
        try container.encodeIfPresent(name, forKey: .name)
    }
}
