import Cognitron
import CognitronData

// The package's networks by name.

extension ModelName {
    public static let table = NameTable<ModelName>(
        "model", [.lenet, .vggLite, .resnet18, .resnet34, .mlp], open: perceptron)

    public static let lenet = ModelName(
        "lenet", "LeNet-5, two convolutions", inputShape: [28, 28, 1], paper: "LeCun et al. 1998"
    ) { try built(leNet(inputShape: $0, classCount: $1), $0) }

    public static let vggLite = ModelName(
        "vgg-lite", "a small VGG, six convolutions", paper: "Simonyan and Zisserman 2015"
    ) { try built(CognitronModels.vggLite(inputShape: $0, classCount: $1), $0) }

    public static let resnet18 = ModelName(
        "resnet18", "a residual network of 18 layers", paper: "He et al. 2016"
    ) { try resNet18(inputShape: $0, classCount: $1) }

    public static let resnet34 = ModelName(
        "resnet34", "a residual network of 34 layers", paper: "He et al. 2016"
    ) { try resNet34(inputShape: $0, classCount: $1) }

    public static let mlp = perceptron("mlp", [64, 64])

    /// The multilayer perceptron of a name such as `mlp:128,64`; nil for other names.
    ///
    /// - Throws: `CognitronError.argument` where the units are no numbers.
    private static func perceptron(_ name: String) throws -> ModelName? {
        guard let list = name.split(separator: ":", maxSplits: 1).last, name.hasPrefix("mlp:") else {
            return nil
        }
        let units = list.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard units.allSatisfy({ ($0 ?? 0) >= 1 }) else {
            throw CognitronError(
                .argument, "model mlp", "its hidden layers are no numbers of units",
                expected: "units such as mlp:128,64", got: name)
        }
        return perceptron(name, units.compactMap { $0 })
    }

    private static func perceptron(_ name: String, _ units: [Int]) -> ModelName {
        let texts = units.map(String.init).joined(separator: " and ")
        return ModelName(
            name, "dense layers of \(texts) units, for tables", tasks: [.classification, .regression],
            inputShape: [8], ranks: 1...4, paper: "Rumelhart et al. 1986"
        ) { try CognitronModels.mlp(inputShape: $0, units: units, task: $1) }
    }

    private static func built(_ model: Sequential, _ shape: Shape) throws -> Model {
        try model.build(shape)
        return model
    }
}
