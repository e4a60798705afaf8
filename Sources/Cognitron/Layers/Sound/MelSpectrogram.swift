import CognitronKernels
import Foundation

/// The spectra of a signal's frames in bands as wide as the ear hears them, in decibels.
///
///     power = |Fourier transform of the frame · window|^magExp
///     mel = power · triangles,  with peaks at even distances of 1127 · ln(1 + f / 700)
///     output = 10 · log₁₀(max(mel, minPower) / max(|refPower|, minPower)),
///     raised to the batch's largest value − topDb
///
/// The signal is mirrored at its ends, so that frame t has its middle at sample t · sequenceStride.
///
///     MelSpectrogram(samplingRate: 8000, numMelBins: 64)              // (N, 16000) → (N, 64, 32)
///
/// A frame costs N log N operations where fftLength N has small factors, such as a power of two; N · p where
/// p is its largest prime factor.
///
/// - Input shape: `(N, T)`, T above fftLength / 2; output shape: `(N, numMelBins, T / sequenceStride + 1)`
///   for an even fftLength.
/// - Throws: from `build`, a `CognitronError` where the input is no signal, is too short to be mirrored, or
///   an argument is out of range.
/// - Source: Keras `MelSpectrogram`; the scale is that of the Hidden Markov Model Toolkit.
public final class MelSpectrogram: Layer, Codable {
    public let fftLength: Int
    public let sequenceStride: Int
    public let sequenceLength: Int?
    public let window: SignalWindow?
    public let samplingRate: Int
    public let numMelBins: Int
    public let minFreq: Float
    public let maxFreq: Float?
    public let powerToDb: Bool
    public let topDb: Float
    public let magExp: Float
    public let minPower: Float
    public let refPower: Float
    public let name: String?

    private let prepared = Locked<MelAnalysis?>(nil)

    private enum CodingKeys: CodingKey {
        case fftLength, sequenceStride, sequenceLength, window, samplingRate, numMelBins, minFreq, maxFreq
        case powerToDb, topDb, magExp, minPower, refPower, name
    }

