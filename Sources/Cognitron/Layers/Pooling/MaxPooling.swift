// Max pooling of sequences, images and volumes.

/// The largest value of each window of sequences.
///
///     output[n, i, c] = max input[n, i·s + a, c]
///
/// - Input shape: `(N, L, C)`; output shape: `(N, OL, C)`. Padding has no pixels.
/// - Throws: from `build`, a `CognitronError` where the input is not a sequence or the pool does not fit it.
/// - Source: Keras `MaxPooling1D`. `strides` are `poolSize` unless given.
public final class MaxPooling1D: MaxPoolingLayer {
    public static let rank = 1
    public let arguments: PoolingArguments

    public init(_ arguments: PoolingArguments) { self.arguments = arguments }

    /// - Parameters:
    ///   - poolSize: the steps of a window.
    ///   - strides: the steps from one window to the next; `poolSize` by default.
    ///   - padding: steps around the input: `.valid` (none), `.same` (as many as give ⌈steps / strides⌉) or
    ///     `.explicit(n)` (n on every side, at most half of the pool).
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public convenience init(
        poolSize: some WindowSizeConvertible = 2, strides: (any WindowSizeConvertible)? = nil,
        padding: Padding = .valid, name: String? = nil
    ) {
        self.init(
            PoolingArguments(
                rank: Self.rank, poolSize: poolSize, strides: strides, padding: padding, name: name))
    }
}

/// The largest value of each window of images.
///
///     output[n, i, j, c] = max input[n, i·s + a, j·s + b, c]
///
/// - Input shape: `(N, H, W, C)`; output shape: `(N, OH, OW, C)`. Padding has no pixels.
/// - Throws: from `build`, a `CognitronError` where the input is not an image or the pool does not fit it.
/// - Source: Keras `MaxPooling2D`. `strides` are `poolSize` unless given.
public final class MaxPooling2D: MaxPoolingLayer {
    public static let rank = 2
    public let arguments: PoolingArguments

    public init(_ arguments: PoolingArguments) { self.arguments = arguments }

    /// - Parameters:
    ///   - poolSize: the rows and columns of a window: one number for both, or `[height, width]`.
    ///   - strides: the steps from one window to the next; `poolSize` by default.
    ///   - padding: rows and columns around the input: `.valid` (none), `.same` (as many as give ⌈size /
    ///     stride⌉ rows and columns) or `.explicit(n)` (n on every side, at most half of the pool).
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public convenience init(
        poolSize: some WindowSizeConvertible = 2, strides: (any WindowSizeConvertible)? = nil,
        padding: Padding = .valid, name: String? = nil
    ) {
        self.init(
            PoolingArguments(
                rank: Self.rank, poolSize: poolSize, strides: strides, padding: padding, name: name))
    }

    /// Whether the windows are 2×2 with strides of 2, without padding on images of even sizes.
    var halvesImages: Bool {
        poolSize == Size2D(2, 2) && strides == poolSize && (padding == .valid || padding == .same)
    }
}

/// The largest value of each window of volumes.
///
///     output[n, h, i, j, c] = max input[n, h·s + e, i·s + a, j·s + b, c]
///
/// - Input shape: `(N, D, H, W, C)`; output shape: `(N, OD, OH, OW, C)`. Padding has no pixels.
/// - Throws: from `build`, a `CognitronError` where the input is not a volume or the pool does not fit it.
/// - Source: Keras `MaxPooling3D`. `strides` are `poolSize` unless given.
public final class MaxPooling3D: MaxPoolingLayer {
    public static let rank = 3
    public let arguments: PoolingArguments

    public init(_ arguments: PoolingArguments) { self.arguments = arguments }

    /// - Parameters:
    ///   - poolSize: the planes, rows and columns of a window: one number for all, or `[depth,
    ///     height, width]`.
    ///   - strides: the steps from one window to the next; `poolSize` by default.
    ///   - padding: planes, rows and columns around the input: `.valid` (none), `.same` (as many as give
    ///     ⌈size / stride⌉ along each axis) or `.explicit(n)` (n on every side, at most half of the pool).
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public convenience init(
        poolSize: some WindowSizeConvertible = 2, strides: (any WindowSizeConvertible)? = nil,
        padding: Padding = .valid, name: String? = nil
    ) {
        self.init(
            PoolingArguments(
                rank: Self.rank, poolSize: poolSize, strides: strides, padding: padding, name: name))
    }
}
