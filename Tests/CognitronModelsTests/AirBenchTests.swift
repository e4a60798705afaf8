import Cognitron
import CognitronData
import CognitronModels
import Foundation
import Testing

@Suite("airbench94 and its recipe")
struct AirBenchTests {
    /// What PyTorch computes: Scripts/make-airbench-fixtures.py.
    private struct Expected: Decodable {
        let losses: [Float]
        let projections: [String: [Float]]

        init() throws {
            let file = try #require(
                Bundle.module.url(forResource: "airbench", withExtension: "json", subdirectory: "Fixtures"))
            self = try JSONDecoder().decode(Expected.self, from: Data(contentsOf: file))
        }
    }

    @Test("The first steps of the recipe change losses and weights as PyTorch's do")
    func steps() throws {
        let expected = try Expected()
        let shape: Shape = [16, 32, 32, 3]
        let x = Tensor(Numbers(of: "input", count: shape.elementCount).map { $0 * 4 }, shape: shape)
        let y = Tensor((0..<16).map { Float($0 % 10) })
        let model = try airBench()
        try model.adaptNormalization(to: SampleSource(x, y))
        var weights: [String: Parameter] = [:]
        for parameter in model.parameters where !parameter.isStatistic {
            let (name, form) = try Self.peer(of: parameter)
            parameter.value = form.tensor(of: name)
            if parameter.isTrainable { weights[name] = parameter }
        }
        #expect(Set(weights.keys) == Set(expected.projections.keys))
        try model.compile(
            optimizer: airBenchOptimizer(batchSize: 16, steps: 200),
            loss: .sparseCategoricalCrossentropy(labelSmoothing: 0.2))
        for step in 0..<3 {
            let loss = try model.trainOnBatch(x, y).loss
            #expect(abs(loss - expected.losses[step]) < 1e-4, "step \(step): \(loss)")
            // From step to step rounding errors grow a hundredfold, in PyTorch itself too: the third step's
            // weights say nothing any more.
            for (name, parameter) in weights where step < 2 {
                let want = try #require(expected.projections[name])[step]
                let direction = try Self.direction(parameter)
                let got = (parameter.value * direction).sum()
                // The projection of a random change of the same norm.
                let norm = parameter.value.norm * direction.norm / Float(direction.count).squareRoot()
                let share: Float = (parameter.shape.rank == 1 ? 5e-5 : 1e-3) * (step == 0 ? 1 : 20)
                #expect(
                    abs(got - want) < share * norm, "step \(step), \(name): \(got), expected \(want)")
            }
        }
    }

    /// The numbers that PyTorch projects a weight on, in our layout.
    private static func direction(_ parameter: Parameter) throws -> Tensor {
        let (name, form) = try peer(of: parameter)
        return form.numbers(of: "check \(name)")
    }

    private static func peer(of parameter: Parameter) throws -> (name: String, form: PeerWeight) {
        let path = parameter.name.split(separator: "/").map(String.init)
        let (layer, own) = (path[path.count - 2], path[path.count - 1])
        let name = "\(layer).\(["bias", "beta"].contains(own) ? "bias" : "weight")"
        return (name, try #require(PeerWeight(own, parameter.shape, isKeras: false, flattened: nil)))
    }

    @Test("The recipe learns drawn pictures in 30 steps; the whitening filters stay as they were adapted")
    func learning() throws {
        let (train, test) = (Shapes.make(count: 1_000), Shapes.make(count: 500, split: .test))
        let source = try train.augmented([.alternatingFlip, .randomCrop(padding: 2)])
        let model = try airBench(widths: [16, 32, 32])
        let whitening = try #require(model.layers.first { $0.name == "whiten" } as? Conv2D)
        try adaptAirBench(model, to: source)
        let filters = whitening.kernel.value
        try model.compile(
            optimizer: airBenchOptimizer(batchSize: 100, steps: 30),
            loss: .sparseCategoricalCrossentropy(labelSmoothing: 0.2), metrics: [.accuracy], seed: 1)
        let history = try model.fit(source, batchSize: 100, epochs: 3, verbose: .silent)
        #expect(history.loss[2] < history.loss[0])
        #expect(try #require(try model.evaluate(test.images, test.labels).accuracy) > 0.8)
        #expect(whitening.kernel.value == filters && filters.isFinite)
        #expect(filters.slice(axis: 3, 0..<12) == filters.slice(axis: 3, 12..<24) * -1)
    }

    @Test("The network is for images of other sizes too, and refuses those that are too small")
    func sizes() throws {
        #expect(try airBench(inputShape: [28, 28, 1], classCount: 4).outputShape == [4])
        #expect(try airBench(inputShape: [48, 64, 3], includeTop: false).outputShape == [5, 7, 256])
        let tooSmall: [() throws -> Model] = [
            { try airBench(inputShape: [8, 8, 3]) }, { try airBench(widths: []) },
        ]
        for make in tooSmall {
            #expect(throws: CognitronError.self) { try make() }
        }
    }
}

extension Tensor {
    fileprivate var norm: Float { (self * self).sum().squareRoot() }
}
