import Cognitron
import CognitronModels
import Foundation
import Testing

@Suite("The classifiers are their papers' tables")
struct ZooTableTests {
    struct Row: CustomTestStringConvertible {
        var name: String
        var trainable: Int
        var statistics: Int
        var multiplyAdds: Int
        var make: @Sendable () throws -> Model

        init(
            _ name: String, _ trainable: Int, _ statistics: Int, _ multiplyAdds: Int,
            _ make: @escaping @Sendable () throws -> Model
        ) {
            (self.name, self.trainable, self.statistics) = (name, trainable, statistics)
            (self.multiplyAdds, self.make) = (multiplyAdds, make)
        }

        var testDescription: String { name }
    }

    // Counts of torchvision's and Keras's networks.
    static let rows = [
        Row("alexnet", 61_100_840, 0, 714_188_480) { try alexNet() },
        Row("alexnet 2012", 60_965_224, 0, 724_406_816) { try alexNet2012() },
        Row("alexnet 2012 without groups", 62_378_344, 0, 1_135_256_096) { try alexNet2012(groups: 1) },
        Row("vgg11", 132_863_336, 0, 7_609_090_048) { try vgg(depth: 11) },
        Row("vgg13", 133_047_848, 0, 11_308_466_176) { try vgg(depth: 13) },
        Row("vgg16", 138_357_544, 0, 15_470_264_320) { try vgg(depth: 16) },
        Row("vgg19", 143_667_240, 0, 19_632_062_464) { try vgg(depth: 19) },
        Row("vgg11-bn", 132_868_840, 5_504, 7_609_090_048) { try vgg(depth: 11, batchNormalization: true) },
        Row("vgg19-bn", 143_678_248, 11_008, 19_632_062_464) { try vgg(depth: 19, batchNormalization: true) },
        Row("googlenet", 6_624_904, 14_560, 1_498_376_192) { try googLeNet() },
        Row("googlenet with auxiliaries", 13_004_888, 15_072, 1_506_748_416) { try GoogLeNet().training },
        Row("resnet18", 11_689_512, 9_600, 1_814_073_344) { try imageNetResNet(depth: 18) },
        Row("resnet34", 21_797_672, 17_024, 3_663_761_408) { try imageNetResNet(depth: 34) },
        Row("resnet50", 25_557_032, 53_120, 4_089_184_256) { try imageNetResNet(depth: 50) },
        Row("resnet101", 44_549_160, 105_344, 7_801_405_440) { try imageNetResNet(depth: 101) },
        Row("resnet152", 60_192_808, 151_424, 11_513_626_624) { try imageNetResNet(depth: 152) },
        Row("densenet121", 7_978_856, 83_648, 2_834_161_664) { try denseNet121() },
        Row("densenet-bc-100-12", 769_162, 23_988, 287_929_692) { try denseNetBC(depth: 100) },
        Row("densenet-bc-40-12", 176_122, 5_088, 72_365_352) { try denseNetBC(depth: 40) },
        Row("mobilenet", 4_231_976, 21_888, 568_740_352) { try mobileNet() },
        Row("mobilenet-v2", 3_504_872, 34_112, 300_774_272) { try mobileNetV2() },
        Row("wrn-16-4", 2_748_890, 3_616, 392_612_352) { try wideResNet(depth: 16, width: 4) },
        Row("wrn-28-10", 36_479_194, 17_952, 5_243_328_768) { try wideResNet(depth: 28, width: 10) },
        // The 288 whitening weights, means and variances; those of the normalisation too.
        Row("airbench94", 1_971_352, 288 + 2_304 + 6, 118_147_360) { try airBench() },
        Row("lenet5", 60_000, 0, 326_520) { try leNet5() },
        // The paper's U-Net-256 and 70×70 discriminator, and the small forms.
        Row("pix2pix-256 generator", 54_413_955, 9_856, 6_048_186_368) {
            try pix2pixGenerator(filters: 64, inputShape: [256, 256, 3])
        },
        Row("pix2pix generator", 1_830_563, 1_440, 24_903_680) { try pix2pixGenerator() },
        Row("pix2pix-256 discriminator", 2_768_705, 1_792, 3_197_140_992) {
            try patchDiscriminator(filters: 64, layers: 3, inputShape: [256, 256, 3])
        },
        Row("pix2pix discriminator", 43_729, 192, 11_243_520) { try patchDiscriminator() },
        Row("autoencoder", 222_384, 0, 221_184) { try denseAutoencoder() },
        Row("conv-autoencoder", 278_369, 0, 6_805_120) { try convolutionalAutoencoder() },
        Row("denoising-autoencoder", 278_369, 0, 6_805_120) { try denoisingAutoencoder() },
        Row("sparse-autoencoder", 402_448, 0, 401_408) { try sparseAutoencoder() },
        Row("vae", 134_165, 0, 6_660_928) { try variationalAutoencoder() },
    ]

