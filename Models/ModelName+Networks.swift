import Cognitron
import CognitronData

// The package's networks by name.

extension ModelName {
    public static let table = NameTable<ModelName>(
        "model", classifiers + [.mlp], open: perceptron)

    private static let classifiers: [ModelName] =
        [.lenet, .lenet5, .vggLite, .resnet18, .resnet34]
        + [("wrn-16-4", 16, 4), ("wrn-28-10", 28, 10)].map(wide)
        + [("densenet-bc-40-12", 40), ("densenet-bc-100-12", 100)].map(dense)
        + [.airbench94, .neocognitron, .neocognitron1980, .alexnet, .alexnet2012]
        + [11, 13, 16, 19].flatMap { [vgg($0, ""), vgg($0, "-bn")] }
        + [.googlenet] + [18, 34, 50, 101, 152].map(residual) + [.densenet121, .mobilenet, .mobilenetV2]

    public static let lenet = ModelName(
        "lenet", "LeNet-5, two convolutions", inputShape: [28, 28, 1], paper: "LeCun et al. 1998"
    ) { try built(leNet(inputShape: $0, classCount: $1), $0) }

    public static let lenet5 = ModelName(
        "lenet5", "LeNet-5 as it was published: trained sub-sampling, a table of connections",
        inputShape: [32, 32, 1], paper: "LeCun et al. 1998"
    ) { try leNet5(inputShape: $0, classCount: $1) }

    public static let vggLite = ModelName(
        "vgg-lite", "a small VGG, six convolutions", paper: "Simonyan and Zisserman 2015"
    ) { try built(CognitronModels.vggLite(inputShape: $0, classCount: $1), $0) }

    public static let resnet18 = ModelName(
        "resnet18", "a residual network of 18 layers", paper: "He et al. 2016"
    ) { try resNet18(inputShape: $0, classCount: $1) }

    public static let resnet34 = ModelName(
        "resnet34", "a residual network of 34 layers", paper: "He et al. 2016"
    ) { try resNet34(inputShape: $0, classCount: $1) }

    public static let airbench94 = ModelName(
        "airbench94", "six convolutions behind a whitening one: 94 % of CIFAR-10 for little arithmetic",
        paper: "Jordan 2024", adapt: adaptAirBench
    ) { try airBench(inputShape: $0, classCount: $1) }

    public static let alexnet = imageNet(
        "alexnet", "five convolutions, three dense layers; one tower", "Krizhevsky 2014"
    ) { try alexNet(inputShape: $0, classCount: $1) }

    public static let alexnet2012 = imageNet(
        "alexnet-2012", "AlexNet with groups and response normalisation", "Krizhevsky et al. 2012",
        inputShape: [227, 227, 3]
    ) { try CognitronModels.alexNet2012(inputShape: $0, classCount: $1) }

    public static let googlenet = imageNet(
        "googlenet", "nine inception blocks", "Szegedy et al. 2015"
    ) { try googLeNet(inputShape: $0, classCount: $1) }

    public static let densenet121 = imageNet(
        "densenet121", "four dense blocks, 121 layers", "Huang et al. 2017"
    ) { try denseNet121(inputShape: $0, classCount: $1) }

    public static let mobilenet = imageNet(
        "mobilenet", "depthwise and pointwise convolutions", "Howard et al. 2017"
    ) { try mobileNet(inputShape: $0, classCount: $1) }

    public static let mobilenetV2 = imageNet(
        "mobilenet-v2", "inverted residual blocks", "Sandler et al. 2018"
    ) { try CognitronModels.mobileNetV2(inputShape: $0, classCount: $1) }

    public static let mlp = perceptron("mlp", [64, 64])

    /// A classifier of ImageNet's 1,000 classes.
    private static func imageNet(
        _ name: String, _ summary: String, _ paper: String, inputShape: Shape = [224, 224, 3],
        make: @escaping @Sendable (_ inputShape: Shape, _ classCount: Int) throws -> Model
    ) -> ModelName {
        ModelName(name, summary, inputShape: inputShape, classCount: 1000, paper: paper, make: make)
    }

    private static func vgg(_ depth: Int, _ ending: String) -> ModelName {
        imageNet(
            "vgg\(depth)\(ending)",
            "\(depth) layers\(ending.isEmpty ? "" : ", with batch normalisation")",
            "Simonyan and Zisserman 2015"
        ) {
            try CognitronModels.vgg(
                depth: depth, batchNormalization: !ending.isEmpty, inputShape: $0, classCount: $1)
        }
    }

    /// The form for 224×224; 18 and 34 layers without an ending are the form for 32×32.
    private static func residual(_ depth: Int) -> ModelName {
        imageNet(
            "resnet\(depth)\(depth < 50 ? "-imagenet" : "")", "a residual network of \(depth) layers",
            "He et al. 2016"
        ) { try imageNetResNet(depth: depth, inputShape: $0, classCount: $1) }
    }

    private static func wide(_ name: String, _ depth: Int, _ width: Int) -> ModelName {
        ModelName(
            name, "a residual network of \(depth) layers, \(width) times as wide",
            paper: "Zagoruyko and Komodakis 2016"
        ) { try wideResNet(depth: depth, width: width, inputShape: $0, classCount: $1) }
    }

    private static func dense(_ name: String, _ depth: Int) -> ModelName {
        ModelName(
            name, "three dense blocks with bottlenecks, \(depth) layers", paper: "Huang et al. 2017"
        ) { try denseNetBC(depth: depth, inputShape: $0, classCount: $1) }
    }

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
