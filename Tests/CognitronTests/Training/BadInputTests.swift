import Testing

@testable import Cognitron

/// What users get wrong is an error that says what, where and what to do; the weights stay as they were.
@Suite("Bad input")
struct BadInputTests {
    /// The error that `body` throws, as the user reads it.
    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "no error"
        } catch { return "\(error)" }
    }

    private func data(_ count: Int = 12) -> (x: Tensor, y: Tensor) { FitTests.makeData(count) }

    @Test("A kernel that does not fit names the layer, the sizes and the way out")
    func kernelDoesNotFit() {
        let model = Sequential {
            Input(8, 8, 1)
            Conv2D(4, kernelSize: 3)
            MaxPooling2D()
            Conv2D(4, kernelSize: 5)
        }
        let text = message { try model.compile(optimizer: SGD(), loss: .meanSquaredError) }
        #expect(text.hasPrefix("conv2d_1: kernel 5×5 does not fit its 3×3 input (layers before:"))
        #expect(
            text.contains("max_pooling2d 3 × 3 × 4")
                && text.hasSuffix("use padding: .same or a smaller kernel"))
    }

    @Test("Arguments out of range are refused with their names")
    func arguments() {
        let layers: [(any AnyLayer, String)] = [
            (Dense(0), "units"), (Conv2D(-1, kernelSize: 3), "filters"),
            (Conv2D(1, kernelSize: 0), "kernelSize"),
            (Conv2D(1, kernelSize: 3, strides: 0), "strides"),
            (Conv2D(2, kernelSize: 3, groups: 0), "groups"),
            (DepthwiseConv2D(kernelSize: 0), "kernelSize"),
            (DepthwiseConv2D(kernelSize: 3, depthMultiplier: 0), "depthMultiplier"),
            (DepthwiseConv2D(kernelSize: 3, depthMultiplier: Int.max), "depthMultiplier"),
            (Dropout(1), "rate"), (Dropout(.nan), "rate"),
            (BatchNormalization(momentum: 2), "momentum"), (LpPooling2D(p: 0), "p"),
            (Conv2D(Int.max, kernelSize: Int.max), "filters"),
            (LeakyReLU(negativeSlope: -1), "negativeSlope"),
        ]
        for (layer, name) in layers {
            let model = Sequential([Input(8, 8, 2), layer])
            let text = message { try model.compile(optimizer: SGD(), loss: .meanSquaredError) }
            #expect(text.contains("invalid \(name); expected"), "\(text)")
        }
        for optimizer: any Optimizer in [
            SGD(learningRate: -1), Adam(learningRate: .nan), RMSprop(rho: 1), SGD(momentum: 1),
            AdamW(weightDecay: -1), Muon(nsSteps: 0), Muon(momentum: 1), Muon(adamBeta2: 1),
            Muon(excludeLayers: ["("]), Muon(muonA: .nan), Muon(rmsRate: -1), Adagrad(epsilon: -1),
            Adagrad(initialAccumulatorValue: -1), Adadelta(rho: 1), Adamax(beta1: 1), Nadam(beta2: 1),
            Lion(beta1: 1), Lamb(epsilon: .nan), ScheduleFreeAdamW(beta1: 0),
            ScheduleFreeAdamW(warmupSteps: -1), Adafactor(beta2Decay: 0), Adafactor(clipThreshold: 0),
            SGD(clipnorm: 0), SGD(clipvalue: .infinity), Adam(globalClipnorm: -1),
            Adam(clipnorm: 1, clipvalue: 1), Lion(emaMomentum: 1.5), SGD(emaOverwriteFrequency: 0),
            SGD(gradientAccumulationSteps: 1), Lookahead(SGD(), syncPeriod: 0),
            Lookahead(SGD(), slowStepSize: 2), Lookahead(SGD(momentum: 1)),
            MultiOptimizer(OptimizerMap(defaultOptimizer: SGD(), ["a": SGD(momentum: 1)])),
            MultiOptimizer(OptimizerMap(defaultOptimizer: SGD(), ["(": SGD()])),
        ] {
            let model = Sequential([Input(2), Dense(1)])
            #expect(
                message { try model.compile(optimizer: optimizer, loss: .meanSquaredError) }.contains(
                    "invalid"))
        }
        for smoothing: Float in [-0.1, 1.5, .nan] {
            let model = Sequential([Input(2), Dense(3)])
            let loss = Loss.categoricalCrossentropy(fromLogits: true, labelSmoothing: smoothing)
            let text = message { try model.compile(optimizer: SGD(), loss: loss) }
            #expect(
                text.hasPrefix(
                    "categorical_crossentropy: invalid labelSmoothing; expected a number from 0 to 1"),
                "\(text)")
        }
    }

    @Test("Groups that channels or filters cannot be shared among are refused")
    func groups() {
        let cases = [
            (
                Conv2D(9, kernelSize: 3, groups: 3),
                "conv2d: its input's channels cannot be shared among 3 groups; expected a multiple of 3, got 4; "
                    + "change groups, or the filters of the layer before"
            ),
            (
                Conv2D(6, kernelSize: 3, groups: 4),
                "conv2d: invalid filters for 4 groups; expected a multiple of 4, got 6"
            ),
        ]
        for (layer, expected) in cases {
            #expect(message { try Sequential([Input(8, 8, 4), layer]).build([8, 8, 4]) } == expected)
        }
        let depthwise = Sequential([Input(4, 4, 3), DepthwiseConv2D(kernelSize: 5)])
        #expect(
            message { try depthwise.build([4, 4, 3]) }.hasPrefix(
                "depthwise_conv2d: kernel 5×5 does not fit its 4×4 input"))
    }

    @Test("An algorithm of convolution that cannot do the layer's is refused when the model is built")
    func algorithms() {
        let refused: [(Conv2D, String)] = [
            (Conv2D(8, kernelSize: 3, strides: 3, algorithm: .winograd), "strides 1×1 or 2×2, dilation 1"),
            (Conv2D(7, kernelSize: 3, algorithm: .winograd), "8 channels and filters or more"),
            (Conv2D(64, kernelSize: 3, algorithm: .wide), "so few filters"),
            (Conv2D(8, kernelSize: 3, algorithm: .strips), "5 rows of the kernel"),
            (Conv2D(8, kernelSize: 5, algorithm: .strips), "outputs of 4×8 or more"),
            (Conv2D(8, kernelSize: 3, algorithm: .pointwise), "a 1×1 kernel"),
            (Conv2D(8, kernelSize: 1, padding: .explicit(1), algorithm: .pointwise), "no padding"),
            (Conv2D(8, kernelSize: 3, algorithm: .direct), "two groups or more"),
            (Conv2D(8, kernelSize: 3, algorithm: .grouped), "two groups or more"),
            (Conv2D(8, kernelSize: 3, groups: 2, algorithm: .im2col), "one group"),
        ]
        for (layer, expected) in refused {
            let text = message { try Sequential([Input(9, 9, 8), layer]).build([9, 9, 8]) }
            let start = "conv2d: algorithm .\(layer.algorithm.rawValue) cannot do this convolution; expected "
            #expect(text.hasPrefix(start) && text.contains(expected), "\(text)")
            #expect(text.contains("use .automatic"))
        }
    }

    @Test("Labels that are no classes name the sample and the range")
    func labels() throws {
        let (x, _) = data(4)
        for (labels, got) in [([0, 1, 3, 0], "3"), ([0, -1, 0, 0], "-1"), ([0, 0, 0, 0.5], "0.5")]
            as [([Float], String)]
        {
            let model = try FitTests.makeModel()
            let before = model.parameters.map(\.value)
            let text = message { try model.fit(x, Tensor(labels), verbose: .silent) }
            #expect(text.contains("expected a whole number from 0 to 2, got \(got)"), "\(text)")
            #expect(model.parameters.map(\.value) == before)
        }
        let model = try FitTests.makeModel()
        #expect(
            message { try model.fit(x, Tensor([0, Float.nan, 0, 0]), verbose: .silent) }.contains("sample 1"))
    }

    @Test("An input that is not finite names its sample", arguments: [Float.nan, .infinity])
    func notFinite(_ value: Float) throws {
        var (x, y) = data()
        x[7, 1, 1, 0] = value
        let model = try FitTests.makeModel()
        let expected = "input: sample 7: holds a number that is not finite"
        #expect(message { try model.fit(x, y, verbose: .silent) }.hasPrefix(expected))
        #expect(message { _ = try model.predict(x) as Tensor }.hasPrefix(expected))
    }

    @Test("A loss that is not finite leaves the weights as they were before the step")
    func lossNotFinite() throws {
        let model = Sequential([Input(1), Dense(1)])
        try model.compile(optimizer: SGD(learningRate: 1e30), loss: .meanSquaredError, seed: 1)
        let (x, y): (Tensor, Tensor) = ([[1], [2]], [[100], [200]])
        var last = model.parameters.map(\.value)
        let text = message {
            for _ in 0..<10 {
                last = model.parameters.map(\.value)
                try model.fit(x, y, verbose: .silent)
            }
        }
        #expect(text.contains("epoch 1, batch 1 of 1") && text.contains("lower the learning rate"), "\(text)")
        #expect(zip(model.parameters, last).allSatisfy { $0.value.scalars.elementsEqual($1.scalars) })
    }

    /// Twins with everything that a forward pass in training changes, and a batch that both can learn from.
    private func twins(_ loss: Loss = .meanSquaredError) throws -> (a: Model, b: Model, x: Tensor, y: Tensor)
    {
        let models = try (0..<2).map { _ in
            let model = Sequential([
                Input(2), Sequential([BatchNormalization()]), Dense(8), Dropout(0.5), Dense(1),
            ])
            try model.compile(optimizer: Adam(), loss: loss, seed: 1)
            return model
        }
        return (models[0], models[1], .randomNormal([8, 2], seed: 1), .randomNormal([8, 1], seed: 2))
    }

    @Test("After a step that gave a number that is not finite, the model goes on as if it had not been tried")
    func failedStepChangesNothing() throws {
        let (a, b, x, y) = try twins()
        // Inputs whose variance overflows: what they are normalised to is finite, and so is its loss.
        let extreme = Tensor((0..<16).map { $0 / 2 % 2 == 0 ? 1e20 : -1e20 }, shape: [8, 2])
        let statistic = "batch_normalization/moving_variance: the statistic is not finite"
        for (badX, badY, expected) in [
            (x, y * 1e30, "mean_squared_error: the loss is inf"), (extreme, y, statistic),
        ] {
            let text = message { try a.trainOnBatch(badX, badY) }
            #expect(text.contains(expected), "\(text)")
            #expect(a.parameters.map(\.value) == b.parameters.map(\.value))
            #expect(a.parameters.allSatisfy { $0.gradient == .zeros($0.shape) })
            for model in [a, b] { try model.trainOnBatch(x, y) }
            #expect(a.parameters.map(\.value) == b.parameters.map(\.value))
        }
    }

    @Test(
        "A gradient that is not finite is not taken, and is named", arguments: [Float.nan, -.nan, .infinity])
    func gradientNotFinite(_ value: Float) throws {
        let bad = Loss("bad") { prediction, target in
            (.zeros([8]), target[0, 0] == 0 ? Tensor(repeating: value, shape: [8, 1]) : prediction - target)
        }
        let (a, b, x, y) = try twins(bad)
        for model in [a, b] { try model.trainOnBatch(x, y) }
        let text = message { try a.fit(x, Tensor.zeros([8, 1]), verbose: .silent) }
        #expect(text.contains("gamma (epoch 1, batch 1 of 1): the gradient is not finite"), "\(text)")
        for model in [a, b] { try model.trainOnBatch(x, y) }
        #expect(a.parameters.map(\.value) == b.parameters.map(\.value))
    }

    @Test("NaN is written without a sign")
    func notANumber() throws {
        let bad = Loss("bad") { prediction, _ in (Tensor(repeating: -.nan, shape: [8]), prediction) }
        let (a, _, x, y) = try twins(bad)
        #expect(message { try a.trainOnBatch(x, y) }.hasPrefix("bad: the loss is nan;"))
        #expect(message { try SGD(learningRate: -.nan).validate() }.hasSuffix("got nan"))
        var scores = Scores()
        scores["loss"] = -.nan
        #expect("\(scores)" == "loss nan")
    }

    @Test("Data that do not fit the model or each other are refused before training")
    func shapes() throws {
        let (x, y) = data()
        let model = try FitTests.makeModel()
        #expect(
            message { try model.fit(x.reshaped([12, 72]), y) }.contains("expected samples of shape 6 × 6 × 2")
        )
        #expect(message { try model.fit(x, y[0..<5]) }.contains("differ in their number of samples"))
        #expect(message { try model.fit(x[0..<0], y[0..<0]) }.contains("there are no data"))
        #expect(message { try model.fit(x, Tensor.zeros([12, 3])) }.contains("use categoricalCrossentropy"))
        #expect(message { try model.fit(x, y, batchSize: 0) }.hasPrefix("batchSize: invalid"))
        #expect(message { try model.fit(x, y, epochs: 0) }.hasPrefix("epochs: invalid"))
        #expect(message { try model.fit(x, y, validationSplit: 1) }.hasPrefix("validationSplit"))
        #expect(message { try model.fit(x, y, sampleWeight: [1, 2]) }.hasPrefix("sampleWeight"))
        #expect(message { try Sequential([Input(2), Dense(1)]).fit(x, y) }.contains("is not compiled"))
        let oneHot = try toCategorical(y, classCount: 3)
        let dense = Sequential([Input(6, 6, 2), Flatten(), Dense(3, activation: .softmax)])
        try dense.compile(optimizer: SGD(), loss: .categoricalCrossentropy)
        try dense.fit(x, oneHot, verbose: .silent)
        #expect(message { try dense.fit(x, y) }.contains("sparseCategoricalCrossentropy"))
        #expect(message { _ = try toCategorical([0, 3], classCount: 3) }.contains("from 0 to 2"))
    }

    @Test("Shares, class weights and class counts that make no sense are refused", .timeLimit(.minutes(1)))
    func senselessNumbers() throws {
        let (x, y) = data()
        let model = try FitTests.makeModel()
        for split: Double in [.nan, -.infinity, 1e300, -1e300, 0, 1] {
            #expect(
                message { try model.fit(x, y, validationSplit: split) }.hasPrefix(
                    "validationSplit: is no share"))
        }
        let regression = Sequential([Input(1), Dense(1)])
        try regression.compile(optimizer: SGD(), loss: .meanSquaredError)
        for target: Float in [1e20, 0.9, -1e30] {
            let text = message {
                try regression.fit(Tensor.ones([1, 1]), Tensor([target]), classWeight: [0: 2])
            }
            #expect(
                text.hasPrefix("classWeight: target of sample 0: is not the number of a class"), "\(text)")
        }
        #expect(
            message { try model.fit(x, y, classWeight: [1: .nan]) }
                .hasPrefix("classWeight: the weight of class 1 is not finite"))
        let counts = "toCategorical: invalid number of classes"
        #expect(message { _ = try toCategorical([0, 1], classCount: -1) }.hasPrefix(counts))
        #expect(message { _ = try toCategorical(Tensor([Float]()), classCount: -1) }.hasPrefix(counts))
        #expect(message { _ = try toCategorical([0, 1], classCount: .max) }.hasPrefix(counts))
        #expect(message { _ = try toCategorical(Tensor.zeros([200]) + 16_777_215) }.hasPrefix(counts))
        for label: Float in [-1, 0.5, .nan, .infinity] {
            #expect(
                message { _ = try toCategorical(Tensor([0, label])) }.contains("label 1: is not a class"))
        }
        #expect(try toCategorical([[0], [2]]) == [[1, 0, 0], [0, 0, 1]])
    }

    @Test("A callback that watches what is not measured says what is")
    func unknownMonitor() throws {
        let (x, y) = data()
        let model = try FitTests.makeModel()
        let text = message { try model.fit(x, y, callbacks: [EarlyStopping()], verbose: .silent) }
        #expect(text.contains("val_loss") && text.contains("give fit validation data"))
    }

    @Test("A functional model names what is wrong with its wiring")
    func wiring() {
        let (a, b) = (Input(4), Input(4))
        let sum = Add()(a, Dense(4)(b))
        #expect(message { _ = try Model(inputs: a, outputs: sum) }.contains("not among inputs"))
        let uneven = Add()(a, Dense(3)(a))
        #expect(
            message { _ = try Model(inputs: a, outputs: uneven) }.hasPrefix("add: its inputs differ in shape")
        )
        let twins = Dense(2, name: "x")(Dense(2, name: "x")(a))
        #expect(message { _ = try Model(inputs: a, outputs: twins) }.contains("two layers are called x"))
    }

    @Test("Layers in a row with one name, or with several outputs, are refused when the model is built")
    func rows() throws {
        let twins = Sequential([Input(4), Dense(4, name: "x"), ReLU(), Conv2D(2, kernelSize: 1, name: "x")])
        let both = "two layers are called x: number 2 (Dense) and number 4 (Conv2D); give each layer a name"
        #expect(message { try twins.build([4]) }.hasPrefix("sequential: " + both))
        let outer = Sequential([twins], name: "outer")
        #expect(message { try outer.build([4]) }.hasPrefix("sequential: " + both))
        // One layer used twice is no second layer.
        let shared = Dense(4, name: "x")
        #expect(message { try Sequential([shared, shared]).build([4]) } == "no error")
        let input = Input(4)
        let fork = try Model(inputs: input, outputs: [Dense(2)(input), Dense(3)(input)])
        let text = message { try Sequential([fork, Dense(1)]).build([4]) }
        #expect(
            text.hasPrefix("model: gives several outputs") && text.contains("Model(inputs:outputs:)"),
            "\(text)")
    }
}
