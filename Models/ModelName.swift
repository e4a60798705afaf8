import Cognitron

/// The models of this package, by their names in commands and files.
public enum ModelName: String, CaseIterable, Sendable {
    case lenet
    case vggLite = "vgg-lite"
    case resnet18
    case resnet34

    /// - Throws: `CognitronError` of kind `.argument`, which lists the known names.
    public init(named name: String) throws {
        guard let model = ModelName(rawValue: name.lowercased()) else {
            throw CognitronError(
                .argument, "model", "there is none called \"\(name)\"",
                expected: "one of \(ModelName.allCases.map(\.rawValue).joined(separator: ", "))", got: name)
        }
        self = model
    }

    /// Returns the model, built but not compiled.
    ///
    /// - Parameters:
    ///   - inputShape: height × width × channels; by default that of the images the model was designed for.
    ///   - classCount: the number of classes.
    /// - Throws: `CognitronError` where the shape is not an image's, the images are too small for the model,
    ///   or the class count is below 1.
    public func make(inputShape: Shape? = nil, classCount: Int = 10) throws -> Model {
        let shape = inputShape ?? (self == .lenet ? [28, 28, 1] : [32, 32, 3])
        switch self {
        case .lenet: return try built(leNet(inputShape: shape, classCount: classCount), shape)
        case .vggLite:
            return try built(CognitronModels.vggLite(inputShape: shape, classCount: classCount), shape)
        case .resnet18: return try resNet18(inputShape: shape, classCount: classCount)
        case .resnet34: return try resNet34(inputShape: shape, classCount: classCount)
        }
    }

    private func built(_ model: Sequential, _ shape: Shape) throws -> Model {
        try model.build(shape)
        return model
    }
}
