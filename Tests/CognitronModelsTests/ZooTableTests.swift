import Cognitron
import CognitronModels
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
    ]

    @Test("Parameters and multiply-adds", arguments: rows)
    func counts(_ row: Row) throws {
        let model = try row.make()
        func count(_ isTrainable: Bool) -> Int {
            model.parameters.filter { $0.isTrainable == isTrainable }.reduce(0) { $0 + $1.shape.elementCount }
        }
        #expect(count(true) == row.trainable)
        #expect(count(false) == row.statistics)
        let input = try #require(model.inputShape)
        #expect(model.multiplyAdds(inputs: [input], outputs: []) == row.multiplyAdds)
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

    @Test("Without the classifier: feature maps, or one number for each channel")
    func features() throws {
        #expect(try vgg(depth: 16, inputShape: [64, 96, 3], includeTop: false).outputShape == [2, 3, 512])
        #expect(
            try imageNetResNet(depth: 50, inputShape: [64, 64, 3], includeTop: false, pooling: .average)
                .outputShape == [2048])
        #expect(try mobileNetV2(width: 0.5, includeTop: false, pooling: .max).outputShape == [1280])
    }

    @Test("What a network cannot be is refused in its own words")
    func refusals() throws {
        let errors: [@Sendable () throws -> Model] = [
            { try vgg(depth: 12) }, { try imageNetResNet(depth: 20) },
            { try wideResNet(depth: 17, width: 4) },
            { try denseNetBC(depth: 41) }, { try mobileNet(width: 0) }, { try leNet5(classCount: 11) },
            { try vgg(depth: 11, inputShape: [16, 16, 3]) }, { try alexNet(inputShape: [32, 32, 3]) },
            { try mobileNetV2(classCount: 0) },
        ]
        for make in errors { #expect(throws: CognitronError.self) { try make() } }
    }
}
