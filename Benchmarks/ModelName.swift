import ArgumentParser
import Cognitron
import CognitronModels

/// The models that can be measured.
enum ModelName: String, CaseIterable, ExpressibleByArgument {
    case lenet
    case vggLite = "vgg-lite"
    case resnet18
    case resnet34

    /// The model with first weights, ready to train.
    func makeCompiled() throws -> Model {
        let model: Model =
            switch self {
            case .lenet: CognitronModels.leNet()
            case .vggLite: CognitronModels.vggLite()
            case .resnet18: try CognitronModels.resNet18()
            case .resnet34: try CognitronModels.resNet34()
            }
        try model.compile(
            optimizer: SGD(learningRate: 0.01, momentum: 0.9), loss: .sparseCategoricalCrossentropy, seed: 1)
        return model
    }
}