    @Test("Parameters and multiply-adds", arguments: rows)
    func counts(_ row: Row) throws {
        let model = try row.make()
        func count(_ isTrainable: Bool) -> Int {
            model.parameters.filter { $0.isTrainable == isTrainable }.reduce(0) { $0 + $1.shape.elementCount }
        }
        #expect(count(true) == row.trainable)
        #expect(count(false) == row.statistics)
        #expect(model.multiplyAdds == row.multiplyAdds)
    }

    @Test("AlexNet's convolutions hold 6 % of its parameters and do 95 % of its work")
    func shares() throws {
        let model = try alexNet2012(groups: 1)
        let features = try alexNet2012(groups: 1, includeTop: false)
        let held = Double(features.parameterCount) / Double(model.parameterCount)
        let done =
            Double(features.multiplyAdds(inputs: [[227, 227, 3]], outputs: []))
            / Double(model.multiplyAdds(inputs: [[227, 227, 3]], outputs: []))
        #expect(abs(held - 0.060) < 0.0005 && abs(done - 0.948) < 0.0005)
    }

    /// Networks without their classifiers, with the trained numbers and the outputs that Keras's or
    /// torchvision's have.
    static let featureRows = [
        Features("alexnet", 2_469_696, [6, 6, 256]) { try alexNet(includeTop: false, pooling: $0) },
        Features("vgg11", 9_220_480, [7, 7, 512]) { try vgg(depth: 11, includeTop: false, pooling: $0) },
        Features("vgg13-bn", 9_410_880, [7, 7, 512]) {
            try vgg(depth: 13, batchNormalization: true, includeTop: false, pooling: $0)
        },
        Features("vgg16", 14_714_688, [7, 7, 512]) { try vgg(depth: 16, includeTop: false, pooling: $0) },
        Features("vgg19", 20_024_384, [7, 7, 512]) { try vgg(depth: 19, includeTop: false, pooling: $0) },
        Features("googlenet", 5_599_904, [7, 7, 1024]) { try googLeNet(includeTop: false, pooling: $0) },
        Features("resnet18", 11_176_512, [7, 7, 512]) {
            try imageNetResNet(depth: 18, includeTop: false, pooling: $0)
        },
        Features("resnet50", 23_508_032, [7, 7, 2048]) {
            try imageNetResNet(depth: 50, includeTop: false, pooling: $0)
        },
        Features("densenet121", 6_953_856, [7, 7, 1024]) { try denseNet121(includeTop: false, pooling: $0) },
        Features("mobilenet", 3_206_976, [7, 7, 1024]) { try mobileNet(includeTop: false, pooling: $0) },
        Features("mobilenet 0.25", 213_072, [7, 7, 256]) {
            try mobileNet(width: 0.25, includeTop: false, pooling: $0)
        },
        Features("mobilenet-v2", 2_223_872, [7, 7, 1280]) { try mobileNetV2(includeTop: false, pooling: $0) },
        Features("mobilenet-v2 1.4", 4_315_776, [7, 7, 1792]) {
            try mobileNetV2(width: 1.4, includeTop: false, pooling: $0)
        },
        // Those of the table above, less the dense layer.
        Features("small resnet18", 11_168_832, [4, 4, 512]) {
            try smallResNet(depth: 18, includeTop: false, pooling: $0)
        },
        Features("wrn-16-4", 2_746_320, [8, 8, 256]) {
            try wideResNet(depth: 16, width: 4, includeTop: false, pooling: $0)
        },
        Features("densenet-bc-100-12", 765_732, [8, 8, 342]) {
            try denseNetBC(depth: 100, includeTop: false, pooling: $0)
        },
        Features("alexnet 2012", 2_334_080, [6, 6, 256]) { try alexNet2012(includeTop: false, pooling: $0) },
    ]

    struct Features: CustomTestStringConvertible {
        var name: String
        var trainable: Int
        var maps: Shape
        var make: @Sendable (_ pooling: FeaturePooling?) throws -> Model
        var testDescription: String { name }

        init(
            _ name: String, _ trainable: Int, _ maps: Shape,
            _ make: @escaping @Sendable (_ pooling: FeaturePooling?) throws -> Model
        ) {
            (self.name, self.trainable, self.maps, self.make) = (name, trainable, maps, make)
        }
    }

    @Test("Without the classifier: feature maps, or one number for each channel", arguments: featureRows)
    func features(_ row: Features) throws {
        let maps = try row.make(nil)
        #expect(maps.outputShape == row.maps)
        let trainable = maps.parameters.filter(\.isTrainable).reduce(0) { $0 + $1.shape.elementCount }
        #expect(trainable == row.trainable)
        for pooling in FeaturePooling.allCases {
            #expect(try row.make(pooling).outputShape == [row.maps[2]])
        }
    }

    @Test("Widths have Keras's counts")
    func widths() throws {
        let counts: [(Float, Int, Int)] = [
            (0.25, 470_072, 1_519_112), (0.5, 1_331_592, 1_968_680), (0.75, 2_585_560, 2_636_424),
        ]
        for (width, first, second) in counts {
            #expect(trainable(try mobileNet(width: width)) == first)
            #expect(trainable(try mobileNetV2(width: width)) == second)
        }
        for (width, count) in [(Float(0.35), 1_677_128), (1.3, 5_386_792), (1.4, 6_108_776)] {
            #expect(trainable(try mobileNetV2(width: width)) == count)
        }
    }

