import Cognitron

/// A network for images by its name, as commands and files give it.
///
///     let model = try ModelName(named: "resnet18").make(inputShape: [32, 32, 3], classCount: 10)
///
/// One of your own is found by its name once it is registered:
///
///     extension ModelName {
///         static let tiny = ModelName("tiny", "one convolution") { shape, classCount in
///             let model = Sequential { Input(shape: shape); … Dense(classCount, activation: .softmax) }
///             try model.build(shape)
///             return model
///         }
///     }
///
///     ModelName.register(.tiny)
public struct ModelName: NamedValue {
    public static let table = NameTable<ModelName>("model", [.lenet, .vggLite, .resnet18, .resnet34])

    public static let lenet = ModelName("lenet", "LeNet-5, two convolutions", inputShape: [28, 28, 1]) {
        try built(leNet(inputShape: $0, classCount: $1), $0)
    }
    public static let vggLite = ModelName("vgg-lite", "a small VGG, six convolutions") {
        try built(CognitronModels.vggLite(inputShape: $0, classCount: $1), $0)
    }
    public static let resnet18 = ModelName("resnet18", "a residual network of 18 layers") {
        try resNet18(inputShape: $0, classCount: $1)
    }
    public static let resnet34 = ModelName("resnet34", "a residual network of 34 layers") {
        try resNet34(inputShape: $0, classCount: $1)
    }

    public let name: String

    /// What the network is, in a few words.
    public let summary: String

    /// Height × width × channels of the images that the network was designed for.
    public let inputShape: Shape

    private let maker: @Sendable (_ inputShape: Shape, _ classCount: Int) throws -> Model

    /// - Parameters:
    ///   - name: lower case, without spaces.
    ///   - inputShape: height × width × channels of the images that the network was designed for.
    ///   - make: gives the network, built but not compiled.
    public init(
        _ name: String, _ summary: String, inputShape: Shape = [32, 32, 3],
        make: @escaping @Sendable (_ inputShape: Shape, _ classCount: Int) throws -> Model
    ) {
        (self.name, self.summary, self.inputShape, maker) = (name, summary, inputShape, make)
    }

    /// Returns the network, built but not compiled.
    ///
    /// - Parameters:
    ///   - inputShape: height × width × channels; by default that of the images the network was designed for.
    ///   - classCount: the number of classes.
    /// - Throws: `CognitronError` where the shape is not an image's, the images are too small for the
    ///   network, or the class count is below 1.
    public func make(inputShape: Shape? = nil, classCount: Int = 10) throws -> Model {
        try maker(inputShape ?? self.inputShape, classCount)
    }

    private static func built(_ model: Sequential, _ shape: Shape) throws -> Model {
        try model.build(shape)
        return model
    }
}
