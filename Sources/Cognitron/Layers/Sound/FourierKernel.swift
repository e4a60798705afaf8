import Foundation

/// The kernels of `STFTSpectrogram`: a convolution with them is the Fourier transform of windowed frames.
///
///     kernel[n, 0, k] = window[n] · cos(−2πnk / fftLength) / scale        (real; sin for imaginary)
///
/// - Source: Keras `STFTInitializer`.
struct FourierKernel: InitializerRule {
    enum Part: String, Codable { case real, imaginary }

    let part: Part
    let fftLength: Int
    let window: SignalWindow?
    let isPeriodic: Bool
    let scaling: STFTSpectrogram.Scaling?

    /// - Parameter shape: (frameLength, 1, fftLength / 2 + 1)
    func make(_ shape: Shape, key: RandomKey) -> Tensor {
        let weights = window?.weights(shape[0], isPeriodic: isPeriodic)
        let scale =
            switch scaling {
            case .density: weights.map { sqrt($0.reduce(0) { $0 + $1 * $1 }) } ?? 1
            case .spectrum: weights.map { $0.reduce(0) { $0 + abs($1) } } ?? 1
            case nil: 1.0
            }
        var values: [Float] = []
        values.reserveCapacity(shape.elementCount)
        for n in 0..<shape[0] {
            let weight = (weights?[n] ?? 1) / scale
            for k in 0..<shape[2] {
                let angle = -2 * Double.pi * Double(n * k % fftLength) / Double(fftLength)
                values.append(Float(weight * (part == .real ? cos(angle) : sin(angle))))
            }
        }
        return Tensor(values, shape: shape)
    }
}
