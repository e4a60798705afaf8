import Testing

@testable import Cognitron

@Suite("Axes of any size")
struct FreeAxesTests {
    private func layers() -> [any AnyLayer] {
        [
            Conv2D(4, kernelSize: 3, padding: .same, useBias: false, name: "convolution"),
            BatchNormalization(name: "normalization"), ReLU(), MaxPooling2D(),
            GlobalAveragePooling2D(), Dense(2, activation: .softmax, name: "classes"),
        ]
    }

    enum Form: CaseIterable { case row, functional, nested, within }

    private func pictures(_ form: Form, _ input: Input) throws -> Model {
        let inner = Sequential(form == .within ? [Input(nil, nil, 3)] + layers() : layers())
        let model: Model
        switch form {
        case .row: model = Sequential([input] + layers())
        case .functional:
            var value = input.symbolic
            for layer in layers() { value = layer(value) }
            model = try Model(inputs: input, outputs: value)
        case .nested: model = Sequential([input, inner])
        case .within: model = try Model(inputs: input, outputs: inner(input))
        }
        try model.compile(
            optimizer: SGD(learningRate: 0.1), loss: .sparseCategoricalCrossentropy, metrics: [.accuracy],
            seed: 1)
        return model
    }

    private func batch(_ height: Int, _ width: Int) -> (Tensor, Tensor) {
        (.randomUniform([4, height, width, 3], seed: UInt64(height)), Tensor([0, 1, 1, 0]))
    }

