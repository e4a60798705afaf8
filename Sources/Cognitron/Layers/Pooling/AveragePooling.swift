// Average pooling of sequences, images and volumes.

/// The mean of each window of sequences.
///
///     output[n, i, c] = mean input[n, i·s + a, c]
///
/// - Input shape: `(N, L, C)`; output shape: `(N, OL, C)`. As in Keras, the mean does not count padding.
/// - Throws: from `build`, a `CognitronError` where the input is not a sequence or the pool does not fit it.
/// - Source: Keras `AveragePooling1D`. `strides` are `poolSize` unless given.
public final class AveragePooling1D: AveragePoolingLayer {
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

/// The mean of each window of images.
///
///     output[n, i, j, c] = mean input[n, i·s + a, j·s + b, c]
///
/// - Input shape: `(N, H, W, C)`; output shape: `(N, OH, OW, C)`. As in Keras, the mean does not count
///   padding.
/// - Throws: from `build`, a `CognitronError` where the input is not an image or the pool does not fit it.
/// - Source: Keras `AveragePooling2D`. `strides` are `poolSize` unless given.
public final class AveragePooling2D: AveragePoolingLayer {
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
}

/// The mean of each window of volumes.
///
///     output[n, h, i, j, c] = mean input[n, h·s + e, i·s + a, j·s + b, c]
///
/// - Input shape: `(N, D, H, W, C)`; output shape: `(N, OD, OH, OW, C)`. As in Keras, the mean does not count
///   padding.
/// - Throws: from `build`, a `CognitronError` where the input is not a volume or the pool does not fit it.
/// - Source: Keras `AveragePooling3D`. `strides` are `poolSize` unless given.
public final class AveragePooling3D: AveragePoolingLayer {
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
