import CognitronKernels

extension Warp {
    /// Displacements that change slowly from pixel to pixel: normal noise of deviation σ, blurred by a
    /// Gaussian of that deviation, times α.
    ///
    ///     σ = 0.05 · scale · min(height, width),  α = 0.1 · scale · max(height, width)
    ///
    /// - Source: Keras `RandomElasticTransform`; Simard et al., "Best Practices for Convolutional Neural
    ///   Networks Applied to Visual Document Analysis" (2003).
    package static func elastic(
        scale: Float, height: Int, width: Int, fillMode: FillMode = .constant, fillValue: Float = 0,
        _ generator: inout RandomGenerator
    ) -> Warp? {
        elastic(
            scale: scale, height: height, width: width, fillMode: fillMode, fillValue: fillValue
        ) { generator.normal() }
    }

    /// - Parameter normal: gives the noise, all pixels' downwards, then to the right.
    package static func elastic(
        scale: Float, height: Int, width: Int, fillMode: FillMode = .constant, fillValue: Float = 0,
        normal: () -> Float
    ) -> Warp? {
        let sigma = 0.05 * scale * Float(min(height, width))
        let alpha = 0.1 * scale * Float(max(height, width))
        guard sigma > 0 else { return nil }
        let weights = GaussianFilter.weights(6 * Int(sigma) | 1, sigma: sigma)
        let size = ImageSize(height, width, channels: 1)
        func field() -> [Float] {
            let noise = (0..<size.count).map { _ in normal() * sigma * alpha }
            var scratch = noise
            return [Float](unsafeUninitializedCapacity: size.count) { result, count in
                if let y = result.baseAddress {
                    size.filter(
                        noise, into: y, scratch: &scratch, rows: weights, columns: weights, .constant(0))
                }
                count = size.count
            }
        }
        return .displacement(rows: field(), columns: field(), fillMode: fillMode, fillValue: fillValue)
    }
}
