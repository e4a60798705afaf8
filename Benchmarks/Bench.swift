import ArgumentParser
import Foundation

/// `swift run bench`: measures the convolutions and models of this package on this machine.
@main
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measures convolutions, training and prediction on this machine.",
        usage: "bench [<subcommand>] [<options>]",
        discussion: """
            Without a subcommand it runs conv, which compares all convolution algorithms with the naive \
            one on the layers of LeNet, VGG-lite and ResNet18, forward and backward.

                bench --threads 1 --json figures.json
                bench train --model resnet18 --batch 32 --batch 128
                bench layers --model resnet18
                bench scaling --model vgg-lite --batch 1 --batch 128
                bench rnn --layer lstm --units 128
                bench generate --model gpt
                bench layers-of attention depthwise
                bench files --model resnet50
            """,
        subcommands: [
            ConvolutionBench.self, TrainBench.self, LayerBench.self, PredictBench.self, ScalingBench.self,
            RNNBench.self, LayersOfBench.self, AttentionBench.self, DataBench.self, AugmentationBench.self,
            RegionBench.self, GenerateBench.self, FilesBench.self,
        ],
        defaultSubcommand: ConvolutionBench.self)
}

/// Options of every subcommand.
struct BenchOptions: ParsableArguments {
    // Numbers are parsed unconditionally, so that -1 is an invalid number and not an unknown option.
    @Option(
        parsing: .unconditional,
        help: "Worker threads (default: $COGNITRON_THREADS, else one per available core).")
    var threads: Int?

    @Option(
        name: .customLong("repeat"), parsing: .unconditional,
        help: "Number of measurements; their median is shown.")
    var repetitions = 5

    @Option(help: ArgumentHelp("Also write the figures to this JSON file.", valueName: "file"))
    var json: String?

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads \(threads): expected at least 1") }
        guard repetitions >= 1 else { throw ValidationError("--repeat \(repetitions): expected at least 1") }
        // Checked before the measurements, which take minutes.
        if let json, !Self.isWritable(json) {
            throw ValidationError("--json \(json): no file can be written there")
        }
    }

    private static func isWritable(_ path: String) -> Bool {
        let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        return !path.isEmpty && [nil, .typeRegular].contains(type) && access(folder, W_OK) == 0
    }
}
