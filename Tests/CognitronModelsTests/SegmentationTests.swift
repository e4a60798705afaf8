import Cognitron
import CognitronData
import CognitronModels
import Foundation
import Testing

@Suite("Segmentation networks are their papers' tables")
struct SegmentationTableTests {
    struct Row: CustomTestStringConvertible {
        var testDescription: String
        var parameters: Int
        var statistics: Int
        var multiplyAdds: Int
        var output: Shape
        var make: @Sendable () throws -> Model

        init(
            _ name: String, _ parameters: Int, _ statistics: Int, _ multiplyAdds: Int, _ output: Shape,
            _ make: @escaping @Sendable () throws -> Model
        ) {
            (testDescription, self.parameters, self.statistics) = (name, parameters, statistics)
            (self.multiplyAdds, self.output, self.make) = (multiplyAdds, output, make)
        }
    }

    // Counts of the same networks in PyTorch.
    static let rows = [
        Row("unet-2015", 31_030_658, 0, 150_428_424_448, [388, 388, 2]) { try unet2015() },
        Row("unet, base 64", 31_030_658, 0, 48_096_083_968, [256, 256, 2]) {
            try unet(Input(256, 256, 1), classCount: 2, base: 64)
        },
        Row("unet, base 16", 1_940_834, 0, 753_664_000, [128, 128, 2]) {
            try unet(Input(128, 128, 1), classCount: 2)
        },
        Row("unet, normalised", 482_771, 1_408, 580_386_816, [128, 128, 3]) {
            try unet(Input(128, 128, 3), classCount: 3, depth: 3, batchNormalization: true)
        },
        Row("unet, base 8", 120_699, 0, 81_395_712, [96, 96, 3]) {
            try unet(Input(96, 96, 1), classCount: 3, base: 8, depth: 3)
        },
        Row("fcn-32s-vgg16", 136_152_917, 0, 181_366_000_000, [500, 500, 21]) {
            try fcnVGG16(stride: .thirtyTwo)
        },
        Row("fcn-16s-vgg16", 134_815_994, 0, 181_448_000_000, [500, 500, 21]) {
            try fcnVGG16(stride: .sixteen)
        },
        Row("fcn-8s-vgg16", 134_489_759, 0, 181_529_000_000, [500, 500, 21]) { try fcnVGG16() },
        Row("fcn-8s-vgg16 of 224", 134_489_759, 0, 62_861_000_000, [224, 224, 21]) {
            try fcnVGG16(Input(224, 224, 3))
        },
        Row("segnet-vgg16", 29_449_932, 15_872, 106_387_292_160, [360, 480, 12]) { try segNetVGG16() },
        Row("segnet-vgg16 of 224", 29_449_932, 15_872, 30_953_373_696, [224, 224, 12]) {
            try segNetVGG16(Input(224, 224, 3))
        },
        Row("segnet", 144_579, 768, 175_177_728, [96, 96, 3]) { try segNet(Input(96, 96, 1), classCount: 3) },
    ]

    @Test("Parameters, multiply-adds and outputs", arguments: rows)
    func counts(_ row: Row) throws {
        let model = try row.make()
        func count(_ isStatistic: Bool) -> Int {
            model.parameters.filter { $0.isStatistic == isStatistic }
                .reduce(0) { $0 + $1.shape.elementCount }
        }
        #expect(count(false) == row.parameters)
        #expect(count(true) == row.statistics)
        #expect(model.outputShape == row.output)
        let input = try #require(model.inputShape)
        let multiplyAdds = model.multiplyAdds(inputs: [input], outputs: [])
        // Those of FCN were printed to the million.
        let unit = row.testDescription.hasPrefix("fcn") ? 1_000_000 : 1
        #expect((multiplyAdds + unit / 2) / unit == row.multiplyAdds / unit, "\(multiplyAdds)")
    }

    @Test("By name they are made for pictures with classes of pixels")
    func names() throws {
        for name in ["unet", "fcn-32s", "fcn-16s", "fcn-8s", "segnet"] {
            let network = try ModelName(named: name)
            let model = try network.make(task: network.exampleTask)
            #expect(model.inputShape == [128, 128, 3] && model.outputShape == [128, 128, 11])
            #expect(try network.make(inputShape: [64, 48, 1], classCount: 2).outputShape == [64, 48, 2])
        }
        let error = #expect(throws: CognitronError.self) {
            try ModelName.unet2015.make(inputShape: [128, 128, 1], classCount: 2)
        }
        #expect(error?.expected == "at least 188 × 188")
        #expect(throws: CognitronError.self) { try unet(depth: 0) }
        #expect(throws: CognitronError.self) { try segNet(stages: []) }
        #expect(throws: CognitronError.self) { try fcn(classCount: 0) }
    }

    @Test("The transposed convolution before the classes stays bilinear, those before are trained")
    func frozen() throws {
        let model = try fcn(Input(64, 64, 3), classCount: 3)
        let frozen = model.parameters.filter { !$0.isTrainable && !$0.isStatistic }.map(\.name)
        #expect(frozen.count == 1 && frozen[0].hasSuffix("up/kernel"))
    }
}

