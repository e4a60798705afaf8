import Cognitron
import CognitronData
import CognitronModels
import CognitronTesting
import Testing

@Suite("Networks that make pictures of noise")
struct GenerationTests {
    struct Row: CustomTestStringConvertible {
        var name: String
        /// Trained numbers, statistics and multiply-adds of the generator and the discriminator.
        var generator: (Int, Int, Int)
        var discriminator: (Int, Int, Int)
        var make: @Sendable () throws -> Model
        var testDescription: String { name }
    }

    static let rows = [
        // PyTorch's example.
        Row(
            name: "dcgan-64", generator: (3_576_704, 1_920, 104_628_224),
            discriminator: (2_765_568, 1_792, 103_817_216)
        ) { try dcgan64() },
        Row(
            name: "dcgan-64 of 32 filters", generator: (1_100_224, 960, 27_148_288),
            discriminator: (694_656, 896, 26_742_784)
        ) { try dcgan64(filters: 32) },
        // 100·256 + 256, 256·512 + 512, 512·784 + 784; 784·512 + 512, 512·256 + 256, 256 + 1
        Row(name: "gan", generator: (559_632, 0, 558_080), discriminator: (533_505, 0, 532_736)) {
            try gan()
        },
        // 100·6272, 16·128·64 and 16·64 filters' weights, and two numbers of each normalised channel.
        Row(
            name: "dcgan", generator: (759_680, 384, 627_200 + 49 * 131_072 + 196 * 1_024),
            discriminator: (138_625, 256, 196 * 1_024 + 49 * 131_072 + 6_272)
        ) { try dcgan() },
        // Beside these the embedded class: 500 and 50 more inputs; 7,840 and a channel more.
        Row(
            name: "cgan",
            generator: (759_680 + 500 + 50 * 6_272, 384, 627_200 + 50 * 6_272 + 49 * 131_072 + 196 * 1_024),
            discriminator: (138_625 + 7_840 + 1_024, 256, 2 * 196 * 1_024 + 49 * 131_072 + 6_272)
        ) { try conditionalGAN() },
    ]

    @Test("Parameters and multiply-adds of both networks", arguments: rows)
    func counts(_ row: Row) throws {
        let model = try row.make()
        for (name, expected) in [("generator", row.generator), ("discriminator", row.discriminator)] {
            let network = try #require(model.layer(named: name) as? Model)
            func count(_ isTrainable: Bool) -> Int {
                network.parameters.filter { $0.isTrainable == isTrainable }.reduce(0) {
                    $0 + $1.shape.elementCount
                }
            }
            #expect(count(true) == expected.0, "\(name)")
            #expect(count(false) == expected.1, "\(name)")
            #expect(network.multiplyAdds == expected.2, "\(name)")
        }
        let size = model.name == "dcgan-64" ? 64 : 28
        #expect(try SampleGenerator(of: model).sampleShape == [size, size, size == 64 ? 3 : 1])
    }

    @Test("Take pictures of other sizes as far as these can be halved")
    func sizes() throws {
        for shape in [[32, 32, 3], [48, 64, 1], [8, 8, 1]] as [Shape] {
            #expect(try SampleGenerator(of: dcgan(filters: 2, inputShape: shape)).sampleShape == shape)
        }
        let small = try #require(try dcgan(inputShape: [32, 32, 3]).layer(named: "generator") as? Model)
        #expect(small.layers.contains { ($0 as? Reshape)?.targetShape == Shape([4, 4, 256]) })
        let errors: [(String, @Sendable () throws -> Model)] = [
            ("dcgan: the pictures cannot be halved", { try dcgan(inputShape: [27, 28, 1]) }),
            ("dcgan-64: makes pictures of one size only", { try dcgan64(inputShape: [28, 28, 1]) }),
            ("gan: takes pictures only", { try gan(inputShape: [8]) }),
            ("cgan: has no classes", { try conditionalGAN(classCount: 0) }),
        ]
        for (words, make) in errors {
            let error = #expect(throws: CognitronError.self) { try make() }
            #expect(error?.description.hasPrefix(words) == true, "\(error?.description ?? "")")
        }
    }

    @Test(
        "Gradients of a narrow DCGAN agree with finite differences",
        arguments: ["generator", "discriminator"])
    func gradients(_ name: String) throws {
        let model = try dcgan(filters: 2, inputShape: [16, 16, 1])
        let network = try #require(model.layer(named: name) as? Model)
        let shape = try #require(network.inputShape)
        let input = Tensor.randomUniform(shape.batched(6), seed: 3)
        let report = try GradientChecker.check(network, input: input, directions: 8)
        let errors = report.findings.map(\.largestError).sorted()
        #expect(errors[errors.count / 2] < 0.05 && report.largestError < 0.9, "\(report)")
    }

    @Test("By name: a trainer of both networks, whose pictures of a class come to look like it")
    func learning() throws {
        // Class 0 is bright above, class 1 below.
        let labels = (0..<64).map { $0 % 2 }
        let pictures = Tensor.stacked(
            labels.map { label in
                let halves = [Tensor.ones([4, 8, 1]), .zeros([4, 8, 1])]
                return Tensor.concatenated(label == 0 ? halves : halves.reversed(), axis: 0)
            })
        let task = DataTask.classification(classNames: ["above", "below"])
        let model = try conditionalGAN(filters: 4, inputShape: [8, 8, 1], classCount: 2)
        let settings = TrainerSettings(optimizer: { Adam(learningRate: 2e-3, beta1: 0.5) }, seed: 1)
        let trainer = try #require(try ModelName.cgan.trainer(for: task, model, settings))
        #expect(ModelName.cgan.hasTrainer && !ModelName.lenet.hasTrainer)
        try model.compile(trainer)
        try model.fit(
            SampleSource([pictures], [Tensor(labels)]), batchSize: 16, epochs: 60, verbose: .silent)
        let generator = try SampleGenerator(of: model)
        for label in 0..<2 {
            let made = try generator.samples(
                generator.noise(16, seed: 1), classes: Array(repeating: label, count: 16))
            let (above, below) = (
                made[0..<16].slice(axis: 1, 0..<4).mean(), made.slice(axis: 1, 4..<8).mean()
            )
            #expect(label == 0 ? above > below + 0.5 : below > above + 0.5, "\(label): \(above) \(below)")
        }
    }
}
