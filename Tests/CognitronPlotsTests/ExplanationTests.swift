import Cognitron
import Testing

@testable import CognitronPlots

@Suite("Explanations")
struct ExplanationTests {
    private let picture = Tensor([1, 2, 3, 4] as [Float], shape: [2, 2, 1])

    /// Two maps, x and −x; class 0 is 2 · mean(x) + mean(−x), class 1 is 3 · mean(−x).
    private func twoMaps() throws -> Model {
        let (convolution, dense) = (Conv2D(2, kernelSize: 1, useBias: false), Dense(2, activation: .softmax))
        let model = Sequential([Input(2, 2, 1), convolution, GlobalAveragePooling2D(), dense])
        try model.build([2, 2, 1])
        convolution.kernel.value = Tensor([1, -1] as [Float], shape: [1, 1, 1, 2])
        dense.kernel.value = [[2, 0], [1, 3]]
        return model
    }

    @Test("Grad-CAM worked by hand")
    func gradCAMByHand() throws {
        let model = try twoMaps()
        // ∂ score 0 / ∂ x = 2 / 4 at each place, / ∂ −x = 1 / 4: map = 0.5 · x + 0.25 · (−x).
        #expect(try model.gradCAM(of: picture, classIndex: 0).isClose(to: [[0.25, 0.5], [0.75, 1]]))
        // 0.75 · (−x) is below 0 everywhere.
        #expect(try model.gradCAM(of: picture, classIndex: 1) == .zeros([2, 2]))
        // The predicted class is 0.
        #expect(try model.gradCAM(of: picture) == model.gradCAM(of: picture, classIndex: 0))
    }

    @Test("Grad-CAM finds a layer of a residual network, and any layer that is named")
    func gradCAMOfResidualNetwork() throws {
        let model = try ModelPartsTests.residual()
        let picture = Tensor.randomNormal([4, 4, 2], seed: 4)
        #expect(try model.lastMapLayer() == "sum")
        #expect(try model.gradCAM(of: picture).shape == [4, 4])
        #expect(try model.gradCAM(of: picture, layer: "inner/conv2d").shape == [4, 4])
        #expect(throws: CognitronError.self) { try model.gradCAM(of: picture, layer: "classes") }
        #expect(throws: CognitronError.self) { try model.gradCAM(of: picture, classIndex: 3) }
    }

