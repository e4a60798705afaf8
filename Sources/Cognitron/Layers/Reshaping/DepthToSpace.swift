// Blocks of pixels as channels, and back.

/// Spreads channels over blocks of pixels: the last step of sub-pixel convolution.
///
///     output[h·b + i, w·b + j, c] = input[h, w, (i·b + j)·C′ + c],   b = blockSize, C′ = C / b²
///
/// - Input shape: `(N, H, W, C)`; output shape: `(N, b·H, b·W, C / b²)`.
/// - Throws: from `build`, a `CognitronError` where b² does not divide the channels.
/// - Source: TensorFlow `depth_to_space`; Shi et al., "Real-Time Single Image and Video Super-Resolution
///   Using an Efficient Sub-Pixel Convolutional Neural Network" (2016).
public final class DepthToSpace: Layer, Codable {
    public let blockSize: Int
    public let name: String?

    public init(_ blockSize: Int, name: String? = nil) {
        self.blockSize = blockSize
        self.name = name
    }

    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try context.require("blockSize", blockSize)
        let image = try context.imageSize(input)
        let block = blockSize * blockSize
        guard image.channels.isMultiple(of: block) else {
            throw context.error(
                .shape, "its input's channels do not fill blocks", expected: "a multiple of \(block)",
                got: "\(image.channels)")
        }
        return [image.height * blockSize, image.width * blockSize, image.channels / block]
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        (input.depthToSpace(blockSize), { [blockSize] in $0.spaceToDepth(blockSize) })
    }
}

/// Puts blocks of pixels into channels.
///
///     output[h, w, (i·b + j)·C + c] = input[h·b + i, w·b + j, c],   b = blockSize
///
/// - Input shape: `(N, H, W, C)`; output shape: `(N, H / b, W / b, b²·C)`.
/// - Throws: from `build`, a `CognitronError` where b does not divide height and width.
/// - Source: TensorFlow `space_to_depth`.
public final class SpaceToDepth: Layer, Codable {
    public let blockSize: Int
    public let name: String?

    public init(_ blockSize: Int, name: String? = nil) {
        self.blockSize = blockSize
        self.name = name
    }

    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try context.require("blockSize", blockSize)
        let image = try context.imageSize(input)
        guard image.height.isMultiple(of: blockSize), image.width.isMultiple(of: blockSize) else {
            throw context.error(
                .shape, "its input cannot be cut into blocks",
                expected: "a height and width that are multiples of \(blockSize)", got: "\(input)")
        }
        return [image.height / blockSize, image.width / blockSize, image.channels * blockSize * blockSize]
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        (input.spaceToDepth(blockSize), { [blockSize] in $0.depthToSpace(blockSize) })
    }
}

extension Tensor {
    /// (N, H, W, b, b, C′) → (N, H, b, W, b, C′)
    fileprivate func depthToSpace(_ b: Int) -> Tensor {
        let (n, h, w, c) = (shape[0], shape[1], shape[2], shape[3] / (b * b))
        return reshaped([n, h, w, b, b, c]).permuted([0, 1, 3, 2, 4, 5]).reshaped([n, h * b, w * b, c])
    }

    /// (N, H, b, W, b, C) → (N, H, W, b, b, C)
    fileprivate func spaceToDepth(_ b: Int) -> Tensor {
        let (n, h, w, c) = (shape[0], shape[1] / b, shape[2] / b, shape[3])
        return reshaped([n, h, b, w, b, c]).permuted([0, 1, 3, 2, 4, 5]).reshaped([n, h, w, b * b * c])
    }
}
