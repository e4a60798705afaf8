import Cognitron
import Foundation
import Testing

@testable import CognitronDetection
@testable import CognitronModels

/// What torchvision's Mask R-CNN makes of pictures, stage by stage: Scripts/make-rcnn-fixtures.py.
struct RegionFixture: CustomTestStringConvertible {
    let testDescription: String
    let file: Safetensors
    let model: Model
    let settings: RegionSettings

    /// The small one, and where COGNITRON_RCNN_FIXTURE names a file, the published one.
    static func all() throws -> [RegionFixture] {
        let path = Bundle.module.path(forResource: "Fixtures/rcnn", ofType: "safetensors") ?? ""
        var fixtures = [try RegionFixture("small", path, smallNetwork(), smallSettings)]
        if let full = ProcessInfo.processInfo.environment["COGNITRON_RCNN_FIXTURE"] {
            fixtures.append(
                try RegionFixture(
                    "mask-rcnn-resnet50-fpn", full, fasterRCNNResNet50FPN(hasMasks: true), fullSettings))
        }
        return fixtures
    }

    private init(_ name: String, _ path: String, _ model: Model, _ settings: RegionSettings) throws {
        (testDescription, self.model, self.settings) = (name, model, settings)
        file = try Safetensors(contentsOf: path)
        for (name, parameter) in try parameters {
            parameter.value = try #require(file.tensors["weights/\(name)"], "\(name)")
        }
    }

    /// By the network's name and their own.
    var parameters: [(name: String, parameter: Parameter)] {
        get throws {
            try RegionNetworks(of: model).named.flatMap { name, network in
                network.parameters.map { ("\(name)/\($0.name)", $0) }
            }
        }
    }

    subscript(name: String) -> Tensor {
        get throws { try #require(file.tensors[name], "no tensor \(name)") }
    }

    var isSmall: Bool { testDescription == "small" }

    /// The tensors `name.0`, `name.1` …
    func list(_ name: String) throws -> [Tensor] {
        var found: [Tensor] = []
        while let tensor = file.tensors["\(name).\(found.count)"] { found.append(tensor) }
        try #require(!found.isEmpty, "no tensors \(name)")
        return found
    }

    func boxes(_ name: String) throws -> [[Box]] {
        try list(name).map { $0.vectors.map { Box(left: $0.x, top: $0.y, right: $0.z, bottom: $0.w) } }
    }

    private static func smallNetwork() throws -> Model {
        func convolution(_ number: Int, _ x: any Symbolic) -> SymbolicTensor {
            Conv2D(
                8, kernelSize: 3, strides: 2, padding: .explicit(1), activation: .relu, name: "conv\(number)"
            )(x)
        }
        let picture = Input(nil, nil, 3)
        let fine = convolution(2, convolution(1, picture))
        let coarse = convolution(3, fine)
        let pooled = MaxPooling2D(poolSize: 1, strides: 2)(coarse)
        return try .regions(
            backbone: Model(inputs: picture, outputs: [fine, coarse, pooled], name: "backbone"),
            proposer: regionProposer(channels: 8, anchors: 3),
            boxHead: boxHead(size: 4, channels: 8, units: 16, classCount: 3),
            maskHead: maskHead(size: 6, channels: 8, filters: 8, convolutions: 1, classCount: 3),
            inputShape: [24, 30, 3], name: "small")
    }

    private static let smallSettings: RegionSettings = {
        let anchors = AnchorGrid(sizes: [[8], [16], [32]], ratios: [[0.5, 1, 2]])
        var proposals = RegionProposals(
            anchors: anchors, counts: .init(before: 20, after: 12),
            trainingCounts: .init(before: 40, after: 30))
        proposals.sampler = BalancedSampler(count: 4096, positiveShare: 0.5)
        var settings = RegionSettings(proposals: .network(proposals))
        settings.transform = .imageNet
        (settings.transform.shorterSide, settings.transform.longestSide) = (32, 48)
        settings.boxCrops = FeatureCrops(size: 4, levelCount: 2)
        settings.maskCrops = FeatureCrops(size: 6, levelCount: 2)
        settings.sampler = BalancedSampler(count: 4096, positiveShare: 0.25)
        settings.decisions.count = 4
        return settings
    }()

    private static let fullSettings: RegionSettings = {
        var settings = RegionSettings.pyramid
        (settings.transform.shorterSide, settings.transform.longestSide) = (160, 256)
        (settings.decisions.score, settings.decisions.count) = (0.005, 10)
        settings.sampler = BalancedSampler(count: 100_000, positiveShare: 0.25)
        guard case .network(var proposals) = settings.proposals else { return settings }
        proposals.sampler = BalancedSampler(count: 100_000, positiveShare: 0.5)
        settings.proposals = .network(proposals)
        return settings
    }()
}

@Suite("Two-stage detectors do what torchvision's do, each stage on the one before it")
struct RegionPeerTests {
    private let fixtures: [RegionFixture]

