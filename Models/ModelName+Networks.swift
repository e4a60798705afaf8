import Cognitron
import CognitronData

// The package's networks by name.

extension ModelName {
    public static let table = NameTable<ModelName>(
        "model",
        classifiers + [.mlp, .siamese] + autoencoders + generators + translators
            + segmenters + singleShotDetectors + regionDetectors + textNetworks + sequenceNetworks
            + transformers,
        open: ModelName.parsed)

    private static let classifiers: [ModelName] =
        [.lenet, .lenet5, .vggLite, .resnet18, .resnet34]
        + [wide(16, 4), wide(28, 10), dense(40, 12), dense(100, 12)]
        + [.airbench94, .neocognitron, .neocognitron1980, .alexnet, .alexnet2012]
        + [11, 13, 16, 19].flatMap { [vgg($0, ""), vgg($0, "-bn")] }
        + [.googlenet] + [18, 34, 50, 101, 152].map(residual) + [.densenet121, .mobilenet, .mobilenetV2]

    public static let lenet = ModelName(
        "lenet", "LeNet-5, two convolutions", inputShape: [28, 28, 1], paper: "LeCun et al. 1998"
    ) {
        try requirePictures($0, atLeast: 12, classCount: $1, "lenet")
        return try built(leNet(inputShape: $0, classCount: $1), $0)
    }

    public static let lenet5 = ModelName(
        "lenet5", "LeNet-5 as it was published: trained sub-sampling, a table of connections",
        inputShape: [32, 32, 1], paper: "LeCun et al. 1998"
    ) { try leNet5(inputShape: $0, classCount: $1) }

    public static let vggLite = ModelName(
        "vgg-lite", "a small VGG, six convolutions", paper: "Simonyan and Zisserman 2015"
    ) {
        try requirePictures($0, atLeast: 8, classCount: $1, "vgg-lite")
        return try built(CognitronModels.vggLite(inputShape: $0, classCount: $1), $0)
    }

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

    public static let mobilenet = mobile("mobilenet", 1)
    public static let mobilenetV2 = mobileV2("mobilenet-v2", 1)

    public static let mlp = perceptron("mlp", [64, 64])

    /// Learns from pairs of a classification's samples whether both are of the same class.
    public static let siamese = ModelName(
        "siamese", "whether two pictures are of the same class", tasks: [.classification],
        inputShape: [105, 105, 1], paper: "Koch et al. 2015",
        recipe: { .verification(labelSmoothing: $2) }
    ) { shape, _ in try CognitronModels.siamese(inputShape: shape) }

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

    static func mobile(_ name: String, _ width: Float) -> ModelName {
        imageNet(name, "depthwise and pointwise convolutions", "Howard et al. 2017") {
            try mobileNet(width: width, inputShape: $0, classCount: $1)
        }
    }

    static func mobileV2(_ name: String, _ width: Float) -> ModelName {
        imageNet(name, "inverted residual blocks", "Sandler et al. 2018") {
            try CognitronModels.mobileNetV2(width: width, inputShape: $0, classCount: $1)
        }
    }

    static func wide(_ depth: Int, _ width: Int, _ dropout: Float = 0) -> ModelName {
        let ending = dropout > 0 ? ":\(dropout)" : ""
        return ModelName(
            "wrn-\(depth)-\(width)\(ending)",
            "a residual network of \(depth) layers, \(width) times as wide",
            paper: "Zagoruyko and Komodakis 2016"
        ) {
            try wideResNet(depth: depth, width: width, dropout: dropout, inputShape: $0, classCount: $1)
        }
    }

    static func dense(_ depth: Int, _ growth: Int) -> ModelName {
        ModelName(
            "densenet-bc-\(depth)-\(growth)", "three dense blocks with bottlenecks, \(depth) layers",
            paper: "Huang et al. 2017"
        ) { try denseNetBC(depth: depth, growth: growth, inputShape: $0, classCount: $1) }
    }

    static func perceptron(_ name: String, _ units: [Int]) -> ModelName {
        let texts = units.map(String.init).joined(separator: " and ")
        return ModelName(
            name, "dense layers of \(texts) units, for tables", tasks: [.classification, .regression],
            inputShape: [8], ranks: 1...4, paper: "Rumelhart et al. 1986"
        ) { try CognitronModels.mlp(inputShape: $0, units: units, task: $1) }
    }

    // MARK: - Segmentation

    private static let segmenters: [ModelName] =
        [.unet, .unet2015] + FCNStride.allCases.map { fullyConvolutional($0) }
        + FCNStride.allCases.map { fullyConvolutionalVGG16($0) } + [.segnet, .segnetVGG16]

    public static let unet = segmenting(
        "unet", "U-Net of 16 to 256 channels, normalised", "Ronneberger et al. 2015"
    ) { try CognitronModels.unet($0, classCount: $1, batchNormalization: true) }

    public static let unet2015 = segmenting(
        "unet-2015", "U-Net as it was published: 572×572 to 388×388, without padding",
        "Ronneberger et al. 2015", inputShape: [572, 572, 1], classCount: 2, batchSize: 1
    ) { try CognitronModels.unet2015($0, classCount: $1) }

    public static let segnet = segmenting(
        "segnet", "SegNet of three stages: unpooling by the encoder's indices", "Badrinarayanan et al. 2017"
    ) { try segNet($0, classCount: $1) }

    public static let segnetVGG16 = segmenting(
        "segnet-vgg16", "SegNet on VGG16's convolutions", "Badrinarayanan et al. 2017",
        inputShape: [360, 480, 3], classCount: 12, batchSize: 4
    ) { try segNetVGG16($0, classCount: $1) }

    private static func fullyConvolutional(_ stride: FCNStride) -> ModelName {
        segmenting(
            "fcn-\(stride.rawValue)s",
            "fully convolutional on a small VGG, scores every \(stride.rawValue) pixels",
            "Long et al. 2015"
        ) { try fcn($0, classCount: $1, stride: stride) }
    }

    private static func fullyConvolutionalVGG16(_ stride: FCNStride) -> ModelName {
        segmenting(
            "fcn-\(stride.rawValue)s-vgg16",
            "fully convolutional on VGG16, scores every \(stride.rawValue) pixels", "Long et al. 2015",
            inputShape: [500, 500, 3], classCount: 21, batchSize: 1
        ) { try fcnVGG16($0, classCount: $1, stride: stride) }
    }

    /// A network that gives a class to each pixel, by default of the drawings of `ShapeMasks`.
    private static func segmenting(
        _ name: String, _ summary: String, _ paper: String, inputShape: Shape = [128, 128, 3],
        classCount: Int = ShapeMasks.classNames.count, batchSize: Int = 16,
        make: @escaping @Sendable (_ input: Input, _ classCount: Int) throws -> Model
    ) -> ModelName {
        ModelName(
            name, summary, tasks: [.segmentation], inputShape: inputShape, classCount: classCount,
            paper: paper, training: TrainingDefaults(optimizer: "adam", batchSize: batchSize)
        ) { try make(Input(shape: $0), $1.classNames.count) }
    }

    private static func built(_ model: Sequential, _ shape: Shape) throws -> Model {
        try model.build(shape)
        return model
    }
}
