/// The p-norm of each window: the sum of magnitudes for p = 1, near the maximum for a large p.
///
///     output[n, i, j, c] = (Σ |input[n, i·s + a, j·s + b, c]|ᵖ)^(1/p)
///
/// With `averaging` the sum is divided by the number of the window's pixels that lie on the image, as courses
/// define it: ((1/s²) Σ |x|ᵖ)^(1/p) for a window of s×s. For p = 1 that is the mean of the magnitudes.
///
/// - Input shape: `(N, H, W, C)`; output shape: `(N, OH, OW, C)`.
/// - Throws: from `build`, a `CognitronError` where p is below 1, the input is not an image or the pool does
///   not fit.
/// - Source: PyTorch `LPPool2d`, which takes no absolute value and so gives NaN for an odd p and negative
///   inputs; Sermanet et al., "Convolutional Neural Networks Applied to House Numbers Digit Classification"
///   (2012).
public final class LpPooling2D: Layer, Codable {
    public let p: Float
    public let poolSize: Size2D
    public let strides: Size2D
    public let padding: Padding
    public var averaging: Bool { savedAveraging ?? false }
    public let name: String?
    /// In files: nil, and so left out, for false.
    private let savedAveraging: Bool?
    private var window: Window { .pool(rank: 2, poolSize, strides: strides, padding: padding) }

    private enum CodingKeys: String, CodingKey {
        case p, poolSize, strides, padding, name
        case savedAveraging = "averaging"
    }

    /// - Parameters:
    ///   - p: the norm, at least 1.
    ///   - poolSize: the rows and columns of a window: one number for both, or `[height, width]`.
    ///   - strides: the steps from one window to the next; `poolSize` by default.
    ///   - padding: rows and columns around the input: `.valid` (none), `.same` (as many as give ⌈size /
    ///     stride⌉ rows and columns) or `.explicit(n)` (n on every side, at most half of the pool).
    ///   - averaging: whether to divide the sum by the number of pixels.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        p: Float = 2, poolSize: some Size2DConvertible = 2, strides: (any Size2DConvertible)? = nil,
        padding: Padding = .valid, averaging: Bool = false, name: String? = nil
    ) {
        self.p = p
        self.poolSize = poolSize.windowSize(rank: 2)
        self.strides = strides?.windowSize(rank: 2) ?? self.poolSize
        self.padding = padding
        savedAveraging = averaging ? true : nil
        self.name = name
    }

    /// None: the output has other rows than the input.
    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        guard p >= 1, p.isFinite else {
            throw context.error(
                .argument, "invalid p", expected: "a finite number of at least 1", got: p.text)
        }
        return try window.buildPooling(input, context)
    }

    public func receptiveField(
        _ field: ReceptiveField, inputs: [Shape], outputs: [Shape]
    ) -> ReceptiveField? { field.through(kernelSize: poolSize, strides: strides) }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let x = input
        let geometry = window.pooling(x.shape)
        let output = x.lpPooled(geometry, p: p, isMean: averaging)
        return (
            output,
            { [p, averaging, output] in
                $0.lpPoolingGradient(geometry, p: p, isMean: averaging, x, output)
            }
        )
    }
}
