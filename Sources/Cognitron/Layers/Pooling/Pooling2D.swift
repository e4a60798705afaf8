// Pooling over windows.

extension Window {
    /// The output's shape for a sample of images.
    func buildPooling(_ input: Shape, _ context: BuildContext) throws -> Shape {
        let channels = try context.requireChannels(input, rank: rank)
        try check(input, context)
        return Shape(outputSizes(Array(input.dropLast())) + [channels])
    }
}

/// The largest value of each window.
///
///     output[n, i, j, c] = max input[n, i·s + a, j·s + b, c]
///
/// - Input shape: `(N, H, W, C)`; output shape: `(N, OH, OW, C)`. Padding has no pixels.
/// - Throws: from `build`, a `CognitronError` where the input is not an image or the pool does not fit it.
/// - Source: Keras `MaxPooling2D`. `strides` are `poolSize` unless given.
public final class MaxPooling2D: Layer, Codable {
    public let poolSize: Size2D
    public let strides: Size2D
    public let padding: Padding
    public let name: String?
    private var window: Window { .pool(rank: 2, poolSize, strides: strides, padding: padding) }

    /// - Parameters:
    ///   - poolSize: the rows and columns of a window: one number for both, or `[height, width]`.
    ///   - strides: the steps from one window to the next; `poolSize` by default.
    ///   - padding: rows and columns around the input: `.valid` (none), `.same` (as many as give ⌈size /
    ///     stride⌉ rows and columns) or `.explicit(n)` (n on every side, at most half of the pool).
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        poolSize: some Size2DConvertible = 2, strides: (any Size2DConvertible)? = nil,
        padding: Padding = .valid, name: String? = nil
    ) {
        self.poolSize = poolSize.windowSize(rank: 2)
        self.strides = strides?.windowSize(rank: 2) ?? self.poolSize
        self.padding = padding
        self.name = name
    }

    /// Whether the windows are 2×2 with strides of 2, without padding on images of even sizes.
    var halvesImages: Bool {
        poolSize == Size2D(2, 2) && strides == poolSize && (padding == .valid || padding == .same)
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try window.buildPooling(input, context)
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let (geometry, shape) = (window.pooling(input.shape), input.shape)
        let (output, places) = input.maxPooled(geometry, keepingPlaces: pass.needsPullback)
        return (output, { $0.maxPoolingGradient(geometry, places, shape) })
    }
}

/// The mean of each window.
///
///     output[n, i, j, c] = mean input[n, i·s + a, j·s + b, c]
///
/// - Input shape: `(N, H, W, C)`; output shape: `(N, OH, OW, C)`. As in Keras, the mean does not
///   count padding.
/// - Throws: from `build`, a `CognitronError` where the input is not an image or the pool does not fit it.
/// - Source: Keras `AveragePooling2D`. `strides` are `poolSize` unless given.
public final class AveragePooling2D: Layer, Codable {
    public let poolSize: Size2D
    public let strides: Size2D
    public let padding: Padding
    public let name: String?
    private var window: Window { .pool(rank: 2, poolSize, strides: strides, padding: padding) }

    /// - Parameters:
    ///   - poolSize: the rows and columns of a window: one number for both, or `[height, width]`.
    ///   - strides: the steps from one window to the next; `poolSize` by default.
    ///   - padding: rows and columns around the input: `.valid` (none), `.same` (as many as give ⌈size /
    ///     stride⌉ rows and columns) or `.explicit(n)` (n on every side, at most half of the pool).
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        poolSize: some Size2DConvertible = 2, strides: (any Size2DConvertible)? = nil,
        padding: Padding = .valid, name: String? = nil
    ) {
        self.poolSize = poolSize.windowSize(rank: 2)
        self.strides = strides?.windowSize(rank: 2) ?? self.poolSize
        self.padding = padding
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try window.buildPooling(input, context)
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let (geometry, shape) = (window.pooling(input.shape), input.shape)
        return (input.averagePooled(geometry), { $0.averagePoolingGradient(geometry, shape) })
    }
}

/// The p-norm of each window: the sum of magnitudes for p = 1, near the maximum for a large p.
///
///     output[n, i, j, c] = (Σ |input[n, i·s + a, j·s + b, c]|ᵖ)^(1/p)
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
    public let name: String?
    private var window: Window { .pool(rank: 2, poolSize, strides: strides, padding: padding) }

    /// - Parameters:
    ///   - p: the norm, at least 1.
    ///   - poolSize: the rows and columns of a window: one number for both, or `[height, width]`.
    ///   - strides: the steps from one window to the next; `poolSize` by default.
    ///   - padding: rows and columns around the input: `.valid` (none), `.same` (as many as give ⌈size /
    ///     stride⌉ rows and columns) or `.explicit(n)` (n on every side, at most half of the pool).
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        p: Float = 2, poolSize: some Size2DConvertible = 2, strides: (any Size2DConvertible)? = nil,
        padding: Padding = .valid, name: String? = nil
    ) {
        self.p = p
        self.poolSize = poolSize.windowSize(rank: 2)
        self.strides = strides?.windowSize(rank: 2) ?? self.poolSize
        self.padding = padding
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        guard p >= 1, p.isFinite else {
            throw context.error(
                .argument, "invalid p", expected: "a finite number of at least 1", got: p.text)
        }
        return try window.buildPooling(input, context)
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let x = input
        let geometry = window.pooling(x.shape)
        let output = x.lpPooled(geometry, p: p)
        return (output, { [p, output] in $0.lpPoolingGradient(geometry, p: p, x, output) })
    }
}
