import Testing

@testable import Cognitron

@Suite("Training goes where Keras's training goes")
struct TrainingGoldenTests {
    enum Way: CaseIterable {
        case trainOnBatch
        /// As trainOnBatch, with a softmax in the last layer, which the loss takes together with itself.
        case softmaxWithLoss
        case loopOfOnesOwn
    }

    @Test(
        "Five steps: each loss, the last weights and statistics", arguments: try GoldenCase.all("training"),
        Way.allCases)
    func steps(_ golden: GoldenCase, _ way: Way) throws {
        struct Arguments: Decodable { var parameters: [String] }
        let isResidual = golden.name == "residual"
        let activation: ActivationFunction = way == .softmaxWithLoss ? .softmax : .linear
        let model = isResidual ? try residual(activation) : cnn(activation)
        let optimizer: any Optimizer =
            isResidual ? Adam(learningRate: 0.01) : SGD(learningRate: 0.05, momentum: 0.9)
        let loss = Loss.sparseCategoricalCrossentropy(fromLogits: way != .softmaxWithLoss)
        try model.compile(optimizer: optimizer, loss: loss)

        let names = try golden.configuration(Arguments.self).parameters
        #expect(model.parameters.map(\.name).sorted() == names.sorted())
        // Keras sorts a graph's layers by their distance from the output; ours run, and stand, in the order
        // of calls.
        if !isResidual { #expect(model.parameters.map(\.name) == names) }
        for parameter in model.parameters { parameter.value = try golden["before/\(parameter.name)"] }
        let (x, y) = (try golden["x"], try golden["y"])
        expectClose(
            try model.predict(x[0]), activation(try golden["prediction_before"]), "prediction before")

        var losses: [Float] = []
        for step in 0..<x.shape[0] {
            switch way {
            case .trainOnBatch, .softmaxWithLoss: losses.append(try model.trainOnBatch(x[step], y[step]).loss)
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
        expectClose(
            try model.predict(x[0]), activation(try golden["prediction_after"]), "prediction after")
    }

    private func cnn(_ activation: ActivationFunction) -> Model {
        Sequential {
            Input(8, 8, 2)
            Conv2D(4, kernelSize: 3, padding: .same, useBias: false, name: "convolution")
            BatchNormalization(name: "normalization")
            ReLU()
            MaxPooling2D(poolSize: 2)
            Flatten()
            Dense(5, activation: activation, name: "classes")
        }
    }

    /// A block with a shortcut, as in a residual network.
    private func residual(_ activation: ActivationFunction) throws -> Model {
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
        return try Model(inputs: input, outputs: Dense(3, activation: activation, name: "classes")(x))
    }

    @Test(
        "fit: histories and last weights, with weights, validation data, splits and early stopping",
        arguments: try GoldenCase.all("fitting"))
    func fit(_ golden: GoldenCase) throws {
        struct Arguments: Decodable {
            var classes: Int
            var batchSize: Int
            var epochs: Int
            var validationData: Bool?
            var validationSplit: Double?
            var sampleWeight: Bool?
            var classWeight: [Float]?
            var earlyStopping: EarlyStoppingArguments?
        }
        struct EarlyStoppingArguments: Decodable {
            var monitor: String?
            var minDelta: Float?
            var patience: Int?
            var restoreBestWeights: Bool?
        }
        let a = try golden.configuration(Arguments.self)
        let isRegression = a.classes == 1
        let model = Sequential {
            Input(5)
            Dense(6, activation: .tanh, name: "hidden")
            Dense(a.classes, activation: isRegression ? .linear : .softmax, name: "output")
        }
        try model.compile(
            optimizer: Adam(learningRate: 0.02),
            loss: isRegression ? .meanSquaredError : .sparseCategoricalCrossentropy,
            metrics: [isRegression ? .meanAbsoluteError : .accuracy])
        for parameter in model.parameters { parameter.value = try golden["before/\(parameter.name)"] }
        let history = try model.fit(
            try golden["x"], try golden["y"], batchSize: a.batchSize, epochs: a.epochs,
            validationData: a.validationData == true
                ? (try golden["validation_x"], try golden["validation_y"]) : nil,
            validationSplit: a.validationSplit, shuffle: false,
            sampleWeight: a.sampleWeight == true ? try golden["sample_weight"] : nil,
            classWeight: a.classWeight.map { Dictionary(uniqueKeysWithValues: zip($0.indices, $0)) },
            callbacks: a.earlyStopping.map {
                [
                    EarlyStopping(
                        monitor: $0.monitor ?? "val_loss", minDelta: $0.minDelta ?? 0,
                        patience: $0.patience ?? 0,
                        restoreBestWeights: $0.restoreBestWeights ?? false)
                ]
            } ?? [], verbose: .silent)
        let measured = golden.tensors.keys.filter { $0.hasPrefix("history/") }.map { String($0.dropFirst(8)) }
        #expect(history.scores.keys.sorted() == measured.sorted())
        for name in measured { expectClose(Tensor(history[name]), try golden["history/\(name)"], name) }
        for parameter in model.parameters {
            expectClose(parameter.value, try golden["after/\(parameter.name)"], parameter.name)
        }
    }
}
