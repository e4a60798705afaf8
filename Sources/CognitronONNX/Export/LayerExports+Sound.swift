import Cognitron

extension LayerExports {
    static let sound: [Rule] = [rule(STFTSpectrogram.self, spectrogram)]

    /// Each channel's frames times the Fourier transform's rows, a convolution; the layer's kernels are its
    /// rows.
    private static func spectrogram(_ layer: STFTSpectrogram, _ export: LayerExport) throws -> ExportedValue {
        let writer = export.writer
        guard let shape = export.input.fixedShape else {
            throw ExportProblem("its frames depend on a free axis; give the signal a fixed length")
        }
        let (length, channels) = (shape[0], shape[1])
        let signals = writer.reshape(
            writer.transpose(export.input.channelsLast(writer), [0, 2, 1]), [-1, 1, length])
        let windows = ExportedWindows(
            size: [layer.frameLength], strides: [layer.frameStep ?? max(1, layer.frameLength / 2)],
            dilations: [1], padding: layer.padding)
        // Of one signal; a batch of signals of one channel.
        let pads = try windows.attributes(export.input)
        func transformed(_ kernel: Parameter) -> String {
            let rows = export.weight(kernel) { $0.permuted([2, 1, 0]) }
            return writer.nodes("Conv", [signals, rows], pads, outputs: 1)[0]
        }
        let values = try mode(layer, writer, transformed)  // (N · C, bins, steps)
        let output = export.outputShapes[0].0
        let steps = output[0]
        let bins = output.elementCount / steps / channels
        let whole = writer.reshape(values, [-1, channels, bins, steps])
        let ordered = writer.transpose(whole, layer.expandDims ? [0, 3, 2, 1] : [0, 3, 1, 2])
        return export.output(writer.reshape(ordered, [-1] + Array(output)))
    }

    /// What the mode makes of real and imaginary parts.
    private static func mode(
        _ layer: STFTSpectrogram, _ writer: GraphWriter, _ part: (Parameter) -> String
    ) throws -> String {
        if layer.mode == .real { return part(layer.realKernel) }
        if layer.mode == .imag { return part(layer.imagKernel) }
        let (a, b) = (part(layer.realKernel), part(layer.imagKernel))
        if layer.mode == .stft { return writer.concat([a, b], axis: 1) }
        let power = writer.node("Add", writer.node("Mul", a, a), writer.node("Mul", b, b))
        switch layer.mode {
        case .psd:
            let bins = layer.realKernel.shape[2]
            let sides = Tensor((0..<bins).map { $0 == 0 || $0 == bins - 1 ? 1 : 2 }, shape: [bins, 1])
            return writer.node("Mul", power, writer.constant(sides))
        case .magnitude, .log:
            // Keras's smallest number under a root.
            let magnitude = writer.node("Sqrt", writer.node("Max", power, writer.constant(1e-7)))
            return layer.mode == .log ? writer.node("Log", magnitude) : magnitude
        default: throw ExportProblem("ONNX has no angle of two numbers")
        }
    }
}
