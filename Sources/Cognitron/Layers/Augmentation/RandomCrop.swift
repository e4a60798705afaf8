/// Cuts a window of a fixed size out of each image, at a random place while training.
///
/// In inference, and where the image is smaller than the window, the largest window in its middle that has
/// the output's ratio is resized, bilinearly.
///
/// - Input shape: `(N, H, W, C)`; output shape: `(N, height, width, C)`.
/// - Throws: from `build`, a `CognitronError` where a size is below 1.
/// - Source: Keras `RandomCrop`, which draws one place for a batch; here each image has its own.
public final class RandomCrop: Layer, Codable {
    public let height: Int
    public let width: Int
    public var seed: UInt64? { random.seed }
    public let name: String?
    private let random: SeededStream
    public var randomStreams: [RandomStream] { [random.stream] }

    private enum CodingKeys: String, CodingKey {
        case height, width, name
        case random = "seed"
    }

    /// - Parameters:
    ///   - height: the rows of the output.
    ///   - width: its columns.
    ///   - seed: for places that do not depend on the model's seed.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(_ height: Int, _ width: Int, seed: UInt64? = nil, name: String? = nil) {
        self.height = height
        self.width = width
        random = SeededStream(seed)
        self.name = name
    }

    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try context.require("height", height)
        try context.require("width", width)
        let image = try context.imageSize(input)
        return [height, width, image.channels]
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let shape = input.shape
        guard pass.isTraining, shape[1] >= height, shape[2] >= width else {
            return Resizing(height, width, cropToAspectRatio: true).forward(input, pass)
        }
        let key = random.stream.next()
        return (
            input.croppingImages(key, height: height, width: width),
            { $0.imageCropsGradient(key, height: shape[1], width: shape[2]) }
        )
    }
}
