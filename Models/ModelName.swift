import Cognitron

/// The models of this package by the names that commands and files use.
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

    /// The model, not yet compiled.
    ///
    /// - Parameters:
    ///   - inputShape: height × width × channels; by default that of the pictures the model was made for.
    ///   - classCount: how many classes it tells apart.
    /// - Throws: `CognitronError` where the pictures are too small for the model.
    public func make(inputShape: Shape? = nil, classCount: Int = 10) throws -> Model {
        switch self {
        case .lenet: CognitronModels.leNet(inputShape: inputShape ?? [28, 28, 1], classCount: classCount)
        case .vggLite: CognitronModels.vggLite(inputShape: inputShape ?? [32, 32, 3], classCount: classCount)
        case .resnet18:
            try CognitronModels.resNet18(inputShape: inputShape ?? [32, 32, 3], classCount: classCount)
        case .resnet34:
            try CognitronModels.resNet34(inputShape: inputShape ?? [32, 32, 3], classCount: classCount)
        }
    }
}