    init() throws { fixtures = try RegionFixture.all() }

    @Test("Pictures of two sizes become one batch, and its features")
    func features() throws {
        for fixture in fixtures {
            let batch = fixture.settings.transform.batch(try fixture.list("picture"))
            let expected = try fixture["batch"]
            let every = batch.pictures.slice(axis: 1, 0..<batch.height, by: 4)
                .slice(axis: 2, 0..<batch.width, by: 3)
            try requireClose(every, expected)
            for (size, known) in zip(batch.sizes, try fixture.list("size")) {
                #expect([Float(size.height), Float(size.width)] == known.scalars)
            }
            let networks = try RegionNetworks(of: fixture.model)
            let features = try networks.backbone.predict([batch.pictures])
            for (level, known) in zip(features, try fixture.list("features")) {
                try requireClose(level, known)
            }
        }
    }

    @Test("Objectness and offsets, and the regions that follow from them")
    func proposals() throws {
        for fixture in fixtures {
            guard case .network(let proposals) = fixture.settings.proposals else { continue }
            let networks = try RegionNetworks(of: fixture.model)
            let batch = fixture.settings.transform.batch(try fixture.list("picture"))
            let known = zip(try fixture.list("objectness"), try fixture.list("offsets")).map { [$0, $1] }
            for (level, known) in zip(try fixture.list("features"), known) {
                let outputs = try #require(try networks.proposer?.predict([level]))
                for (output, known) in zip(outputs, known) { try requireClose(output, known) }
            }
            let outputs = known.map { AnchorOutputs($0) }
            let regions = proposals.regions(
                outputs, anchors: proposals.anchors(of: outputs, batch), sizes: batch.sizes, isTraining: false
            )
            for (found, known) in zip(regions, try fixture.boxes("regions")) {
                if fixture.isSmall {
                    requireClose(found, known)
                    continue
                }
                // Of equal scores, torchvision takes any.
                let missing = known.filter { box in !found.contains { $0.iou(box) > 0.999 } }
                #expect(missing.count <= known.count / 50)
            }
        }
    }

    @Test("The features of regions, their logits and offsets, and the objects")
    func boxes() throws {
        for fixture in fixtures {
            let networks = try RegionNetworks(of: fixture.model)
            let batch = fixture.settings.transform.batch(try fixture.list("picture"))
            let (features, regions) = (try fixture.list("features"), try fixture.boxes("regions"))
            let crops = fixture.settings.boxCrops.crops(of: features, regions, height: batch.height).output
            try requireClose(crops, fixture["crops"])
            let answers = try networks.boxHead.predict([try fixture["crops"]])
            try requireClose(answers[0], fixture["logits"])
            try requireClose(answers[1], fixture["box_offsets"])
            let objects = fixture.settings.decisions.objects(
                logits: try fixture["logits"], offsets: try fixture["box_offsets"], regions: regions,
                sizes: batch.sizes)
            for (picture, objects) in objects.enumerated() {
                requireClose(objects.map(\.box), try fixture.boxes("boxes")[picture])
                requireClose(
                    objects.map { batch.restored($0.box, picture) },
                    try fixture.boxes("restored")[picture])
                #expect(objects.map { Float($0.label) } == (try fixture.list("labels")[picture].scalars))
                try requireClose(Tensor(objects.map(\.score)), try fixture.list("scores")[picture])
            }
        }
    }

