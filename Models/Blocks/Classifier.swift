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

/// The usual classifier: global average pooling, dropout where it has a rate, dense classes, softmax.
///
/// - Parameter name: that of the dense layer.
func averagedClasses(
    _ classCount: Int, dropout: Float? = nil, name: String
) -> (_ x: SymbolicTensor) -> SymbolicTensor {
    { x in
        let pooled = GlobalAveragePooling2D()(x)
        return Dense(classCount, activation: .softmax, name: name)(
            dropout.map { Dropout($0)(pooled) } ?? pooled)
    }
}

/// Throws where a network cannot be made for such pictures, or not for so few classes.
///
/// - Parameters:
///   - size: the least height and width of the pictures.
///   - name: the network, for the error.
func requirePictures(_ shape: Shape, atLeast size: Int = 1, classCount: Int, _ name: String) throws {
    guard shape.rank == 3, shape.allSatisfy({ $0 >= 1 }) else {
        throw CognitronError(
            .shape, name, "takes pictures only", expected: "height × width × channels", got: "\(shape)")
    }
    guard shape[0] >= size, shape[1] >= size else {
        throw CognitronError(
            .shape, name, "the pictures are too small: its layers would leave nothing of them",
            expected: "at least \(size) × \(size)", got: "\(shape[0]) × \(shape[1])",
            advice: "enlarge the pictures, or take a network for small ones such as resnet18")
    }
    guard classCount >= 1 else {
        throw CognitronError(
            .argument, name, "has no classes to tell apart", expected: "a class count of at least 1",
            got: "\(classCount)")
    }
}

/// Throws where a picture's height or width is no multiple of a number.
///
/// - Parameters:
///   - name: the network, for the error.
///   - problem: what it cannot do with such pictures.
func requireMultiples(of factor: Int, _ shape: Shape, _ name: String, _ problem: String) throws {
    guard !shape.prefix(2).allSatisfy({ $0.isMultiple(of: factor) }) else { return }
    let fitting = shape.prefix(2).map { ($0 + factor - 1) / factor * factor }
    throw CognitronError(
        .shape, name, problem, expected: "a height and width that are multiples of \(factor)",
        got: "\(shape[0]) × \(shape[1])",
        advice: "resize the pictures, for instance to \(fitting[0]) × \(fitting[1])")
}
