// Adaptive max pooling of sequences, images and volumes.

/// The largest value of each of as many windows of sequences as the output has steps.
///
/// Along each axis, window i of O reads the input's places from ⌊i · I / O⌋ to ⌈(i + 1) · I / O⌉, without the
/// last. Windows overlap where O does not divide I, and repeat where O is larger.
///
/// - Input shape: `(N, L, C)`; output shape: `(N, OL, C)`, the sizes those of `outputSize`.
/// - Throws: from `build`, a `CognitronError` where the input is not a sequence or an argument is below 1.
/// - Source: Keras `AdaptiveMaxPooling1D`; PyTorch `AdaptiveMaxPool1d`.
public final class AdaptiveMaxPooling1D: AdaptiveMaxPoolingLayer {
    public static let rank = 1
    public let arguments: AdaptivePoolingArguments

    public init(_ arguments: AdaptivePoolingArguments) { self.arguments = arguments }

    /// - Parameters:
    ///   - outputSize: the number of steps.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public convenience init(outputSize: some WindowSizeConvertible, name: String? = nil) {
        self.init(
            AdaptivePoolingArguments(outputSize: outputSize.windowSize(rank: Self.rank), name: name))
    }
}

/// The largest value of each of as many windows of images as the output has pixels.
///
/// Along each axis, window i of O reads the input's places from ⌊i · I / O⌋ to ⌈(i + 1) · I / O⌉, without the
/// last. Windows overlap where O does not divide I, and repeat where O is larger.
///
/// - Input shape: `(N, H, W, C)`; output shape: `(N, OH, OW, C)`, the sizes those of `outputSize`.
/// - Throws: from `build`, a `CognitronError` where the input is not an image or an argument is below 1.
/// - Source: Keras `AdaptiveMaxPooling2D`; PyTorch `AdaptiveMaxPool2d`.
public final class AdaptiveMaxPooling2D: AdaptiveMaxPoolingLayer {
    public static let rank = 2
    public let arguments: AdaptivePoolingArguments

    public init(_ arguments: AdaptivePoolingArguments) { self.arguments = arguments }

    /// - Parameters:
    ///   - outputSize: the rows and columns of the output: one number for both, or `[height, width]`.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public convenience init(outputSize: some WindowSizeConvertible, name: String? = nil) {
        self.init(
            AdaptivePoolingArguments(outputSize: outputSize.windowSize(rank: Self.rank), name: name))
    }
}

/// The largest value of each of as many windows of volumes as the output has pixels.
///
/// Along each axis, window i of O reads the input's places from ⌊i · I / O⌋ to ⌈(i + 1) · I / O⌉, without the
/// last. Windows overlap where O does not divide I, and repeat where O is larger.
///
/// - Input shape: `(N, D, H, W, C)`; output shape: `(N, OD, OH, OW, C)`, the sizes those of `outputSize`.
/// - Throws: from `build`, a `CognitronError` where the input is not a volume or an argument is below 1.
/// - Source: Keras `AdaptiveMaxPooling3D`; PyTorch `AdaptiveMaxPool3d`.
public final class AdaptiveMaxPooling3D: AdaptiveMaxPoolingLayer {
    public static let rank = 3
    public let arguments: AdaptivePoolingArguments

    public init(_ arguments: AdaptivePoolingArguments) { self.arguments = arguments }

    /// - Parameters:
    ///   - outputSize: the planes, rows and columns of the output: one number for all, or `[depth,
    ///     height, width]`.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public convenience init(outputSize: some WindowSizeConvertible, name: String? = nil) {
        self.init(
            AdaptivePoolingArguments(outputSize: outputSize.windowSize(rank: Self.rank), name: name))
    }
}