    @Test("Saliency is the gradient by finite differences", arguments: 0..<3)
    func saliencyByDifferences(classIndex: Int) throws {
        let layers: [any AnyLayer] = [
            Input(4, 3, 2), Conv2D(3, kernelSize: 2, activation: .tanh), Flatten(), Dense(3),
        ]
        let linear = Sequential(layers)
        try linear.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 5)
        let model = Sequential(layers + [Softmax()])
        let x = Tensor.randomNormal([4, 3, 2], seed: 6)
        let map = try model.saliency(of: x, classIndex: classIndex)
        let step: Float = 1e-2
        for (row, column) in [(0, 0), (1, 2), (3, 1)] {
            let slopes = try (0..<2).map { channel in
                var (low, high) = (x, x)
                low[row, column, channel] -= step
                high[row, column, channel] += step
                let outputs = try linear.predict(Tensor.stacked([low, high]))
                return abs(outputs[1, classIndex] - outputs[0, classIndex]) / (2 * step)
            }
            let largest = try #require(slopes.max())
            #expect(abs(map[row, column] - largest) < 2e-3)
        }
    }

    @Test("Occlusion finds the corner that a network looks at")
    func occlusionOfACorner() throws {
        let dense = Dense(1)
        let model = Sequential([Input(4, 5, 1), Flatten(), dense])
        try model.build([4, 5, 1])
        dense.kernel.value = Tensor([2] + [Float](repeating: 0, count: 19), shape: [20, 1])
        let ones = Tensor.ones([4, 5, 1])
        var corner = Tensor.zeros([4, 5])
        corner[0, 0] = 2
        #expect(try model.occlusionMap(of: ones, size: 1, fill: 0) == corner)
        // A square of 2 covers the corner once, and its neighbours once with it and once or more without.
        let map = try model.occlusionMap(of: ones, size: 2, stride: 1, fill: 0)
        #expect(map[0, 0] == 2 && map[0, 1] == 1 && map[1, 1] == 0.5 && map[0, 2] == 0)
        // The default fill is the picture's mean: it changes nothing here.
        #expect(try model.occlusionMap(of: ones).max() == 0)
        #expect(throws: CognitronError.self) { try model.occlusionMap(of: ones, size: 0) }
    }

    @Test("Feature maps are the layers' outputs, in order")
    func featureMaps() throws {
        let model = try twoMaps()
        let maps = try model.featureMaps(of: picture)
        #expect(maps.map(\.layer) == ["conv2d"] && maps[0].typeName == "Conv2D")
        #expect(maps[0].maps == Tensor([1, -1, 2, -2, 3, -3, 4, -4] as [Float], shape: [2, 2, 2]))
        let flat = Sequential([Input(3), Dense(2)])
        #expect(throws: CognitronError.self) { try flat.featureMaps(of: Tensor.zeros([3])) }
    }

    @Test("Principal components are NumPy's")
    func principalComponents() throws {
        let data: Tensor = [
            [2.5, 2.4, 0.5], [0.5, 0.7, 1.5], [2.2, 2.9, -1], [1.9, 2.2, 0], [3.1, 3, 2], [2.3, 2.7, 0.25],
        ]
        let components = try PrincipalComponents(of: data, count: 3)
        #expect(
            components.components.isClose(
                to: [
                    [0.56882059, 0.63987247, -0.51672658], [0.48348035, 0.24810678, 0.83945803],
                    [-0.66534945, 0.72732816, 0.16823752],
                ], absolute: 1e-5))
        let variances: [Float] = [1.57605965, 1.04894581, 0.01474454]
        #expect(Tensor(components.variances).isClose(to: Tensor(variances), absolute: 1e-5))
        let shares: [Float] = [0.59704883, 0.39736559, 0.00558558]
        #expect(Tensor(components.shares).isClose(to: Tensor(shares), absolute: 1e-5))
        let second: [Float] = [-2.4302894, -0.3621359]
        let places = try PrincipalComponents(of: data, count: 2).transform(data)
        #expect(places[1].isClose(to: Tensor(second), absolute: 1e-5))
        #expect(throws: CognitronError.self) { try PrincipalComponents(of: data, count: 4) }
        #expect(throws: CognitronError.self) {
            try PrincipalComponents(of: Tensor([1, .nan] as [Float], shape: [2, 1]), count: 1)
        }
        #expect(try PrincipalComponents(of: .ones([4, 3]), count: 1).shares == [0])
    }

    @Test("t-SNE keeps three far groups apart, the same way each time")
    func neighbourEmbedding() throws {
        let centres = Tensor([0, 0, 0, 20, 0, 0, 0, 20, 0] as [Float], shape: [3, 3]).repeated(20, axis: 0)
        let data = centres + Tensor.randomNormal([60, 3], seed: 7)
        let map = try NeighbourEmbedding(of: data, perplexity: 8)
        #expect(try map.places == NeighbourEmbedding(of: data, perplexity: 8).places)
        let places = map.places.scalars
        func distance(_ a: Int, _ b: Int) -> Float {
            let (x, y) = (places[2 * a] - places[2 * b], places[2 * a + 1] - places[2 * b + 1])
            return x * x + y * y
        }
        let strays = (0..<60).filter { sample in
            let nearest = (0..<60).filter { $0 != sample }.sorted {
                distance(sample, $0) < distance(sample, $1)
            }
            return !nearest.prefix(5).allSatisfy { $0 / 20 == sample / 20 }
        }
        #expect(strays.isEmpty, "\(strays) \(places)")
        #expect(map.loss > 0 && map.loss < 1)
        #expect(throws: CognitronError.self) { try NeighbourEmbedding(of: .zeros([3, 2])) }
    }

    @Test("A range test leaves the model as it was, and ends where the loss explodes")
    func rangeTest() throws {
        let model = Sequential([Input(2), Dense(8, activation: .tanh), Dense(1)])
        try model.compile(optimizer: SGD(momentum: 0.9), loss: .meanSquaredError, seed: 8)
        let x = Tensor.randomNormal([128, 2], seed: 9)
        let y = (x * Tensor([1, -2] as [Float])).sum(axis: 1, keepingDimensions: true)
        try model.trainOnBatch(x, y)
        let before = model.parameters.map(\.value)
        let state = try model.optimizer?.saveState()
        let test = try LearningRateRangeTest(model, SampleSource(x, y), rates: 1e-4...100, steps: 60)
        #expect(model.parameters.map(\.value) == before)
        #expect(try model.optimizer?.saveState() == state)
        #expect(test.learningRates.count < 60 && test.learningRates[0] == 1e-4)
        let suggestion = try #require(test.suggestion)
        #expect((1e-3...3).contains(suggestion))
        let texts = try check(Plot.rateTest(test)).contents
        #expect(texts.contains { $0.hasPrefix("steepest at") })
    }
}
