// Global max pooling of sequences, images and volumes: one number per channel.

/// The largest value of each channel of sequences.
///
///     output[n, c] = max over i of input[n, i, c]
///
/// - Input shape: `(N, L, C)`; output shape: `(N, C)`, or `(N, 1, C)` with `keepdims`.
/// - Throws: from `build`, a `CognitronError` where the input is not a sequence.
/// - Source: Keras `GlobalMaxPooling1D`.
public final class GlobalMaxPooling1D: GlobalMaxPoolingLayer {
    public static let rank = 1
    public let arguments: GlobalPoolingArguments

    public init(_ arguments: GlobalPoolingArguments) { self.arguments = arguments }

    /// - Parameters:
    ///   - keepdims: whether the axes that are pooled over stay, with a size of 1.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public convenience init(keepdims: Bool = false, name: String? = nil) {
        self.init(GlobalPoolingArguments(keepdims: keepdims, name: name))
    }
}

/// The largest value of each channel of images.
///
///     output[n, c] = max over i, j of input[n, i, j, c]
///
/// - Input shape: `(N, H, W, C)`; output shape: `(N, C)`, or `(N, 1, 1, C)` with `keepdims`.
/// - Throws: from `build`, a `CognitronError` where the input is not an image.
/// - Source: Keras `GlobalMaxPooling2D`.
public final class GlobalMaxPooling2D: GlobalMaxPoolingLayer {
    public static let rank = 2
    public let arguments: GlobalPoolingArguments

    public init(_ arguments: GlobalPoolingArguments) { self.arguments = arguments }

    /// - Parameters:
    ///   - keepdims: whether the axes that are pooled over stay, with a size of 1.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public convenience init(keepdims: Bool = false, name: String? = nil) {
        self.init(GlobalPoolingArguments(keepdims: keepdims, name: name))
    }
}

/// The largest value of each channel of volumes.
///
///     output[n, c] = max over h, i, j of input[n, h, i, j, c]
///
/// - Input shape: `(N, D, H, W, C)`; output shape: `(N, C)`, or `(N, 1, 1, 1, C)` with `keepdims`.
/// - Throws: from `build`, a `CognitronError` where the input is not a volume.
/// - Source: Keras `GlobalMaxPooling3D`.
public final class GlobalMaxPooling3D: GlobalMaxPoolingLayer {
    public static let rank = 3
    public let arguments: GlobalPoolingArguments

    public init(_ arguments: GlobalPoolingArguments) { self.arguments = arguments }

    /// - Parameters:
    ///   - keepdims: whether the axes that are pooled over stay, with a size of 1.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public convenience init(keepdims: Bool = false, name: String? = nil) {
        self.init(GlobalPoolingArguments(keepdims: keepdims, name: name))
    }
}