@Suite("Segmentation networks predict what PyTorch's do")
struct SegmentationPeerTests {
    struct Peer: CustomTestStringConvertible {
        var testDescription: String
        var size: Int
        var make: @Sendable (_ input: Input) throws -> Model

        init(_ name: String, _ size: Int, _ make: @escaping @Sendable (_ input: Input) throws -> Model) {
            (testDescription, self.size, self.make) = (name, size, make)
        }
    }

    static let peers =
        [
            Peer("unet", 32) { try unet($0, classCount: 5, base: 8, depth: 3) },
            Peer("unet, normalised", 32) {
                try unet($0, classCount: 5, base: 8, depth: 3, batchNormalization: true)
            },
            Peer("unet, odd", 27) { try unet($0, classCount: 5, base: 8, depth: 3) },
            Peer("unet, valid", 60) { try unet($0, classCount: 5, base: 4, depth: 2, padding: .valid) },
            Peer("fcn-8s, odd", 45) { try fcn($0, classCount: 5, base: 4) },
            Peer("segnet", 32) { try segNet($0, classCount: 5, stages: [[8, 8], [16, 16]]) },
            Peer("segnet, odd", 45) {
                try segNet($0, classCount: 5, stages: [[4, 4], [8, 8, 8], [16, 16, 16]])
            },
        ]
        + FCNStride.allCases.flatMap { stride in
            [
                Peer("fcn-\(stride.rawValue)s", 64) { try fcn($0, classCount: 5, stride: stride, base: 4) },
                Peer("fcn-\(stride.rawValue)s-vgg16", 50) {
                    try fcnVGG16($0, classCount: 5, stride: stride, width: 1 / 32)
                },
            ]
        }

    @Test("Probabilities agree to 1e-4, in networks for one size and for any", arguments: peers)
    func probabilities(_ peer: Peer) throws {
        let file = try #require(
            Bundle.module.url(forResource: "segmentation", withExtension: "json", subdirectory: "Fixtures"))
        let outputs = try JSONDecoder().decode([String: [[Float]]].self, from: Data(contentsOf: file))
        let expected = try #require(outputs[peer.testDescription])
        let shape: Shape = [2, peer.size, peer.size, 3]
        let x = Tensor(Numbers(of: "input", count: shape.elementCount).map { $0 * 4 }, shape: shape)

        let model = try peer.make(Input(shape: shape.sample))
        try PeerTests.setTorchWeights(of: model)
        PeerTests.setStatistics(of: model, x)
        let prediction = try model.predict(x)
        let size = prediction.shape[1]
        let pixels = prediction.slice(axis: 1, 0..<size, by: 7).slice(axis: 2, 0..<size, by: 7)
        #expect(pixels.isClose(to: Tensor(expected.flatMap { $0 }, shape: pixels.shape), absolute: 1e-4))

        // Of odd sizes SegNet must know before which they are.
        guard peer.testDescription != "segnet, odd" else { return }
        let free = try peer.make(Input(nil, nil, 3))
        for (own, other) in zip(free.parameters, model.parameters) { own.value = other.value }
        #expect(try free.predict(x).isClose(to: prediction, absolute: 1e-5))
    }
}

@Suite("Segmentation networks take pictures of any size")
struct AnySizeTests {
    @Test("A dense classifier as a convolution gives the same classes, on larger pictures a map of them")
    func denseAsConvolution() throws {
        let classifier = Sequential {
            Input(8, 8, 3)
            Conv2D(4, kernelSize: 3, padding: .same, activation: .relu, name: "features")
            MaxPooling2D()
            Flatten()
            Dense(6, activation: .relu, name: "dense")
            Dense(3, activation: .softmax, name: "classes")
        }
        try classifier.compile(optimizer: SGD(), loss: .sparseCategoricalCrossentropy, seed: 1)
        let map = Sequential {
            Input(nil, nil, 3)
            Conv2D(4, kernelSize: 3, padding: .same, activation: .relu, name: "features")
            MaxPooling2D()
            Conv2D(6, kernelSize: 4, activation: .relu, name: "dense")
            Conv2D(3, kernelSize: 1, activation: .softmax, name: "classes")
        }
        try map.compile(optimizer: SGD(), loss: .sparseCategoricalCrossentropy, seed: 2)
        // (4 · 4 · 4, 6) → (4, 4, 4, 6)
        for (own, other) in zip(map.parameters, classifier.parameters) {
            own.value = other.value.reshaped(own.shape)
        }
        let x = Tensor.randomUniform([2, 8, 8, 3], seed: 3)
        let classes = try classifier.predict(x)
        #expect(try map.predict(x).reshaped([2, 3]).isClose(to: classes, absolute: 1e-6))

        // The picture in the lower right corner of a larger one, whose features there see the same pixels.
        let large = x.padded([(0, 0), (8, 0), (8, 0), (0, 0)])
        let scores = try map.predict(large)
        #expect(scores.shape == [2, 5, 5, 3])
        #expect(scores.slice(axis: 1, 4).slice(axis: 1, 4).isClose(to: classes, absolute: 1e-6))
    }
}

