import Cognitron

/// Cells that see contrast: one plane of on-centre cells, one of off-centre cells, as in the retina.
///
///     s[i, j] = Σ (centre[a, b] − surround[a, b]) · x[i + a, j + b]
///     output  = (φ[s], φ[−s])                                            φ[z] = max(z, 0)
///
/// Both windows are bell curves that sum to 1, so that an even area gives 0.
///
/// - Input shape: `(N, H, W, 1)`; output shape: `(N, H, W, 2)`. Zeros stand outside the picture.
/// - Throws: from `build`, a `CognitronError` where the input has other than one channel, or the window is
///   even.
/// - Source: Fukushima, "Neocognitron for handwritten digit recognition" (2003), layer U_G.
public final class ContrastLayer: Layer, Codable {
    public let kernelSize: Int
    public let centreSigma: Float
    public let surroundSigma: Float
    public let name: String?

    /// - Parameters:
    ///   - kernelSize: the rows and columns of both windows; odd.
    ///   - centreSigma: the width of the centre's bell curve in pixels.
    ///   - surroundSigma: the width of the surround's.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        kernelSize: Int = 7, centreSigma: Float = 1, surroundSigma: Float = 2, name: String? = nil
    ) {
        (self.kernelSize, self.centreSigma, self.surroundSigma) = (kernelSize, centreSigma, surroundSigma)
        self.name = name
    }

    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        let image = try context.imageSize(input)
        guard image.channels == 1 else {
            throw context.error(
                .shape, "sees grey pictures", expected: "one channel", got: "\(image.channels)")
        }
        try context.require("kernelSize", kernelSize)
        guard kernelSize % 2 == 1, centreSigma > 0, surroundSigma > centreSigma else {
            throw context.error(
                .argument, "invalid windows",
                expected: "an odd kernelSize, and a surround wider than the centre",
                got: "kernelSize \(kernelSize), centre \(centreSigma), surround \(surroundSigma)")
        }
        return [image.height, image.width, 2]
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let (shape, reach) = (input.shape, kernelSize / 2)
        let window =
            Tensor.cellWindow(kernelSize, sigma: centreSigma)
            - Tensor.cellWindow(kernelSize, sigma: surroundSigma)
        let x = input.bordered(reach, reach)
        let s = x.seen(through: window)
        let padded = x.shape
        return (
            .concatenated([s.maximum(0), (-1 * s).maximum(0)]),
            { dy in
                let (on, off) = (dy.slice(axis: 3, 0..<1), dy.slice(axis: 3, 1..<2))
                let ds = on * (s .> 0) - off * (s .< 0)
                return ds.seenGradient(through: window, padded)
                    .unbordered(reach, height: shape[1], width: shape[2])
            }
        )
    }

    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int {
        outputs[0][0] * outputs[0][1] * kernelSize * kernelSize
    }

    public func receptiveField(
        _ field: ReceptiveField, inputs: [Shape], outputs: [Shape]
    ) -> ReceptiveField? { field.through(kernelSize: kernelSize) }
}
