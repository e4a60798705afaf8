import CognitronKernels

/// The spectra of a signal's frames (short-time Fourier transform), as a convolution with kernels that can be
/// trained.
///
///     real[n, t, k] = Σ x[n, t · frameStep + i] · window[i] · cos(−2πik / fftLength) / scale
///     imaginary[n, t, k] = the same with sin
///
/// and from these what `mode` says. Each channel is transformed for itself.
///
///     STFTSpectrogram(frameLength: 256, frameStep: 128)               // (N, 16000, 1) → (N, 124, 129)
///     STFTSpectrogram(mode: .stft, expandDims: true)                  // (N, T, C) → (N, T', 2 · 129, C)
///
/// It costs 2 · frameLength · (fftLength / 2 + 1) multiplications a frame, in sgemm. `MelSpectrogram` uses a
/// fast Fourier transform, whose kernels are fixed.
///
/// - Input shape: `(N, T, C)`. Output shape: `(N, T', C · bins)`, or `(N, T', bins, C)` with `expandDims`,
///   with bins = fftLength / 2 + 1, twice as many for `.stft`.
/// - Parameters: `real_kernel (frameLength, 1, fftLength / 2 + 1)` and `imag_kernel`, where the mode needs
///   them. Set `isTrainable` to false to keep the transform.
/// - Throws: from `build`, a `CognitronError` where the input is no sequence, a frame is longer than it, or
///   an argument is out of range.
/// - Source: Keras `STFTSpectrogram`.
public final class STFTSpectrogram: Layer, Codable {
    /// What becomes of the spectra.
    public enum Mode: String, CaseIterable, Sendable, Codable {
        /// log(magnitude)
        case log
        /// √(real² + imaginary²), at least 10⁻³·⁵
        case magnitude
        /// real² + imaginary², doubled but for the first and last bin: the power spectral density.
        case psd
        case real
        case imag
        /// atan2(imaginary, real)
        case angle
        /// The real parts, then the imaginary ones.
        case stft
    }

    /// What the kernels are divided by.
    public enum Scaling: String, Sendable, Codable {
        /// √(Σ window²)
        case density
        /// Σ |window|
        case spectrum
    }

    public let mode: Mode
    public let frameLength: Int
    public let frameStep: Int?
    public let fftLength: Int?
    public let window: SignalWindow?
    public let periodic: Bool
    public let scaling: Scaling?
    public let padding: Padding
    public let expandDims: Bool
    public let name: String?

    public let realKernel = Parameter()
    public let imagKernel = Parameter()
    public var parameters: [Parameter] {
        (mode == .imag ? [] : [realKernel]) + (mode == .real ? [] : [imagKernel])
    }

    private enum CodingKeys: CodingKey {
        case mode, frameLength, frameStep, fftLength, window, periodic, scaling, padding, expandDims, name
    }

