extension Initializer {
    /// Kernels of transposed convolutions that enlarge each channel by bilinear interpolation.
    ///
    ///     kernel[a, b, f, c] = f == c ? w(a) · w(b) : 0        w(a) = 1 − |a − centre| / factor
    ///
    /// with factor = ⌈K / 2⌉ along an axis of K taps and the centre in their middle: with strides of that
    /// factor, and K = 2 · factor where it is even, neighbours are interpolated. For one to three axes.
    ///
    ///     Conv2DTranspose(21, kernelSize: 4, strides: 2, useBias: false, kernelInitializer: .bilinear)
    ///
    /// - Source: Long, Shelhamer and Darrell, "Fully Convolutional Networks for Semantic Segmentation"
    ///   (2015); Caffe `BilinearFiller`.
    public static let bilinear = Initializer(Bilinear())

    struct Bilinear: InitializerRule {
        func problem(for shape: Shape) -> RuleProblem? {
            shape.rank >= 3 ? nil : ("the kernel of a transposed convolution", "\(shape)")
        }

        func make(_ shape: Shape, key: RandomKey) -> Tensor {
            let taps = shape.dropLast(2).reduce([Float(1)]) { weights, size in
                weights.flatMap { weight in Self.triangle(size).map { weight * $0 } }
            }
            let identity = Tensor.identity(shape[shape.rank - 2], columns: shape[shape.rank - 1])
            return Tensor.stacked(taps.map { identity * $0 }).reshaped(shape)
        }

        /// The weights along an axis.
        private static func triangle(_ size: Int) -> [Float] {
            let factor = Float((size + 1) / 2)
            let center = Float(size - 1) / 2
            return (0..<size).map { 1 - abs(Float($0) - center) / factor }
        }
    }
}
