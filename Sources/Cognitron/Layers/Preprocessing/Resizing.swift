/// Resizes images.
///
/// Pixels are areas: the centre of output pixel o is at (o + ½) · H / height of the input's rows, and
/// likewise of its columns.
///
/// - Input shape: `(N, H, W, C)`; output shape: `(N, height, width, C)`.
/// - Throws: from `build`, a `CognitronError` where a size is below 1, or both ratios are to be kept.
/// - Source: Keras `Resizing`, TensorFlow `tf.image.resize`.
public final class Resizing: Layer, Codable {
    public let height: Int
    public let width: Int
    public let interpolation: Interpolation
    public let cropToAspectRatio: Bool
    public let padToAspectRatio: Bool
    public let fillValue: Float
    public let antialias: Bool
    public let name: String?

    /// - Parameters:
    ///   - height: the rows of the output.
    ///   - width: its columns.
    ///   - interpolation: what stands between the pixels.
    ///   - cropToAspectRatio: whether the largest window in the middle that has the output's ratio is resized
    ///     in place of the whole image.
    ///   - padToAspectRatio: whether the image is padded to that ratio first.
    ///   - fillValue: what it is padded with.
    ///   - antialias: whether every pixel counts where images shrink.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        _ height: Int, _ width: Int, interpolation: Interpolation = .bilinear,
        cropToAspectRatio: Bool = false,
        padToAspectRatio: Bool = false, fillValue: Float = 0, antialias: Bool = false, name: String? = nil
    ) {
        self.height = height
        self.width = width
        self.interpolation = interpolation
        self.cropToAspectRatio = cropToAspectRatio
        self.padToAspectRatio = padToAspectRatio
        self.fillValue = fillValue
        self.antialias = antialias
        self.name = name
    }

    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try context.require("height", height)
        try context.require("width", width)
        guard !(cropToAspectRatio && padToAspectRatio) else {
            throw context.error(
                .argument, "invalid cropToAspectRatio and padToAspectRatio", expected: "at most one of them",
                got: "both")
        }
        let image = try context.imageSize(input)
        return [height, width, image.channels]
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let (framed, framePullback) = frame(input)
        let (output, pullback) = interpolation.resize(
            framed, height: height, width: width, antialias: antialias)
        return (output, { framePullback(pullback($0)) })
    }

    /// The image cut or padded to the output's ratio, as Keras rounds it.
    private func frame(_ image: Tensor) -> (output: Tensor, pullback: Pullback) {
        let (h, w) = (image.shape[1], image.shape[2])
        let (fittingHeight, fittingWidth) = (w * height / width, h * width / height)
        if cropToAspectRatio {
            return image.croppingCenter(
                height: max(1, min(h, fittingHeight)), width: max(1, min(w, fittingWidth)))
        }
        guard padToAspectRatio else { return (image, { $0 }) }
        let (rows, columns) = ((max(h, fittingHeight) - h) / 2, (max(w, fittingWidth) - w) / 2)
        return PaddingMode.constant(fillValue).pad(image, [(0, 0), (rows, rows), (columns, columns), (0, 0)])
    }
}

extension Tensor {
    /// The middle of images, and the pullback. Of an odd rest the larger half is cut off at the end.
    func croppingCenter(height: Int, width: Int) -> (output: Tensor, pullback: Pullback) {
        let rest = (shape[1] - height, shape[2] - width)
        if rest == (0, 0) { return (self, { $0 }) }
        let border: [(before: Int, after: Int)] = [
            (0, 0), (rest.0 / 2, rest.0 - rest.0 / 2), (rest.1 / 2, rest.1 - rest.1 / 2), (0, 0),
        ]
        return (cropped(border), { $0.padded(border) })
    }
}