    /// - Parameters:
    ///   - mode: what becomes of the spectra.
    ///   - frameLength: the samples of a frame.
    ///   - frameStep: the samples from one frame to the next, at most `frameLength`; half of it by default.
    ///   - fftLength: the length of the transform, at least `frameLength`; the next power of two by default.
    ///   - window: the weights of a frame's samples; nil for none.
    ///   - periodic: whether the window is one period long, instead of symmetric.
    ///   - scaling: what the kernels are divided by, so that the window's size does not count; nil for
    ///     nothing.
    ///   - padding: `.valid`, or `.same` for ⌈T / frameStep⌉ frames with zeros around the signal.
    ///   - expandDims: whether bins and channels are axes of their own, for layers for images.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        mode: Mode = .log, frameLength: Int = 256, frameStep: Int? = nil, fftLength: Int? = nil,
        window: SignalWindow? = .hann, periodic: Bool = false, scaling: Scaling? = .density,
        padding: Padding = .valid, expandDims: Bool = false, name: String? = nil
    ) {
        self.mode = mode
        self.frameLength = frameLength
        self.frameStep = frameStep
        self.fftLength = fftLength
        self.window = window
        self.periodic = periodic
        self.scaling = scaling
        self.padding = padding
        self.expandDims = expandDims
        self.name = name
    }

    private var transformLength: Int {
        if let fftLength { return fftLength }
        var power = 1
        while power < frameLength { power *= 2 }
        return power
    }

    private var frames: Window {
        let one = 1.windowSize(rank: 1)
        return .kernel(
            rank: 1, frameLength.windowSize(rank: 1),
            strides: (frameStep ?? max(1, frameLength / 2)).windowSize(rank: 1), dilationRate: one,
            padding: padding)
    }

    /// The frames are other steps than the input's.
    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        let channels = try context.requireChannels(input, rank: 1)
        try requireArguments(context)
        try frames.check(input, context)
        let bins = transformLength / 2 + 1
        for (parameter, part) in [(realKernel, FourierKernel.Part.real), (imagKernel, .imaginary)]
        where parameters.contains(where: { $0 === parameter }) {
            try context.declare(
                parameter, part == .real ? "real_kernel" : "imag_kernel", [frameLength, 1, bins],
                Initializer(
                    FourierKernel(
                        part: part, fftLength: transformLength, window: window, isPeriodic: periodic,
                        scaling: scaling)))
        }
        let steps = frames.outputShape(input.batched(1), channels: bins)[1]
        let count = mode == .stft ? 2 * bins : bins
        let output: Shape = expandDims ? [steps, count, channels] : [steps, count * channels]
        try context.requireTractable(output)
        return output
    }

    private func requireArguments(_ context: BuildContext) throws {
        try context.require("frameLength", frameLength)
        if let frameStep, !(1...frameLength).contains(frameStep) {
            throw context.error(
                .argument, "invalid frameStep", expected: "a whole number from 1 to \(frameLength)",
                got: "\(frameStep)")
        }
        if let fftLength { try context.require("fftLength", fftLength, atLeast: frameLength) }
        try context.require(window, frameLength: frameLength)
        guard padding == .valid || padding == .same else {
            throw context.error(.argument, "invalid padding", expected: ".valid or .same")
        }
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let shape = input.shape
        let (samples, length, channels) = (shape[0], shape[1], shape[2])
        // (N · C, T, 1)
        let signals = input.permuted([0, 2, 1]).reshaped([samples * channels, length, 1])
        let real = mode == .imag ? nil : transformed(signals, realKernel, pass)
        let imaginary = mode == .real ? nil : transformed(signals, imagKernel, pass)
        let (values, pullback) = mode.apply(real?.output, imaginary?.output)
        let (steps, bins) = (values.shape[1], values.shape[2])
        let order = expandDims ? [0, 2, 3, 1] : [0, 2, 1, 3]
        let inverse = expandDims ? [0, 3, 1, 2] : [0, 2, 1, 3]
        let output = values.reshaped([samples, channels, steps, bins]).permuted(order)
        let outputShape: Shape =
            expandDims ? [samples, steps, bins, channels] : [samples, steps, channels * bins]
        return (
            output.reshaped(outputShape),
            { dy in
                let gradients = pullback(
                    dy.reshaped(output.shape).permuted(inverse).reshaped(values.shape))
                let parts = [
                    real.flatMap { part in gradients.real.map { part.pullback($0) } },
                    imaginary.flatMap { part in gradients.imaginary.map { part.pullback($0) } },
                ].compactMap { $0 }
                let dx = parts.dropFirst().reduce(parts[0], +)
                guard pass.needsInputGradient else { return dx }
                return dx.reshaped([samples, channels, length]).permuted([0, 2, 1])
            }
        )
    }

    private func transformed(
        _ signals: Tensor, _ kernel: Parameter, _ pass: Pass
    ) -> (output: Tensor, pullback: Pullback) {
        let convolution = Convolution(frames.convolution(signals.shape, filters: kernel.shape[2]))
        return LinearConvolution(convolution: convolution, kernel: kernel).forward(signals, pass)
    }

    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int {
        let places = outputs[0].elementCount * frameLength
        return mode == .real || mode == .imag || mode == .stft ? places : 2 * places
    }
}
