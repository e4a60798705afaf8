import CognitronKernels

/// The gradients of real and imaginary parts; nil where there is no such part.
typealias SpectrumPullback = (_ outputGradient: Tensor) -> (real: Tensor?, imaginary: Tensor?)

extension STFTSpectrogram.Mode {
    /// Keras's smallest number under a root and a logarithm.
    private static let floor: Float = 1e-7

    /// What becomes of the spectra's parts, (N, T, bins) each.
    func apply(_ real: Tensor?, _ imaginary: Tensor?) -> (output: Tensor, pullback: SpectrumPullback) {
        guard let a = real, let b = imaginary else {
            guard let part = real ?? imaginary else { fail("a spectrogram of no part") }
            return (part, { dy in (real.map { _ in dy }, imaginary.map { _ in dy }) })
        }
        switch self {
        case .stft:
            let bins = a.shape[2]
            return (
                .concatenated([a, b]),
                { dy in
                    let parts = dy.split([bins, bins])
                    return (parts[0], parts[1])
                }
            )
        case .angle:
            return (
                a.angle(imaginary: b),
                { dy in
                    // The angle of zero has no gradient.
                    let scaled = dy / (a.squared + b.squared).maximum(.leastNormalMagnitude)
                    return (-scaled * b, scaled * a)
                }
            )
        case .psd:
            let sides = Tensor.sidedWeights(a.shape[2])
            return ((a.squared + b.squared) * sides, { dy in Self.powerGradients(dy * sides, a, b) })
        case .log, .magnitude, .real, .imag:
            let power = a.squared + b.squared
            let magnitude = power.maximum(Self.floor).squareRoot
            let above = power .> Self.floor
            guard self == .log else {
                return (magnitude, { dy in Self.powerGradients(dy * above * 0.5 / magnitude, a, b) })
            }
            // The magnitude is above the floor of the logarithm.
            return (
                magnitude.logarithm,
                { dy in Self.powerGradients(dy * above * 0.5 / magnitude.squared, a, b) }
            )
        }
    }

    /// The gradients of both parts from that of a² + b².
    private static func powerGradients(
        _ gradient: Tensor, _ a: Tensor, _ b: Tensor
    ) -> (real: Tensor?, imaginary: Tensor?) {
        let twice = gradient * 2
        return (twice * a, twice * b)
    }
}

extension Tensor {
    /// 2 for every bin but the first and last, whose frequencies have no negative twin.
    fileprivate static func sidedWeights(_ bins: Int) -> Tensor {
        Tensor((0..<bins).map { $0 == 0 || $0 == bins - 1 ? 1 : 2 }, shape: [bins])
    }
}
