import Cognitron
import CognitronData
import CognitronModels
import Foundation
import Testing

@Suite("The Siamese network")
struct SiameseTests {
    @Test("Koch's network has 38,951,745 parameters, and its tower 909 million multiply-adds")
    func counts() throws {
        let model = try siamese()
        #expect(model.parameterCount == 38_951_745)
        let tower = try #require(model.layer(named: "tower") as? Model)
        #expect(tower.parameterCount == 38_947_648 && tower.outputShape == [4096])
        #expect(tower.multiplyAdds(inputs: [[105, 105, 1]], outputs: []) == 908_623_872)
        #expect(model.summaryText.contains("Parameters: 38,951,745"))
    }

    /// A small one, for pictures of 8×8.
    private func small() throws -> Model {
        let tower = Sequential(name: "tower") {
            Input(8, 8, 1)
            Conv2D(4, kernelSize: 3, activation: .tanh)
            Flatten()
            Dense(6, activation: .sigmoid)
        }
        try tower.build([8, 8, 1])
        let model = try siamese(tower)
        try model.compile(optimizer: SGD(), loss: .binaryCrossentropy, seed: 1)
        return model
    }

    @Test("σ(Σ w · |h(x₁) − h(x₂)| + b), the same both ways, with gradients from both towers")
    func formula() throws {
        let model = try small()
        let (a, b) = (
            Tensor.randomUniform([3, 8, 8, 1], seed: 1), Tensor.randomUniform([3, 8, 8, 1], seed: 2)
        )
        let output = try model.predict([a, b])[0]
        let tower = try #require(model.layer(named: "tower") as? Model)
        let join = try #require(model.layer(named: "join") as? Dense)
        join.bias.value = [0.5]
        let distance = (try tower.predict(a) - tower.predict(b)).absolute
        let score = distance.matmul(join.kernel.value) + 0.5
        let expected = 1 / (1 + (-score).exponential)
        #expect(try model.predict([a, b])[0].isClose(to: expected, absolute: 1e-5))
        #expect(output != expected)
        #expect(try model.predict([b, a])[0].isClose(to: expected, absolute: 1e-6))
        // The same picture twice: only the bias is left.
        #expect(try model.predict([a, a])[0].isClose(to: Tensor(repeating: 0.62246, shape: [3, 1])))
        let report = try GradientChecker.check(try small(), inputs: [a, b], step: 0.002)
        #expect(report.largestError < 0.02, "\(report)")
    }

    @Test("PyTorch's network with the same weights gives the same probabilities")
    func peer() throws {
        let file = try #require(
            Bundle.module.url(forResource: "zoo", withExtension: "json", subdirectory: "Fixtures"))
        let outputs = try JSONDecoder().decode([String: [[Float]]].self, from: Data(contentsOf: file))
        let expected = try #require(outputs["siamese"]).map { $0[1] }

        let model = try siamese(inputShape: [68, 68, 1])
        let layers = ["conv1", "conv2", "conv3", "conv4", "dense", "join"]
        #expect(model.parameters.count == 2 * layers.count)
        for (number, parameter) in model.parameters.enumerated() {
            let own = number % 2 == 0 ? "weight" : "bias"
            let weight = try #require(PeerWeight(own, parameter.shape, isKeras: false, flattened: nil))
            parameter.value = weight.tensor(of: "\(layers[number / 2]).\(own)")
        }
        let x = Tensor(Numbers(of: "input", count: 4 * 68 * 68).map { $0 * 4 }, shape: [4, 68, 68, 1])
        let output = try model.predict([x[0..<2], x[2..<4]])[0]
        #expect(output.isClose(to: Tensor(expected, shape: [2, 1]), absolute: 1e-4))
    }

    @Test("Towers of other outputs, and pictures that are too small, are refused")
    func refusals() throws {
        let maps = Sequential {
            Input(8, 8, 1); Conv2D(4, kernelSize: 3)
        }
        try maps.build([8, 8, 1])
        let error = #expect(throws: CognitronError.self) { try siamese(maps) }
        #expect(error?.description.contains("expected a built model with one input and one vector") == true)
        #expect(throws: CognitronError.self) { try siamese(inputShape: [40, 40, 1]) }
    }

    @Test("By its name it learns pairs of a classification's samples")
    func byName() throws {
        let name = try ModelName(named: "siamese")
        let task = DataTask.classification(classNames: ["a", "b"])
        let recipe = try name.recipe(for: task, try small())
        #expect(recipe.targets == .pairs && recipe.score == "binary_accuracy")
        let x = Tensor.randomUniform([6, 8, 8, 1], seed: 1)
        let source = try recipe.targets.source(SampleSource(x, [0, 0, 0, 1, 1, 1] as Tensor))
        let batch = try #require(try source.batch([0, 5], nil))
        #expect(batch.inputs.count == 2 && batch.targets[0].shape == [2, 1])
    }
}