    private func trainable(_ model: Model) -> Int {
        model.parameters.filter(\.isTrainable).reduce(0) { $0 + $1.shape.elementCount }
    }

    @Test("Names hold numbers that no table lists")
    func names() throws {
        let counts = [
            ("wrn-40-4", 8_949_210), ("wrn-16-4:0.3", 2_748_890), ("densenet-bc-40-12", 176_122),
            ("mobilenet:0.25", 470_072), ("mobilenet-v2:1.4", 6_108_776),
        ]
        for (name, count) in counts {
            let network = try ModelName(named: name)
            #expect(network.name == name)
            #expect(trainable(try network.make(classCount: network.classCount)) == count)
        }
        for wrong in [
            "wrn-17-4", "wrn-16", "wrn-16-0", "wrn-16-4:1", "wrn-16-4:", "densenet-bc-41-12",
            "densenet-bc-100000000000000000000-12", "mobilenet:0", "mobilenet:nan", "mobilenet-v2:wide",
        ] {
            let error = #expect(throws: CognitronError.self) { try ModelName(named: wrong) }
            #expect(error?.expected?.contains(", as in ") == true, "\(wrong)")
        }
    }

    @Test("What a network cannot be is refused in its own words")
    func refusals() throws {
        let errors: [(String, @Sendable () throws -> Model)] = [
            ("vgg: has no such depth", { try vgg(depth: 12) }),
            ("resnet: has no such depth", { try imageNetResNet(depth: 20) }),
            ("wrn: has no such depth and width", { try wideResNet(depth: 17, width: 4) }),
            ("wrn-16-4: has no such dropout", { try wideResNet(depth: 16, width: 4, dropout: 1) }),
            ("densenet-bc: has no such depth and growth", { try denseNetBC(depth: 41) }),
            ("densenet121: has no such growth", { try denseNet121(growth: 0) }),
            ("mobilenet: invalid width", { try mobileNet(width: 0) }),
            ("mobilenet-v2: invalid width", { try mobileNetV2(width: .infinity) }),
            ("alexnet-2012: has no such groups", { try alexNet2012(groups: 3) }),
            ("lenet5: has no drawings for so many classes", { try leNet5(classCount: 11) }),
            ("googlenet: takes pictures only", { try googLeNet(inputShape: [8]) }),
        ]
        for (words, make) in errors {
            let error = #expect(throws: CognitronError.self) { try make() }
            #expect(error?.description.hasPrefix(words) == true, "\(error?.description ?? "")")
        }
    }

    @Test(
        "Pictures that are too small, and no classes, are refused by every network by its name",
        arguments: ZooNetwork.all.map(\.name))
    func tooSmall(_ text: String) throws {
        let name = try ModelName(named: text)
        let none = #expect(throws: CognitronError.self) { try name.make(classCount: 0) }
        #expect(none?.description.hasPrefix(Self.stem(name)) == true, "\(none?.description ?? "")")
        // The least size is the one that the error names. Many networks take even a single pixel.
        let channels = name.inputShape[2]
        guard let error = refusal(name, 1, channels) else { return }
        #expect(error.description.contains("the pictures are too small"), "\(error.description)")
        #expect(error.description.hasPrefix(Self.stem(name)))
        let words = error.expected?.split(separator: " ").compactMap { Int($0) }
        let least = try #require(words?.first)
        #expect(refusal(name, least, channels) == nil)
        #expect(refusal(name, least - 1, channels) != nil)
    }

    private func refusal(_ name: ModelName, _ size: Int, _ channels: Int) -> CognitronError? {
        do {
            _ = try name.make(inputShape: [size, size, channels])
            return nil
        } catch { return error as? CognitronError }
    }

    /// The network's name without the numbers that its errors leave out.
    private static func stem(_ name: ModelName) -> String {
        name.name.hasPrefix("densenet-bc") ? "densenet-bc" : name.name.replacing("-imagenet", with: "")
    }

    @Test("Weights of another network are refused with both networks' layers")
    func foreignWeights() throws {
        let file = FileManager.default.temporaryDirectory.appending(
            path: "zoo-\(UUID().uuidString).safetensors")
        defer { try? FileManager.default.removeItem(at: file) }
        try mobileNet(width: 0.25, inputShape: [32, 32, 3], classCount: 10).save(file.path)
        let other = try mobileNet(width: 0.5, inputShape: [32, 32, 3], classCount: 10)
        let error = #expect(throws: CognitronError.self) { try other.load(file.path) }
        let text = try #require(error).description
        #expect(text.contains("conv1/kernel") && text.contains("16") && text.contains("8"), "\(text)")
        let deep = try smallResNet(depth: 18, width: 1 / 16)
        let second = #expect(throws: CognitronError.self) { try deep.load(file.path) }
        #expect(try #require(second).description.contains("layer4.1.conv2"))
    }
}
