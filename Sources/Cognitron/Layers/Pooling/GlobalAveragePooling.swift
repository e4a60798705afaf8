// Global average pooling of sequences, images and volumes: one number per channel.

/// The mean of each channel of sequences.
///
///     output[n, c] = mean over i of input[n, i, c]
///
/// Of sequences with a mask, the mean of the steps that count; 0 where none does (Keras: NaN).
///
/// - Input shape: `(N, L, C)`; output shape: `(N, C)`, or `(N, 1, C)` with `keepdims`.
/// - Throws: from `build`, a `CognitronError` where the input is not a sequence.
/// - Source: Keras `GlobalAveragePooling1D`.
public final class GlobalAveragePooling1D: GlobalAveragePoolingLayer {
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

/// The mean of each channel of images.
///
///     output[n, c] = mean over i, j of input[n, i, j, c]
///
/// - Input shape: `(N, H, W, C)`; output shape: `(N, C)`, or `(N, 1, 1, C)` with `keepdims`.
/// - Throws: from `build`, a `CognitronError` where the input is not an image.
/// - Source: Keras `GlobalAveragePooling2D`; Lin, Chen and Yan, "Network in Network" (2014).
public final class GlobalAveragePooling2D: GlobalAveragePoolingLayer {
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

/// The mean of each channel of volumes.
///
///     output[n, c] = mean over h, i, j of input[n, h, i, j, c]
///
/// - Input shape: `(N, D, H, W, C)`; output shape: `(N, C)`, or `(N, 1, 1, 1, C)` with `keepdims`.
/// - Throws: from `build`, a `CognitronError` where the input is not a volume.
/// - Source: Keras `GlobalAveragePooling3D`.
public final class GlobalAveragePooling3D: GlobalAveragePoolingLayer {
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
