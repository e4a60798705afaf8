import CognitronTesting

@testable import Cognitron

extension ConformanceCase {
    static let preprocessing: [ConformanceCase] = [
        ConformanceCase("resizing", [2, 4, 5, 2]) { Resizing(6, 3) },
        ConformanceCase("resizing with padding", [2, 4, 7, 2]) {
            Resizing(5, 5, padToAspectRatio: true, antialias: true)
        },
        ConformanceCase("lanczos", [2, 6, 5, 2]) { Resizing(4, 9, interpolation: .lanczos3) },
        ConformanceCase("centre crop", [2, 6, 5, 2]) { CenterCrop(3, 3) },
        ConformanceCase("rescaling", [2, 3]) { Rescaling(0.5, offset: 2) },
        ConformanceCase("normalization", [2, 3]) { Normalization(mean: [1, 2, 3], variance: [4, 5, 6]) },
        ConformanceCase("normalization by parameters", [2, 3]) { Normalization(invert: true) },
        ConformanceCase("discretization", inputs: [[[-1, 0.3], [2, 0.7]]], inputsHaveGradients: false) {
            Discretization(binBoundaries: [0, 1], outputMode: .oneHot)
        },
        ConformanceCase(
            "discretization by parameters", inputs: [[[-1, 0.3], [2, 0.7]]], inputsHaveGradients: false
        ) {
            Discretization(numBins: 3)
        },
        ConformanceCase("category encoding", inputs: [[[0, 2, 2], [1, 0, 3]]], inputsHaveGradients: false) {
            CategoryEncoding(4, outputMode: .count)
        },
        ConformanceCase("pipeline", [2, 3, 4]) {
            Pipeline([Rescaling(2), Masking(), Dense(3, activation: .tanh)])
        },
        ConformanceCase("spectra", [2, 12, 2]) {
            STFTSpectrogram(mode: .stft, frameLength: 5, fftLength: 8, padding: .same)
        },
        ConformanceCase("magnitudes as images", [2, 12, 2], step: 0.003) {
            STFTSpectrogram(mode: .magnitude, frameLength: 4, expandDims: true)
        },
        ConformanceCase("mel spectrogram", [2, 40], step: 0.003) {
            MelSpectrogram(fftLength: 24, sequenceStride: 7, samplingRate: 8000, numMelBins: 5)
        },
        ConformanceCase("sine positions", [2, 3, 4]) { SinePositionEncoding() },
        ConformanceCase("learned positions", [2, 3, 4]) { PositionEmbedding(7, startIndex: 2) },
        ConformanceCase("rotary positions", [2, 3, 2, 4]) { RotaryEmbedding() },
        ConformanceCase("rotary, steps after channels", [2, 4, 3]) {
            RotaryEmbedding(sequenceAxis: 2, featureAxis: 1)
        },
    ]
}
