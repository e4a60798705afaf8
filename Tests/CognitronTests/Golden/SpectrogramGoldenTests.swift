import Testing

@testable import Cognitron

@Suite("Spectrograms are Keras's")
struct SpectrogramGoldenTests {
    private struct Arguments: Decodable {
        var layer: String
        var mode: STFTSpectrogram.Mode?
        var frameLength, frameStep, fftLength: Int?
        var window: String?
        var periodic, expandDims, powerToDb: Bool?
        var scaling: STFTSpectrogram.Scaling?
        var padding: String?
        var sequenceStride, sequenceLength, samplingRate, numMelBins: Int?
        var minFreq, maxFreq, topDb, magExp, minPower, refPower: Float?

        var made: any Layer {
            get throws {
                let window: SignalWindow = window == "hamming" ? .hamming : .hann
                guard layer == "MelSpectrogram" else {
                    return STFTSpectrogram(
                        mode: mode ?? .log, frameLength: try #require(frameLength), frameStep: frameStep,
                        fftLength: fftLength, window: window, periodic: periodic ?? false,
                        scaling: scaling ?? .density,
                        padding: try Padding(keras: padding ?? "valid", amount: nil),
                        expandDims: expandDims ?? false)
                }
                return MelSpectrogram(
                    fftLength: try #require(fftLength), sequenceStride: try #require(sequenceStride),
                    sequenceLength: sequenceLength, window: window,
                    samplingRate: try #require(samplingRate), numMelBins: try #require(numMelBins),
                    minFreq: minFreq ?? 20, maxFreq: maxFreq, powerToDb: powerToDb ?? true,
                    topDb: topDb ?? 80, magExp: magExp ?? 2, minPower: minPower ?? 1e-10,
                    refPower: refPower ?? 1)
            }
        }
    }

    @Test(
        "Every mode, windows, scaling, padding, bands, decibels",
        arguments: try GoldenCase.all("spectrograms"))
    func layers(_ golden: GoldenCase) throws {
        let layer = try golden.configuration(Arguments.self).made
        let x = try golden["x"]
        var context = BuildContext(path: "spectrogram")
        let shape = try layer.build(x.shape.sample, &context)
        for parameter in layer.parameters {
            expectClose(parameter.value, try golden[parameter.ownName], parameter.ownName)
        }
        let (output, pullback) = layer.forward(x, .inference)
        #expect(output.shape.sample == shape)
        expectClose(output, try golden["output"], "output", absolute: 2e-5)
        expectClose(pullback(try golden["weighting"]), try golden["gradient_x"], "gradient of x")
        for parameter in layer.parameters {
            let name = "gradient_\(parameter.ownName)"
            expectClose(parameter.gradient, try golden[name], name)
        }
    }
}