    @Test(
        "Pictures of several sizes are learned from and predicted as by models of those sizes",
        arguments: Form.allCases)
    func sizes(_ form: Form) throws {
        let free = try pictures(form, Input(nil, nil, 3))
        for (height, width) in [(8, 8), (5, 9), (12, 4), (8, 8)] {
            let (x, y) = batch(height, width)
            let fixed = try pictures(form, Input(height, width, 3))
            for (a, b) in zip(fixed.parameters, free.parameters) { a.value = b.value }
            #expect(try free.predict(x) == fixed.predict(x))
            #expect(try free.evaluate(x, y) == fixed.evaluate(x, y))
            #expect(
                try free.fit(x, y, shuffle: false, verbose: .silent)
                    == fixed.fit(x, y, shuffle: false, verbose: .silent))
            #expect(free.parameters.map(\.value) == fixed.parameters.map(\.value))
        }
        #expect(free.inputShape == nil && free.outputShape == nil && free.isBuilt)
    }

    @Test("Sequences of several lengths are learned from and predicted")
    func lengths() throws {
        let model = Sequential([Input(nil, 4), Dense(6, activation: .tanh), TimeMean(), Dense(1)])
        try model.compile(optimizer: Adam(learningRate: 0.05), loss: .meanSquaredError, seed: 1)
        func loss(_ length: Int) -> Tensor { .randomNormal([8, length, 4], seed: UInt64(length)) }
        let before = try model.evaluate(loss(3), Tensor.ones([8, 1])).loss
        for _ in 0..<20 { for length in [1, 3, 7] { try model.trainOnBatch(loss(length), .ones([8, 1])) } }
        #expect(try model.evaluate(loss(3), Tensor.ones([8, 1])).loss < before / 2)
        let x = loss(5)
        let parts = try (0..<8).map { try model.predict(x[$0..<$0 + 1]) }
        #expect(try model.predict(x).isClose(to: Tensor.concatenated(parts, axis: 0)))
    }

    @Test("Weights whose shape depends on a free axis are refused, and those of other models stay")
    func dependent() throws {
        let text = errorText {
            let model = Sequential([Input(nil, 4), Flatten(), Dense(3)])
            try model.compile(optimizer: SGD(), loss: .meanSquaredError)
        }
        #expect(text.hasPrefix("dense: its weights depend on an axis that is free"), "\(text)")
        // The dense layer has weights already, for the size that stands for all.
        let dense = Dense(3)
        let other = Sequential([Input(2048), dense])
        try other.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 1)
        let before = try other.predict(Tensor.ones([1, 2048]))
        let input = Input(nil, 4)
        let inner = Sequential([Dense(4), Flatten()])
        #expect(errorText { _ = try Model(inputs: input, outputs: dense(inner(input))) }.contains("free"))
        #expect(try other.predict(Tensor.ones([1, 2048])) == before)
        // What was built on the way can be used elsewhere.
        #expect(try inner.predict(Tensor.ones([1, 2, 5])).shape == [1, 8])
    }

    @Test("A file keeps them, and so does a model optimised for inference")
    func files() throws {
        let folder = try TemporaryFolder()
        for form in Form.allCases {
            let model = try pictures(form, Input(nil, nil, 3))
            let (x, y) = batch(8, 8)
            try model.fit(x, y, verbose: .silent)
            try model.save(folder.file("m"))
            let loaded = try Model.load(folder.file("m"))
            for (height, width) in [(6, 6), (4, 10)] {
                let (x, _) = batch(height, width)
                #expect(try loaded.predict(x) == model.predict(x))
                #expect(try model.optimizedForInference().predict(x).isClose(to: model.predict(x)))
            }
            #expect(loaded.summaryText == model.summaryText)
        }
    }

    @Test("The summary shows ? for them and for what follows from them")
    func summary() throws {
        let text = try pictures(.row, Input(nil, nil, 3)).summaryText
        for (layer, shape) in [
            ("convolution (Conv2D)", "? × ? × 4"), ("max_pooling2d (MaxPooling2D)", "? × ? × 4"),
            ("input (Input)", "? × ? × 3"), ("classes (Dense)", "2"),
        ] {
            let row = try #require(text.split(separator: "\n").first { $0.hasPrefix(layer) })
            let cells = row.dropFirst(layer.count).split(separator: "  ", omittingEmptySubsequences: true)
            #expect(cells[0].trimmingPrefix(" ") == shape, "\(text)")
        }
    }

    @Test("A size that does not fit a layer is an error of predict and fit, and the model goes on")
    func misfits() throws {
        let model = Sequential([Input(nil, nil, 1), Conv2D(2, kernelSize: 5), GlobalAveragePooling2D()])
        try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 1)
        let expected = "conv2d: "
        let small = Tensor.ones([2, 3, 9, 1])
        #expect(errorText { _ = try model.predict(small) as Tensor }.hasPrefix(expected))
        #expect(
            errorText { try model.fit(small, Tensor.ones([2, 2]), verbose: .silent) }.hasPrefix(expected))
        #expect(errorText { try model.trainOnBatch(small, .ones([2, 2])) }.hasPrefix(expected))
        #expect(
            errorText { _ = try model.predict(Tensor.ones([2, 9, 9, 2])) as Tensor }.contains("? × ? × 1"))
        #expect(try model.predict(Tensor.ones([2, 5, 9, 1])).shape == [2, 2])
    }

    @Test(
        "Three hundred sizes leave the model as quick as it was: few shapes are remembered, the first always")
    func manySizes() throws {
        let model = Sequential([
            Input(nil, 2), Dense(3), BatchNormalization(), Dense(2, activation: .softmax),
        ])
        try model.compile(optimizer: SGD(), loss: .sparseCategoricalCrossentropy, seed: 1)
        for length in 1...300 { _ = try model.predict(Tensor.ones([1, length, 2])) as Tensor }
        let remembered = model.building.withLock { building in
            building.flatMap {
                Mirror(reflecting: $0).descendant("valueShapesByInput") as? [[Shape]: [Shape]]
            }
        }
        #expect((1...256).contains(try #require(remembered).count))
        #expect(model.valueShapes != nil && model.summaryText.contains("? × 3"))
        // The softmax is still computed with its loss: one that has underflowed has a finite loss and a
        // gradient.
        model.parameters[6].value *= 1e4
        let loss =
            try model.testOnBatch(.ones([1, 4, 2]), .zeros([1, 4])).loss
            + model.testOnBatch(.ones([1, 4, 2]), .ones([1, 4])).loss
        #expect(loss > 100)
    }
}
