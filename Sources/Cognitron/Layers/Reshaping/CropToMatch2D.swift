/// Cuts a window of the size of other images out of images.
///
///     let skip = CropToMatch2D()(features, enlarged)              // the middle
///     let score = CropToMatch2D(offset: 19)(enlarged, picture)    // from row and column 19 on
///
///     output[n, i, j, c] = x[n, i + top, j + left, c]
///
/// - Input shapes: `(N, H, W, C)`, and `(N, OH, OW, D)`, of which only the size counts; output shape:
///   `(N, OH, OW, C)`. Without an offset, top = ⌊(H − OH) / 2⌋ and left likewise.
/// - Throws: from `build`, a `CognitronError` where the inputs are not two images, the offset is below 0 or
///   the window does not fit into the first.
/// - Source: Caffe `Crop`; without an offset, Ronneberger et al., "U-Net" (2015).
public final class CropToMatch2D: MergingLayer, Codable {
    /// The first row and column of the window; nil for the middle.
    public let offset: Int?
    public let name: String?

    public init(offset: Int? = nil, name: String? = nil) {
        self.offset = offset
        self.name = name
    }

    /// None: the output has other rows than the inputs.
    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    public func build(_ inputs: [Shape], _ context: inout BuildContext) throws -> Shape {
        let (image, wanted) = try context.imageAndWantedSize(inputs)
        if let offset { try context.require("offset", offset, atLeast: 0) }
        guard image.height >= wanted.height + (offset ?? 0), image.width >= wanted.width + (offset ?? 0)
        else {
            throw context.error(
                .shape, "the window does not fit into its input",
                expected: "at least \(wanted.height + (offset ?? 0)) × \(wanted.width + (offset ?? 0))",
                got: "\(image.height) × \(image.width)")
        }
        return [wanted.height, wanted.width, image.channels]
    }

    /// That of the first input, whatever the offset.
    public func receptiveField(
        _ field: ReceptiveField, inputs: [Shape], outputs: [Shape]
    ) -> ReceptiveField? { field }

    public func forward(
        _ inputs: consuming [Tensor], _ pass: Pass
    ) -> (output: Tensor, pullback: MergingPullback) {
        let (x, wanted) = (inputs[0], inputs[1].shape)
        let amounts = (0..<4).map { axis -> (before: Int, after: Int) in
            guard (1...2).contains(axis) else { return (0, 0) }
            let rest = x.shape[axis] - wanted[axis]
            let before = offset ?? rest / 2
            return (before, rest - before)
        }
        guard amounts.contains(where: { $0 != (0, 0) }) else { return (x, { [$0, .zeros(wanted)] }) }
        return (x.cropped(amounts), { [$0.padded(amounts), .zeros(wanted)] })
    }
}
