import ArgumentParser
import Cognitron
import CognitronData
import CognitronKernels

/// `bench augmentation`: measures how many images a second augmentations change.
struct AugmentationBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "augmentation", abstract: "Measures images per second of augmentations.",
        usage: "bench augmentation [<options>]",
        discussion: """
            Images of 32×32×3 are taken from bytes, normalised to 0…1 and changed, 512 at a time. The first \
            line measures normalisation alone; the second flip, crop and cutout, as for CIFAR-10; the others \
            each augmentation by itself.
            """)

    @OptionGroup var options: BenchOptions

    func run() throws {
        var report = Report(threads: options.threads)
        let images = Shapes.make(count: Self.batch).images
        print("augmentation        images/s")
        try Self.measure("none", [], images, options, &report)
        try Self.measureUsual(options, &report)
        for name in AugmentationName.registered {
            let rule = try name.augmentation(for: images.shape.sample)
            try Self.measure(name.name, [rule], images, options, &report)
        }
        try report.write(to: options.json)
    }

    private static let batch = 512

    /// The changes that networks for CIFAR-10 are trained with.
    static func measureUsual(_ options: BenchOptions, _ report: inout Report) throws {
        try measure(
            "flip+crop+cutout", [.alternatingFlip, .randomCrop(padding: 4), .cutout(size: 8)],
            Shapes.make(count: batch).images, options, &report)
    }

    private static func measure(
        _ name: String, _ rules: [Augmentation], _ images: Images, _ options: BenchOptions,
        _ report: inout Report
    ) throws {
        let source = SampleSource([images]).augmented(rules)
        var epoch = 0
        let timing = try Timing(repetitions: options.repetitions) {
            epoch += 1
            _ = try source.batch(Array(0..<batch), Draw(epoch: epoch, key: RandomKey(seed: 1)))
        }
        let figure = Figure("augmentation/\(name)", "images/s", amount: Double(batch), timing)
        report.add(figure)
        print(name.padding(16), column(figure.median, 0, width: 11))
    }
}
