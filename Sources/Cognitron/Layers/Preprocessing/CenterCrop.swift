/// Cuts the middle out of images. Those that are too small are resized, bilinearly, from the largest window
/// in their middle that has the output's ratio.
///
/// - Input shape: `(N, H, W, C)`; output shape: `(N, height, width, C)`.
/// - Throws: from `build`, a `CognitronError` where a size is below 1.
/// - Source: Keras `CenterCrop`.
public final class CenterCrop: Layer, Codable {
    public let height: Int
    public let width: Int
    public let name: String?

    public init(_ height: Int, _ width: Int, name: String? = nil) {
        self.height = height
        self.width = width
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
        guard input.shape[1] >= height, input.shape[2] >= width else {
            return Resizing(height, width, cropToAspectRatio: true).forward(input, pass)
        }
        return input.croppingCenter(height: height, width: width)
    }
}