    @Test("The logits of masks, and the masks in the pictures")
    func masks() throws {
        for fixture in fixtures {
            let networks = try RegionNetworks(of: fixture.model)
            let pictures = try fixture.list("picture")
            let batch = fixture.settings.transform.batch(pictures)
            let (features, boxes) = (try fixture.list("features"), try fixture.boxes("boxes"))
            let crops = fixture.settings.maskCrops.crops(of: features, boxes, height: batch.height).output
            try requireClose(crops, fixture["mask_crops"])
            let logits = try #require(try networks.maskHead?.predict(try fixture["mask_crops"]))
            try requireClose(logits, fixture["mask_logits"])
            let labels = try fixture.list("labels").flatMap { $0.scalars.map { Int($0) + 1 } }
            let small = ActivationFunction.sigmoid(try fixture["mask_logits"])
            var row = 0
            for (picture, known) in try fixture.list("masks").enumerated() {
                for (number, box) in try fixture.boxes("restored")[picture].enumerated() {
                    let mask = MaskPasting.pasted(
                        small.slice(axis: 0, row).slice(axis: 2, labels[row]), into: box,
                        batch.originals[picture])
                    // A probability may be rounded to the other side of ½.
                    let wrong = ((mask .> 0.5) - known.slice(axis: 0, number)).map(abs).sum()
                    #expect(wrong <= 1)
                    row += 1
                }
            }
            let found = try RegionDetector(fixture.model, fixture.settings).detections(in: pictures)
            #expect(found.map(\.count) == boxes.map(\.count))
            #expect(found.joined().allSatisfy { $0.mask != nil })
        }
    }

    @Test("The losses of a step, and gradients of all networks")
    func step() throws {
        for fixture in fixtures {
            let networks = try RegionNetworks(of: fixture.model)
            let batch = Batch(
                inputs: [try fixture["step/pictures"]],
                targets: [try fixture["step/boxes"], try fixture["step/instances"]])
            var run = try RegionRun(
                fixture.settings, networks, batch, fixture.isSmall ? .training : .inference)
            let (losses, pullback) = run.losses(RandomKey(seed: 1))
            pullback()
            #expect(losses.count == 5)
            for (name, loss) in losses {
                let known = try fixture["step/\(name)"].scalar
                #expect(abs(loss - known) <= 1e-3 * max(1, known), "\(name): \(loss), expected \(known)")
            }
            let gradients = fixture.file.tensors.filter { $0.key.hasPrefix("step/gradients/") }
            #expect(!gradients.isEmpty)
            for (name, known) in gradients {
                let parameter = try #require(
                    try fixture.parameters.first { "step/gradients/\($0.name)" == name }?.parameter)
                // The published network's regions are others where scores are equal.
                try requireClose(parameter.gradient, known, "\(name)", within: fixture.isSmall ? 1e-3 : 0.05)
            }
        }
    }

    /// To a share of the largest number.
    private func requireClose(
        _ x: Tensor, _ known: Tensor, _ name: String = "", within share: Float = 1e-3
    ) throws {
        try #require(x.shape == known.shape, "\(name)")
        let largest = known.map(abs).max()
        #expect(x.maximumDifference(from: known) <= share * largest, "\(name)")
    }

    /// To a thousandth of a pixel.
    private func requireClose(_ boxes: [Box], _ known: [Box]) {
        #expect(boxes.count == known.count)
        for (box, known) in zip(boxes, known) {
            #expect((box.values(.corners) - known.values(.corners)).max() < 1e-3)
            #expect((known.values(.corners) - box.values(.corners)).max() < 1e-3)
        }
    }
}
