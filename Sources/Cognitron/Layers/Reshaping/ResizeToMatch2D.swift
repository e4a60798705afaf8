import CognitronKernels

/// Images in the size of other images, with pixels repeated or left out.
///
///     let sum = Add()(lateral, ResizeToMatch2D()(coarse, lateral))
///
///     output[n, i, j, c] = x[n, ⌊i · H / OH⌋, ⌊j · W / OW⌋, c]
///
/// - Input shapes: `(N, H, W, C)`, and `(N, OH, OW, D)`, of which only the size counts; output shape:
///   `(N, OH, OW, C)`.
/// - Throws: from `build`, a `CognitronError` where the inputs are not two images.
/// - Source: PyTorch `interpolate(x, size=…, mode="nearest")`, which has no half-pixel centres.
public final class ResizeToMatch2D: MergingLayer, Codable {
    public let name: String?

    public init(name: String? = nil) { self.name = name }

    /// None: the output has other rows than the inputs.
    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    public func build(_ inputs: [Shape], _ context: inout BuildContext) throws -> Shape {
        let (image, wanted) = try context.imageAndWantedSize(inputs)
        return [wanted.height, wanted.width, image.channels]
    }

    public func forward(
        _ inputs: consuming [Tensor], _ pass: Pass
    ) -> (output: Tensor, pullback: MergingPullback) {
        let (x, shape) = (inputs[0], inputs[1].shape)
        let rows = ResamplingAxis.repeating(inputs: x.shape[1], outputs: shape[1])
        let columns = ResamplingAxis.repeating(inputs: x.shape[2], outputs: shape[2])
        return (
            x.resampled(rows: rows, columns: columns),
            { [$0.resampled(rows: rows.transposed, columns: columns.transposed), .zeros(shape)] }
        )
    }
}
