import Testing

@testable import Cognitron

@Suite("Training goes where Keras's training goes")
struct TrainingGoldenTests {
    enum Way: CaseIterable { case trainOnBatch, loopOfOnesOwn }

    @Test(
        "Five steps: each loss, the last weights and statistics", arguments: try GoldenCase.all("training"),
        Way.allCases)
    func steps(_ golden: GoldenCase, _ way: Way) throws {
        struct Arguments: Decodable { var parameters: [String] }
        let isResidual = golden.name == "residual"
        let model = isResidual ? try residual() : cnn()
        let optimizer: any Optimizer =
            isResidual ? Adam(learningRate: 0.01) : SGD(learningRate: 0.05, momentum: 0.9)
        let loss = Loss.sparseCategoricalCrossentropy(fromLogits: true)
        try model.compile(optimizer: optimizer, loss: loss)

        let names = try golden.configuration(Arguments.self).parameters
        #expect(model.parameters.map(\.name).sorted() == names.sorted())
        // Keras sorts a graph's layers by their distance from the output; ours run, and stand, in the order of calls.
        if !isResidual { #expect(model.parameters.map(\.name) == names) }
        for parameter in model.parameters { parameter.value = try golden["before/\(parameter.name)"] }
        let (x, y) = (try golden["x"], try golden["y"])
        expectClose(try model.predict(x[0]), try golden["prediction_before"], "prediction before")

        var losses: [Float] = []
        for step in 0..<x.shape[0] {
            switch way {
            case .trainOnBatch: losses.append(try model.trainOnBatch(x[step], y[step]).loss)
            case .loopOfOnesOwn:
                let (output, pullback) = model.forward(x[step], .training)
                let (value, gradient) = loss(output, y[step])
                _ = pullback(gradient)
                optimizer.step(model.parameters)
                losses.append(value)
            }
        }
        // Rounding errors grow from step to step, through five forward and backward passes.
        expectClose(Tensor(losses), try golden["losses"], "losses")
        for parameter in model.parameters {
            expectClose(parameter.value, try golden["after/\(parameter.name)"], parameter.name)
        }
        expectClose(try model.predict(x[0]), try golden["prediction_after"], "prediction after")
    }

    private func cnn() -> Model {
        Sequential {
            Input(8, 8, 2)
            Conv2D(4, kernelSize: 3, padding: .same, useBias: false, name: "convolution")
            BatchNormalization(name: "normalization")
            ReLU()
            MaxPooling2D(poolSize: 2)
            Flatten()
            Dense(5, name: "classes")
        }
    }

    /// A block with a shortcut, as in a residual network.
    private func residual() throws -> Model {
        func convolution(_ name: String, _ x: any Symbolic, _ kernelSize: Int, _ strides: Int)
            -> SymbolicTensor
        {
            let y = Conv2D(
                4, kernelSize: kernelSize, strides: strides, padding: .same, useBias: false,
                name: "\(name)_convolution")(x)
            return BatchNormalization(name: "\(name)_normalization")(y)
        }
        let input = Input(7, 6, 3)
        var x = ReLU()(convolution("first", input, 3, 2))
        x = Add()(convolution("second", x, 3, 1), convolution("shortcut", input, 1, 2))
        x = GlobalAveragePooling2D()(ReLU()(x))
        return try Model(inputs: input, outputs: Dense(3, name: "classes")(x))
    }
}