@Suite("Segmentation networks' gradients agree with finite differences")
struct SegmentationGradientTests {
    static let networks: [SegmentationPeerTests.Peer] = [
        .init("unet", 8) { try unet($0, classCount: 3, base: 3, depth: 2) },
        .init("unet, valid", 20) { try unet($0, classCount: 3, base: 3, depth: 1, padding: .valid) },
        .init("segnet", 8) { try segNet($0, classCount: 3, stages: [[3], [3]]) },
        .init("fcn-8s", 48) { try fcn($0, classCount: 3, base: 2) },
    ]

    @Test("Every tensor of weights, and the pictures", arguments: networks)
    func gradients(_ network: SegmentationPeerTests.Peer) throws {
        let shape: Shape = [network.size, network.size, 3]
        let model = try network.make(Input(shape: shape))
        let input = Tensor.randomUniform(shape.batched(2), in: -1..<1, seed: 3)
        // SegNet's output jumps where another pixel becomes a maximum: small steps cross fewer of these.
        let report = try GradientChecker.check(model, input: input, directions: 16, step: 0.0005)
        #expect(report.findings.count == 1 + model.parameters.filter(\.isTrainable).count)
        let errors = report.findings.map(\.largestError).sorted()
        #expect(errors[errors.count / 2] < 0.03, "\(report)")
        #expect(errors[errors.count * 9 / 10] < 0.2, "\(report)")
        #expect(report.largestError < 0.9, "\(report)")
        let sizes = report.findings.map { abs($0.estimate) }.sorted()
        #expect(sizes[sizes.count / 2] > 1e-3)
    }
}

@Suite("Segmentation networks learn drawn shapes", .serialized)
struct SegmentationLearningTests {
    /// Pictures of 32×32 with the pixels of the shape.
    private static func source(_ split: DatasetSplit, _ count: Int) -> any BatchSource {
        ShapeMasks(Shapes(split: split, size: 32, channels: .grey)).source(count: count).map {
            batch -> Batch in
            Batch(inputs: batch.inputs, targets: [batch.targets[0] .> 0])
        }
    }

    struct Network: CustomTestStringConvertible {
        var testDescription: String
        /// The mean IoU that it must pass. U-Net without its skips reached 0.88, SegNet that enlarges without
        /// indices 0.895, FCN without the scores of earlier stages 0.63.
        var level: Float
        var make: @Sendable (_ input: Input) throws -> Model
    }

    static let networks = [
        Network(testDescription: "unet", level: 0.93) {
            try unet($0, classCount: 2, base: 8, depth: 3, batchNormalization: true)
        },
        Network(testDescription: "segnet", level: 0.905) {
            try segNet($0, classCount: 2, stages: [[8, 8], [16, 16], [32, 32]])
        },
        Network(testDescription: "fcn-8s", level: 0.7) { try fcn($0, classCount: 2, base: 8) },
    ]

    @Test("Mean IoU on other drawings", arguments: networks)
    func learning(_ network: Network) throws {
        let model = try network.make(Input(32, 32, 1))
        let recipe = try TaskRecipe(for: .segmentation(classNames: ["ground", "shape"]), model)
        try model.compile(
            optimizer: Adam(learningRate: 0.005), losses: recipe.losses, metrics: recipe.metrics, seed: 1)
        try model.fit(Self.source(.train, 600), batchSize: 20, epochs: 4, verbose: .silent)
        let scores = try model.evaluate(Self.source(.test, 200))
        #expect(try #require(scores["mean_io_u"]) > network.level, "\(scores)")
    }

    private static let shapes = DataTask.segmentation(classNames: ShapeMasks.classNames)

    @Test("A network without padding learns the middle of each mask")
    func middle() throws {
        let model = try unet(Input(60, 60, 1), base: 4, depth: 2, padding: .valid)
        let recipe = try TaskRecipe(for: Self.shapes, model)
        #expect(recipe.targets == .middle(height: 20, width: 20))
        let part = ShapeMasks(Shapes(size: 60, channels: .grey)).source(count: 4)
        let whole = try #require(try part.batch([0, 1], nil)).targets[0]
        let batch = try #require(try recipe.targets.source(part).batch([0, 1], nil))
        #expect(batch.targets[0] == whole.slice(axis: 1, 20..<40).slice(axis: 2, 20..<40))
        let full = try TaskRecipe(for: Self.shapes, try unet(Input(16, 16, 1), base: 4, depth: 2))
        #expect(full.targets == .given)
    }
}
