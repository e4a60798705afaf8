import CognitronKernels
import Foundation

/// What a `MelSpectrogram` computes once: its window, the Fourier transform's roots and the bands.
struct MelAnalysis: Sendable {
    let fourier: ShortTimeFourier
    /// (bins, bands)
    let triangles: Tensor

    /// - Parameter window: of the frame's middle samples; nil for none.
    init(window: [Double]?, fftLength: Int, step: Int, bands: MelBands) {
        let weights = window ?? Array(repeating: 1, count: fftLength)
        let before = (fftLength - weights.count) / 2
        var padded = [Float](repeating: 0, count: fftLength)
        for (n, weight) in weights.enumerated() { padded[before + n] = Float(weight) }
        fourier = ShortTimeFourier(window: padded, step: step)
        triangles = bands.triangles(bins: fourier.bins)
    }
}

/// Bands at even distances on the mel scale, each from the middle of the one before to that of the next.
///
/// - Source: Keras `MelSpectrogram.linear_to_mel_weight_matrix`.
struct MelBands: Sendable {
    private let samplingRate: Double
    /// On the mel scale; band i is between edges i and i + 2.
    private let edges: [Double]

    init(count: Int, samplingRate: Int, from minimum: Float, to maximum: Float) {
        self.samplingRate = Double(samplingRate)
        let (first, last) = (Self.mel(Double(minimum)), Self.mel(Double(maximum)))
        edges = (0..<count + 2).map { first + (last - first) * Double($0) / Double(count + 1) }
    }

    private static func mel(_ hertz: Double) -> Double { 1127 * log(1 + hertz / 700) }

    /// The weight of each bin in each band, (bins, bands): 1 in its middle, 0 at its edges. The first bin, a
    /// constant, is in none.
    func triangles(bins: Int) -> Tensor {
        let bands = edges.count - 2
        var weights = [Float](repeating: 0, count: bins * bands)
        for bin in 1..<max(1, bins) {
            let place = Self.mel(samplingRate / 2 * Double(bin) / Double(bins - 1))
            for band in 0..<bands {
                let (lower, middle, upper) = (edges[band], edges[band + 1], edges[band + 2])
                let weight = min((place - lower) / (middle - lower), (upper - place) / (upper - middle))
                weights[bin * bands + band] = Float(max(0, weight))
            }
        }
        return Tensor(weights, shape: [bins, bands])
    }
}
