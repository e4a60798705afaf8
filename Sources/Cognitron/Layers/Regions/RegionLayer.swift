/// A layer that cuts the features of regions out of feature maps, in one size.
///
/// Its inputs are the maps `(N, H, W, C)` and the regions `(R, 5)`: the number of the image in the batch,
/// left, top, right and bottom in pixels of the picture. R need not be N, so in a model that is trained or
/// predicts in batches the layer belongs into a step of its own.
protocol RegionLayer: MergingLayer {
    var size: Int { get }
    var spatialScale: Float { get }
}

extension RegionLayer {
    /// None: the output has other rows than the inputs.
    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    /// The shape of a region's features.
    func regionShape(_ inputs: [Shape], _ context: inout BuildContext) throws -> Shape {
        guard inputs.count == 2, inputs[1] == [5] else {
            throw context.error(
                .shape, "needs feature maps, and regions of the image's number, left, top, right and bottom",
                expected: "two inputs, the second of 5 numbers",
                got: inputs.map(\.description).joined(separator: " and "))
        }
        try context.require("size", size)
        guard spatialScale > 0 && spatialScale.isFinite else {
            throw context.error(
                .argument, "invalid spatialScale", expected: "a number above 0", got: spatialScale.text)
        }
        return [size, size, try context.imageSize(inputs[0]).channels]
    }
}
