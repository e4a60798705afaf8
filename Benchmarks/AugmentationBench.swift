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
        let images = Shapes.make(count: 512).images
        let usual: [Augmentation] = [.alternatingFlip, .randomCrop(padding: 4), .cutout(size: 8)]
        var cases: [(name: String, rules: [Augmentation])] = [("none", []), ("flip+crop+cutout", usual)]
        for name in AugmentationName.registered {
            cases.append((name.name, [try name.augmentation(for: images.shape.sample)]))
        }
        print("augmentation        images/s")
        for (name, rules) in cases {
            let source = SampleSource([images]).augmented(rules)
            var epoch = 0
            let timing = try Timing(repetitions: options.repetitions) {
                epoch += 1
                _ = try source.batch(Array(0..<512), Draw(epoch: epoch, key: RandomKey(seed: 1)))
            }
            let figure = Figure("augmentation/\(name)", "images/s", amount: 512, timing)
            report.add(figure)
            print(name.padding(16), column(figure.median, 0, width: 11))
        }
        try report.write(to: options.json)
    }
}