    /// - Parameters:
    ///   - fftLength: the samples of a frame.
    ///   - sequenceStride: the samples from one frame to the next.
    ///   - sequenceLength: the samples under the window, in the middle of the frame; all by default.
    ///   - window: the weights of these samples, one period long; nil for the whole frame as it is.
    ///   - samplingRate: samples a second.
    ///   - numMelBins: the number of bands.
    ///   - minFreq: where the first band begins, in hertz.
    ///   - maxFreq: where the last one ends; half the sampling rate by default.
    ///   - powerToDb: whether the output is in decibels.
    ///   - topDb: how far below the largest value the smallest may be.
    ///   - magExp: 2 for the power, 1 for the magnitude.
    ///   - minPower: the smallest power that counts, above 0.
    ///   - refPower: the power of 0 decibels.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        fftLength: Int = 2048, sequenceStride: Int = 512, sequenceLength: Int? = nil,
        window: SignalWindow? = .hann, samplingRate: Int = 16000, numMelBins: Int = 128,
        minFreq: Float = 20, maxFreq: Float? = nil, powerToDb: Bool = true, topDb: Float = 80,
        magExp: Float = 2, minPower: Float = 1e-10, refPower: Float = 1, name: String? = nil
    ) {
        self.fftLength = fftLength
        self.sequenceStride = sequenceStride
        self.sequenceLength = sequenceLength
        self.window = window
        self.samplingRate = samplingRate
        self.numMelBins = numMelBins
        self.minFreq = minFreq
        self.maxFreq = maxFreq
        self.powerToDb = powerToDb
        self.topDb = topDb
        self.magExp = magExp
        self.minPower = minPower
        self.refPower = refPower
        self.name = name
    }

    private var topFrequency: Float { maxFreq ?? Float(samplingRate / 2) }

    /// The frames are other steps than the input's.
    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        guard input.rank == 1, input[0] > 0 else {
            throw context.error(
                .shape, "needs signals", expected: "an input of shape samples", got: "\(input)",
                advice: "reshape a signal with one channel to drop its last axis")
        }
        try requireArguments(context)
        let margin = fftLength / 2
        try context.require(.reflect, amounts: [(margin, margin)], of: input)
        let frames = (input[0] + 2 * margin - fftLength) / sequenceStride + 1
        return [numMelBins, frames]
    }

    private func requireArguments(_ context: BuildContext) throws {
        for (argument, value) in [
            ("fftLength", fftLength), ("sequenceStride", sequenceStride), ("samplingRate", samplingRate),
            ("numMelBins", numMelBins),
        ] { try context.require(argument, value) }
        if let sequenceLength, !(1...fftLength).contains(sequenceLength) {
            throw context.error(
                .argument, "invalid sequenceLength", expected: "a whole number from 1 to \(fftLength)",
                got: "\(sequenceLength)")
        }
        try context.require(window, frameLength: sequenceLength ?? fftLength)
        guard minFreq >= 0, topFrequency > minFreq, topFrequency.isFinite else {
            throw context.error(
                .argument, "invalid minFreq and maxFreq", expected: "0 or more, and more than that",
                got: "\(minFreq.text) and \(topFrequency.text)")
        }
        for (argument, value) in [("magExp", magExp), ("minPower", minPower)]
        where !(value > 0 && value.isFinite) {
            throw context.error(
                .argument, "invalid \(argument)", expected: "a number above 0", got: value.text)
        }
        try context.requireTractable([fftLength / 2 + 1, numMelBins])
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let analysis = analysis
        let margin = fftLength / 2
        let (padded, paddingPullback) = PaddingMode.reflect.pad(input, [(0, 0), (margin, margin)])
        let shape = padded.shape
        let (a, b) = padded.spectra(analysis.fourier)
        let (magnitudes, powerPullback) = raised(a.squared + b.squared)
        let mel = magnitudes.matmul(analysis.triangles)
        let (output, decibelPullback) = decibels(mel)
        return (
            output.permuted([0, 2, 1]),
            { dy in
                let dMel = decibelPullback(dy.permuted([0, 2, 1]))
                let twice = powerPullback(dMel.matmul(analysis.triangles, transposingOther: true)) * 2
                return paddingPullback((twice * a).spectraGradient(twice * b, analysis.fourier, shape))
            }
        )
    }

    private var analysis: MelAnalysis {
        prepared.withLock { known in
            if let known { return known }
            let made = MelAnalysis(
                window: window?.weights(sequenceLength ?? fftLength, isPeriodic: true),
                fftLength: fftLength, step: sequenceStride,
                bands: MelBands(
                    count: numMelBins, samplingRate: samplingRate, from: minFreq, to: topFrequency))
            known = made
            return made
        }
    }

    /// power^(magExp / 2); silence has no gradient.
    private func raised(_ power: Tensor) -> (output: Tensor, pullback: Pullback) {
        guard magExp != 2 else { return (power, { $0 }) }
        let exponent = magExp / 2
        let sounds = power.maximum(.leastNormalMagnitude)
        let output = (sounds.logarithm * exponent).exponential * (power .> 0)
        return (output, { dy in dy * output * exponent / sounds })
    }

    private func decibels(_ mel: Tensor) -> (output: Tensor, pullback: Pullback) {
        guard powerToDb else { return (mel, { $0 }) }
        let factor: Float = 10 / log(10)
        let raised = mel.maximum(minPower)
        let reference = factor * log(max(refPower.magnitude, minPower))
        let levels = raised.logarithm * factor - reference
        let largest = levels.max()
        let floor = largest - topDb
        return (
            levels.maximum(floor),
            { [minPower] dy in
                // What lies below the floor moves with the largest value.
                let above = levels .>= floor
                let peaks = levels .== largest
                let moved = (dy * (1 - above)).sum() / peaks.sum()
                return (dy * above + peaks * moved) * factor / raised * (mel .> minPower)
            }
        )
    }
}
