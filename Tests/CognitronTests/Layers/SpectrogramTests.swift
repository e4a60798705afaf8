import Foundation
import Testing

@testable import Cognitron

@Suite("Spectrograms")
struct SpectrogramTests {
    @Test("The transform of four numbers by hand")
    func fourPoints() throws {
        // X[0] = 1 + 2 + 3 + 5, X[1] = (1 − 3) + (5 − 2)i, X[2] = 1 − 2 + 3 − 5
        let layer = STFTSpectrogram(
            mode: .stft, frameLength: 4, frameStep: 4, window: nil, scaling: nil)
        let x: Tensor = [[[1], [2], [3], [5]]]
        expectClose(try output(of: layer, x), [[[11, -2, -3, 0, 3, 0]]], "spectrum", absolute: 1e-5)
        let psd = STFTSpectrogram(mode: .psd, frameLength: 4, frameStep: 4, window: nil, scaling: nil)
        expectClose(try output(of: psd, x), [[[121, 26, 9]]], "power", absolute: 1e-4)
    }

    @Test("Windows by hand")
    func windows() {
        #expect(SignalWindow.hann.weights(4, isPeriodic: true).map(Float.init) == [0, 0.5, 1, 0.5])
        let hann = SignalWindow.hann.weights(5, isPeriodic: false)
        #expect(hann.map { ($0 * 1000).rounded() } == [0, 500, 1000, 500, 0])
        let hamming = SignalWindow.hamming.weights(3, isPeriodic: false)
        #expect(hamming.map { ($0 * 1000).rounded() } == [80, 1000, 80])
        #expect(SignalWindow.hann.weights(1, isPeriodic: false) == [1])
    }

    @Test("A tone is loudest in its band")
    func tone() throws {
        let rate = 8000
        let loudest = try [440, 1000, 3000].map { hertz in
            let sound = (0..<4096).map { sin(2 * Float.pi * Float(hertz) * Float($0) / Float(rate)) }
            let layer = MelSpectrogram(fftLength: 512, samplingRate: rate, numMelBins: 40)
            let bands = try output(of: layer, Tensor(sound, shape: [1, 4096]))
            let frame = (0..<40).map { bands[0, $0, 4] }
            return frame.indices.max { frame[$0] < frame[$1] }
        }
        // Band b has its middle at (b + 1) / 41 of the way from mel(20) to mel(4000).
        let middles = [440.0, 1000, 3000].map { hertz in
            func mel(_ f: Double) -> Double { 1127 * log(1 + f / 700) }
            return Int(((mel(hertz) - mel(20)) / (mel(4000) - mel(20)) * 41).rounded()) - 1
        }
        #expect(loudest == middles)
    }

    @Test("What does not fit is refused in words")
    func badInput() {
        let stft: [(STFTSpectrogram, Shape, String)] = [
            (STFTSpectrogram(frameLength: 8), [5, 1], "does not fit"),
            (STFTSpectrogram(frameLength: 0), [5, 1], "invalid frameLength"),
            (STFTSpectrogram(frameLength: 4, frameStep: 5), [5, 1], "invalid frameStep"),
            (STFTSpectrogram(frameLength: 4, frameStep: 0), [5, 1], "invalid frameStep"),
            (STFTSpectrogram(frameLength: 4, fftLength: 3), [5, 1], "invalid fftLength"),
            (STFTSpectrogram(frameLength: 4, window: .values([1, 2])), [5, 1], "invalid window"),
            (STFTSpectrogram(frameLength: 4, padding: .causal), [5, 1], "invalid padding"),
            (STFTSpectrogram(frameLength: 4), [5], "steps × channels"),
        ]
        for (layer, shape, expected) in stft {
            let text = buildError(layer, shape)
            #expect(text.contains(expected), "\(text)")
        }
        let mel: [(MelSpectrogram, Shape, String)] = [
            (MelSpectrogram(fftLength: 16), [8], "too small to be reflected"),
            (MelSpectrogram(fftLength: 16), [80, 1], "needs signals"),
            (MelSpectrogram(fftLength: 16, sequenceLength: 17), [80], "invalid sequenceLength"),
            (MelSpectrogram(fftLength: 16, sequenceStride: 0), [80], "invalid sequenceStride"),
            (MelSpectrogram(fftLength: 16, minFreq: 900, maxFreq: 900), [80], "invalid minFreq and maxFreq"),
            (MelSpectrogram(fftLength: 16, magExp: 0), [80], "invalid magExp"),
            (MelSpectrogram(fftLength: 16, minPower: .nan), [80], "invalid minPower"),
            (MelSpectrogram(fftLength: 1 << 20, numMelBins: 1 << 20), [1 << 21], "too large"),
        ]
        for (layer, shape, expected) in mel {
            let text = buildError(layer, shape)
            #expect(text.contains(expected), "\(text)")
        }
    }
}
