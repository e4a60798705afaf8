import ArgumentParser
import Cognitron
import CognitronKernels

/// `bench layers-of KIND`: measures single layers of a family.
struct LayersOfBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "layers-of", abstract: "Milliseconds of single layers of a family.",
        usage: "bench layers-of <kind> ... [<options>]",
        discussion: """
            forward is a prediction; training is a forward and a backward pass, with the gradients of the inputs \
            and of all weights. Scripts/peers/layers_of.py measures the same with PyTorch.
            """)

    @OptionGroup var options: BenchOptions

    @Argument(help: "Which families.")
    var kinds: [LayerFamily]

    func run() throws { try Self.measure(kinds, options) }

    static func measure(_ kinds: [LayerFamily], _ options: BenchOptions) throws {
        var report = Report(threads: options.threads)
        var limits = MachineLimits()
        print("layer                                        forward   training   (ms)")
        for kind in kinds {
            for problem in kind.problems {
                let timings = try problem.measure(options.repetitions)
                let figures = zip(["forward", "training"], timings).map { name, timing in
                    Figure("layers-of/\(kind.rawValue)/\(problem.name)/\(name)", "calls/s", amount: 1, timing)
                }
                print(
                    problem.name.padding(40),
                    figures.map { column(1e3 / $0.median, 2, width: 10) }.joined(separator: " "))
                for figure in figures { report.add(figure) }
                limits.sample()
            }
        }
        print(report.add(limits, repetitions: options.repetitions).line)
        try report.write(to: options.json)
    }
}

/// `bench attention`: `bench layers-of attention`.
struct AttentionBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attention", abstract: "Milliseconds of attention layers: layers-of attention.")

    @OptionGroup var options: BenchOptions

    func run() throws { try LayersOfBench.measure([.attention], options) }
}

/// A layer on inputs of given shapes.
struct LayerProblem {
    let name: String
    let shapes: [Shape]
    let make: () -> any AnyLayer

    init(_ name: String, _ shapes: Shape..., make: @escaping () -> any AnyLayer) {
        (self.name, self.shapes, self.make) = (name, shapes, make)
    }

    /// Of a forward pass, and of a forward and a backward pass.
    func measure(_ repetitions: Int) throws -> [Timing] {
        let layer = make()
        let inputs = shapes.map { Input(shape: $0.sample) }
        let model = try Model(inputs: inputs, outputs: [layer(inputs)])
        try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 1)
        let x = shapes.enumerated().map { Tensor.randomNormal($1, seed: UInt64($0)) }
        let batch = x[0].shape[0]
        let weighting = Tensor.randomNormal(try model.predict(x, batchSize: batch)[0].shape, seed: 9)
        let forward = try Timing(repetitions: repetitions, .latency) {
            _ = try model.predict(x, batchSize: batch)
        }
        let training = Timing(repetitions: repetitions, .latency) {
            let (_, pullback) = model.forward(inputs: x, .training)
            _ = pullback([weighting])
            for parameter in model.allParameters { parameter.clearGradient() }
        }
        return [forward, training]
    }
}

/// The families that can be measured, each with problems from networks that use it.
enum LayerFamily: String, CaseIterable, ExpressibleByArgument {
    case attention, depthwise, normalization, sound, transposed, volumes

    var problems: [LayerProblem] {
        switch self {
        case .attention:
            [
                LayerProblem("self-attention-16x128x512", [16, 128, 512]) {
                    SelfAttention(MultiHeadAttention(numHeads: 8, keyDim: 64))
                },
                LayerProblem("causal-16x128x512", [16, 128, 512]) {
                    SelfAttention(MultiHeadAttention(numHeads: 8, keyDim: 64, useCausalMask: true))
                },
                LayerProblem("self-attention-1x128x512", [1, 128, 512]) {
                    SelfAttention(MultiHeadAttention(numHeads: 8, keyDim: 64))
                },
                LayerProblem("self-attention-4x512x256", [4, 512, 256]) {
                    SelfAttention(MultiHeadAttention(numHeads: 4, keyDim: 64))
                },
            ]
        case .normalization:
            [
                LayerProblem("layer-norm-16x128x512", [16, 128, 512]) { LayerNormalization() },
                LayerProblem("group-norm-32x28x28x128", [32, 28, 28, 128]) { GroupNormalization() },
            ]
        case .sound:
            // A second of sound.
            [
                LayerProblem("stft-256-16x16000", [16, 16000, 1]) { STFTSpectrogram(mode: .magnitude) },
                LayerProblem("stft-2048-16x16000", [16, 16000, 1]) {
                    STFTSpectrogram(mode: .magnitude, frameLength: 2048, frameStep: 512)
                },
                LayerProblem("mel-256-16x16000", [16, 16000]) {
                    MelSpectrogram(fftLength: 256, sequenceStride: 128, numMelBins: 64)
                },
                LayerProblem("mel-2048-16x16000", [16, 16000]) { MelSpectrogram() },
            ]
        case .transposed:
            // DCGAN's and U-Net's.
            [(8, 256, 128, 4), (16, 128, 64, 4), (32, 64, 32, 2), (32, 64, 64, 3)].map {
                size, channels, filters, kernel in
                LayerProblem(
                    "transposed\(kernel)-16x\(size)x\(size)x\(channels)", [16, size, size, channels]
                ) {
                    Conv2DTranspose(filters, kernelSize: kernel, strides: 2, padding: .same, useBias: false)
                }
            }
        case .volumes:
            [(16, 32, 32), (16, 32, 64), (8, 64, 64)].map { size, channels, filters in
                LayerProblem(
                    "conv3d-8x\(size)x\(size)x\(size)x\(channels)-\(filters)",
                    [8, size, size, size, channels]
                ) { Conv3D(filters, kernelSize: 3, padding: .same, useBias: false) }
            }
        case .depthwise:
            // MobileNet's, for pictures of 224×224.
            [(112, 32), (56, 128), (28, 256), (14, 512), (7, 1024)].map { size, channels in
                LayerProblem("depthwise-32x\(size)x\(size)x\(channels)", [32, size, size, channels]) {
                    DepthwiseConv2D(kernelSize: 3, padding: .same, useBias: false)
                }
            }
        }
    }
}

/// Queries, keys and values from one input.
private final class SelfAttention: Layer {
    let name: String? = nil
    private let attention: MultiHeadAttention
    var children: [(name: String, layer: any AnyLayer)] { [("attention", attention)] }

    init(_ attention: MultiHeadAttention) { self.attention = attention }

    func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try context.child("attention", attention, [input, input])[0]
    }

    func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let x = input
        let (outputs, pullback) = attention.forward(inputs: [x, x], pass)
        return (
            outputs[0],
            { dy in
                let gradients = pullback([dy])
                return gradients[0] + gradients[1]
            }
        )
    }
}
