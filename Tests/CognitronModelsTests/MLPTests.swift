import Cognitron
import CognitronData
import CognitronModels
import Testing

@Suite("Multilayer perceptrons for tables")
struct MLPTests {
    /// Columns and targets as they stand in a spreadsheet: far from 0, of different sizes, one always the
    /// same.
    private static func table(_ rows: Int) -> (x: Tensor, y: Tensor) {
        var generator = RandomKey(seed: 9).generator()
        let samples = (0..<rows).map { _ in
            [
                Float.random(in: 1_000_000...3_000_000, using: &generator),
                Float.random(in: 0...0.001, using: &generator), 1_000.1,
            ]
        }
        let targets = samples.flatMap { [$0[0] / 10 + 50_000, 1_000 * $0[1] * $0[1] + 3] }
        return (Tensor(samples.flatMap { $0 }, shape: [rows, 3]), Tensor(targets, shape: [rows, 2]))
    }

    @Test("Regression learns raw columns, and no target outweighs another")
    func regression() throws {
        let (x, y) = Self.table(400)
        let source = SampleSource(x, y)
        let task = DataTask.regression(targetNames: ["price", "rent"])
        let model = try ModelName.mlp.make(inputShape: [3], task: task)
        try model.adaptNormalization(to: source)
        let recipe = try ModelName.mlp.recipe(for: task, model)
        try model.compile(
            optimizer: Adam(learningRate: 0.01), losses: recipe.losses,
            metrics: [.r2Score(classAggregation: .uniformAverage)], seed: 1)
        let before = try model.evaluate(source)
        #expect(before.loss > 0.3 && before.loss < 5, "1 is the loss of predicting the mean")
        let history = try model.fit(source, batchSize: 32, epochs: 15, verbose: .silent)
        let score = try #require(history["r2_score"].last)
        #expect(score > 0.97)
    }

    @Test("Loss and gradient of scaled errors agree with finite differences")
    func gradient() throws {
        let task = DataTask.regression(targetNames: ["a", "b"])
        let model = try ModelName.mlp.make(inputShape: [3], task: task)
        let (x, y) = Self.table(40)
        try model.adaptNormalization(to: SampleSource(x, y))
        let loss = try TaskRecipe(for: task, model).losses[0]
        let target = y[0..<2]
        let prediction = target + Tensor([30_000, 1e-4, -10_000, 2e-4], shape: [2, 2])
        let (value, gradient) = loss(prediction, target)
        for (index, step) in [Float(64), 1e-4].enumerated() {
            var moved = prediction
            moved[0, index] += step
            var back = prediction
            back[0, index] -= step
            let slope = (loss(moved, target).loss - loss(back, target).loss) / (2 * step)
            #expect(abs(slope / gradient[0, index] - 1) < 0.02)
        }
        #expect(value > 0)
    }

    @Test("Classification has a class for each output; other shapes are flattened")
    func classification() throws {
        let task = DataTask.classification(classNames: ["a", "b", "c"])
        let model = try ModelName.mlp.make(inputShape: [8], task: task)
        #expect(model.outputShape == [3])
        // Two statistics of 8 columns, then 8 · 64 + 64, 64 · 64 + 64 and 64 · 3 + 3.
        #expect(model.parameterCount == 16 + 576 + 4_160 + 195)
        let pictures = try ModelName.mlp.make(inputShape: [4, 4, 1], task: task)
        #expect(pictures.parameterCount == 16 * 64 + 64 + 4_160 + 195)
    }

    @Test("Hidden layers stand behind the name's colon")
    func names() throws {
        let name = try ModelName(named: "mlp:16,8")
        #expect(name.summary.contains("16 and 8 units"))
        let model = try name.make(inputShape: [2], task: .regression(targetNames: ["y"]))
        // The statistics of 2 columns and 1 target, then 2 · 16 + 16, 16 · 8 + 8 and 8 + 1.
        #expect(model.parameterCount == 4 + 2 + 48 + 136 + 9)
        for wrong in ["mlp:", "mlp:0", "mlp:8,x"] {
            let error = #expect(throws: CognitronError.self) { try ModelName(named: wrong) }
            #expect(error?.expected == "units such as mlp:128,64", "\(wrong)")
        }
    }

    @Test("What no network is made for is refused with the networks that fit")
    func misfits() throws {
        let regression = DataTask.regression(targetNames: ["y"])
        let error = #expect(throws: CognitronError.self) { try ModelName.lenet.make(task: regression) }
        #expect(
            error?.description.contains(
                "lenet: is no network for regression; expected classification, got regression; models that "
                    + "fit: mlp") == true)
        let shape = #expect(throws: CognitronError.self) {
            try ModelName.lenet.make(inputShape: [8], classCount: 3)
        }
        #expect(shape?.advice == "models that fit: mlp")
    }

    @Test("A network without targets learns its input")
    func autoencoder() throws {
        let name = ModelName("copy", "one dense layer", tasks: [.unlabelled], inputShape: [3]) { shape, _ in
            let model = Sequential {
                Input(shape: shape); Dense(3)
            }
            try model.build(shape)
            return model
        }
        let model = try name.make(task: .unlabelled)
        let recipe = try name.recipe(for: .unlabelled, model)
        #expect(recipe.score == "mean_squared_error")
        let x = Tensor.randomUniform([64, 3], seed: 2)
        let source = try recipe.targets.source(SampleSource([x]))
        let batch = try #require(try source.batch([5], nil))
        #expect(batch.targets[0] == x[5..<6])
        try model.compile(optimizer: Adam(learningRate: 0.05), losses: recipe.losses, seed: 1)
        let history = try model.fit(source, epochs: 30, verbose: .silent)
        let (first, last) = (try #require(history["loss"].first), try #require(history["loss"].last))
        #expect(last < 0.1 * first)
    }
}
