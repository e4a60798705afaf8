import Cognitron

/// How a network without its classifier sums up its last feature maps: Keras's `pooling` of applications.
public enum FeaturePooling: String, CaseIterable, Sendable {
    /// The mean of each channel.
    case average
    /// The maximum of each channel.
    case max
}

/// The model from an input to the features `x` and what follows them: the classifier, or with `includeTop`
/// false, pooled features or feature maps.
///
/// - Parameters:
///   - pooling: what follows the features without the classifier; nil for the feature maps.
///   - top: the classifier, up to its probabilities.
func classifier(
    _ name: String, _ input: Input, _ x: SymbolicTensor, includeTop: Bool, pooling: FeaturePooling?,
    top: (SymbolicTensor) -> SymbolicTensor
) throws -> Model {
    let output =
        if includeTop {
            top(x)
        } else {
            switch pooling {
            case nil: x
            case .average: GlobalAveragePooling2D()(x)
            case .max: GlobalMaxPooling2D()(x)
            }
        }
    return try Model(inputs: input, outputs: output, name: name)
}
