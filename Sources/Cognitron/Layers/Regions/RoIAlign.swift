/// The features of regions in one size, as means of samples between pixels.
///
///     let crops = RoIAlign(size: 7, spatialScale: 1 / 16)(features, regions)
///
/// A region is cut into `size` × `size` bins. Each is the mean of `samplingRatio²` samples at even distances,
/// each interpolated between the four pixels around it. Samples more than a pixel outside of the map are 0.
///
/// - Input shapes: `(N, H, W, C)` and `(R, 5)`, rows of the image's number from 0 on, left, top, right and
///   bottom in pixels of the picture; output shape: `(R, size, size, C)`. Regions may reach out of the
///   picture and be empty; the features of one with a side that is not finite are NaN. Regions have no
///   gradient.
/// - Throws: from `build`, a `CognitronError` where the inputs have other shapes or an argument is out of
///   range.
/// - Source: He et al., "Mask R-CNN" (2017); torchvision `RoIAlign`.
public final class RoIAlign: RegionLayer, Codable {
    public let size: Int
    public let spatialScale: Float
    public let samplingRatio: Int
    public let aligned: Bool
    public let name: String?

    /// - Parameters:
    ///   - size: rows and columns of a region's features.
    ///   - spatialScale: the map's size over the picture's, such as 1 / 16.
    ///   - samplingRatio: samples along each axis of a bin, at most 64; with 0 or −1, one a pixel of the map,
    ///     rounded up.
    ///   - aligned: whether pixels are points in the middle of their areas, as they are; by default regions
    ///     are
    ///     half a pixel off and a pixel large at least, as in the first implementations.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        size: Int, spatialScale: Float = 1, samplingRatio: Int = 2, aligned: Bool = false, name: String? = nil
    ) {
        (self.size, self.spatialScale, self.samplingRatio) = (size, spatialScale, samplingRatio)
        (self.aligned, self.name) = (aligned, name)
    }

    public func build(_ inputs: [Shape], _ context: inout BuildContext) throws -> Shape {
        guard (-1...64).contains(samplingRatio) else {
            throw context.error(
                .argument, "invalid samplingRatio", expected: "a whole number from −1 to 64",
                got: "\(samplingRatio)")
        }
        return try regionShape(inputs, &context)
    }

    public func forward(
        _ inputs: consuming [Tensor], _ pass: Pass
    ) -> (output: Tensor, pullback: MergingPullback) {
        let (x, regions, shape) = (inputs[0], inputs[1], inputs[0].shape)
        let (size, scale, ratio, aligned) = (size, spatialScale, samplingRatio, aligned)
        return (
            x.regionsAligned(
                regions, size: size, spatialScale: scale, samplingRatio: ratio, aligned: aligned),
            { dy in
                [
                    dy.regionsAlignedGradient(
                        regions, shape, spatialScale: scale, samplingRatio: ratio, aligned: aligned),
                    .zeros(regions.shape),
                ]
            }
        )
    }
}
