import Cognitron
import Testing

@testable import CognitronDetection
@testable import CognitronModels

@Suite("Parts of two-stage detectors")
struct RegionPartTests {
    @Test("Pictures get a shorter side of 800, unless the longer one would exceed 1333")
    func sizes() {
        let transform = PictureTransform.imageNet
        let cases = [
            (480, 640, 800, 1066), (640, 480, 1066, 800), (100, 400, 333, 1333), (800, 800, 800, 800),
        ]
        for (height, width, expectedHeight, expectedWidth) in cases {
            let size = transform.size(PictureSize(height: height, width: width))
            #expect(size == PictureSize(height: expectedHeight, width: expectedWidth))
        }
        #expect(
            transform.padded(PictureSize(height: 801, width: 800)) == PictureSize(height: 832, width: 800))
        let batch = transform.batch([.zeros([2, 4, 3])])
        let box = Box(left: 1, top: 1, right: 3, bottom: 2)
        #expect(batch.scaled(box, 0) == Box(left: 333.25, top: 333, right: 999.75, bottom: 666))
        #expect(batch.restored(batch.scaled(box, 0), 0) == box)
    }

    @Test("Regions are cut from the level that suits their area, in their order")
    func levels() {
        // 224² is cut from the level with strides of 16, each halving of the side from a finer one.
        let levels = [4, 8, 16, 32].map { stride in
            Tensor(repeating: Float(stride), shape: [1, 448 / stride, 448 / stride, 1])
        }
        let sides: [Float] = [448, 20, 224, 112, 223]
        let regions = sides.map { Box(left: 0, top: 0, right: $0, bottom: $0) }
        let crops = FeatureCrops(size: 1).crops(of: levels, [regions], height: 448)
        #expect(crops.output.scalars == [32, 4, 16, 8, 8])
        let gradients = crops.pullback(Tensor([1, 2, 3, 4, 5], shape: [5, 1, 1, 1]))
        #expect(gradients.map { $0.sum().rounded() } == [2, 9, 3, 1])
        let finer = FeatureCrops(size: 1, levelCount: 2).crops(of: levels, [regions], height: 448)
        #expect(finer.output.scalars == [8, 4, 8, 8, 8])
    }

    @Test("A mask of ones fills its box, and nothing else")
    func pasting() {
        let box = Box(left: 2, top: 1, right: 6, bottom: 5)
        let mask = MaskPasting.pasted(.ones([4, 4]), into: box, PictureSize(height: 8, width: 9)) .> 0.5
        var expected = Tensor.zeros([8, 9])
        for row in 1..<5 { for column in 2..<6 { expected[row, column] = 1 } }
        // The box grows to the whole pixels that it touches.
        #expect((mask - expected).map(abs).sum() <= 9)
        let outside = Box(left: -20, top: -20, right: -10, bottom: -10)
        #expect(
            MaskPasting.pasted(.ones([4, 4]), into: outside, PictureSize(height: 3, width: 3)).sum() == 0)
        let large = Box(left: -2, top: -2, right: 6, bottom: 6)
        #expect(MaskPasting.pasted(.ones([4, 4]), into: large, PictureSize(height: 4, width: 4)).min() == 1)
    }

    @Test("Losses by hand")
    func losses() {
        // ln(1 + e⁻¹) and ln(1 + e²) of an object at 1 and background at 2.
        let objectness = RegionLosses.objectness([0, 1, 2], positives: [1], negatives: [2])
        #expect(abs(objectness.loss - (0.313_262 + 2.126_928) / 2) < 1e-5)
        #expect(objectness.gradient[0] == 0)
        // With β = 1/9, 0.1 costs 0.1² · 4.5, and 1 costs 1 − 1/18.
        let offsets = RegionLosses.offsets(
            Tensor([0, 0, 0, 0, 0.1, 0, 1, 0], shape: [2, 4]), rows: [1], wanted: [[0, 0, 0, 0]], count: 2)
        #expect(abs(offsets.loss - (0.045 + 1 - 1.0 / 18) / 2) < 1e-6)
        #expect(offsets.gradient.isClose(to: Tensor([0, 0, 0, 0, 0.45, 0, 0.5, 0], shape: [2, 4])))
        // Of the true class's mask alone.
        let masks = RegionLosses.masks([[[[9, 0]]]], [1], [[[[1]]]])
        #expect(abs(masks.loss - 0.693_147) < 1e-6)
        #expect(masks.gradient == [[[[0, -0.5]]]])
        #expect(RegionLosses.objectness([1], positives: [], negatives: []).loss == 0)
    }

    @Test("Gradients of a step's losses are those of finite differences")
    func finiteDifferences() throws {
        let picture = Input(nil, nil, 2)
        let features = Conv2D(3, kernelSize: 3, strides: 2, padding: .same, activation: .tanh)(picture)
        let model = try Model.regions(
            backbone: Model(inputs: picture, outputs: features, name: "backbone"),
            boxHead: boxHead(size: 3, channels: 3, units: 4, classCount: 2),
            maskHead: maskHead(size: 4, channels: 3, filters: 3, convolutions: 1, classCount: 2),
            inputShape: [16, 16, 2], name: "tiny")
        let regions = [(1, 2, 9, 12), (3, 0, 13, 8), (6, 6, 15, 15), (0, 9, 5, 16)].map {
            Box(left: Float($0), top: Float($1), right: Float($2), bottom: Float($3))
        }
        var settings = RegionSettings(proposals: .outside { _ in regions })
        (settings.boxCrops, settings.maskCrops) = (FeatureCrops(size: 3), FeatureCrops(size: 4))
        settings.transform.multiple = 2
        var instances = Tensor.zeros([16, 16])
        for row in 3..<10 { for column in 2..<8 { instances[row, column] = 1 } }
        let batch = Batch(
            inputs: [.randomUniform([1, 16, 16, 2], seed: 3)],
            targets: [[[[2, 2, 9, 11, 1], [7, 6, 14, 15, 0]]], instances.expandingDimensions(at: 0)])
        let networks = try RegionNetworks(of: model)
        for parameter in model.parameters where parameter.name.hasSuffix("kernel") {
            parameter.value =
                .randomNormal(parameter.shape, key: RandomKey(seed: 7).folding(parameter.name)) * 0.4
        }
        func run() throws -> (loss: Float, pullback: () -> Void) {
            var run = try RegionRun(settings, networks, batch, .training)
            let (losses, pullback) = run.losses(RandomKey(seed: 1))
            return (losses.reduce(0) { $0 + $1.loss }, pullback)
        }
        try run().pullback()
        let gradients = model.parameters.map(\.gradient.scalars)
        for (parameter, gradient) in zip(model.parameters, gradients) {
            let value = parameter.value
            for place in stride(from: 0, to: gradient.count, by: max(1, gradient.count / 4)) {
                func loss(_ change: Float) throws -> Float {
                    var scalars = value.scalars
                    scalars[place] += change
                    parameter.value = Tensor(scalars, shape: value.shape)
                    defer { parameter.value = value }
                    return try run().loss
                }
                let slope = (try loss(0.01) - loss(-0.01)) / 0.02
                #expect(
                    abs(slope - gradient[place]) < 0.03 * max(abs(slope), 0.1),
                    "\(parameter.name)[\(place)]: \(gradient[place]), by differences \(slope)")
            }
        }
    }
}
