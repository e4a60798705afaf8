/// The features of regions in one size, as maxima.
///
///     let crops = RoIPooling(size: 7, spatialScale: 1 / 16)(features, regions)
///
/// A region is rounded to whole pixels of the map and cut into `size` × `size` bins, which overlap where its
/// size is no multiple. Each is the maximum of its pixels, 0 where it has none.
///
/// - Input shapes: `(N, H, W, C)` and `(R, 5)`, rows of the image's number from 0 on, left, top, right and
///   bottom in pixels of the picture; output shape: `(R, size, size, C)`. Regions may reach out of the
///   picture; the features of one with a side that is not finite are NaN. Regions have no gradient.
/// - Throws: from `build`, a `CognitronError` where the inputs have other shapes or an argument is out of
///   range.
/// - Source: Girshick, "Fast R-CNN" (2015); torchvision `RoIPool`.
public final class RoIPooling: RegionLayer, Codable {
    public let size: Int
    public let spatialScale: Float
    public let name: String?

    /// - Parameters:
    ///   - size: rows and columns of a region's features.
    ///   - spatialScale: the map's size over the picture's, such as 1 / 16.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(size: Int, spatialScale: Float = 1, name: String? = nil) {
        (self.size, self.spatialScale, self.name) = (size, spatialScale, name)
    }

    public func build(_ inputs: [Shape], _ context: inout BuildContext) throws -> Shape {
        try regionShape(inputs, &context)
    }

    public func forward(
        _ inputs: consuming [Tensor], _ pass: Pass
    ) -> (output: Tensor, pullback: MergingPullback) {
        let (x, regions, shape, scale) = (inputs[0], inputs[1], inputs[0].shape, spatialScale)
        let (y, places) = x.regionsPooled(regions, size: size, spatialScale: scale)
        return (
            y,
            { dy in
                [
                    dy.regionsPoolingGradient(regions, places, shape, spatialScale: scale),
                    .zeros(regions.shape),
                ]
            }
        )
    }
}
