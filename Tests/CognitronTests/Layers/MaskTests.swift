import Testing

@testable import Cognitron

@Suite("Masks")
struct MaskTests {
    /// (2, 3, 2), with one and two time steps that count.
    private let x: Tensor = [[[1, 2], [0, 0], [0, 0]], [[3, 4], [5, 6], [0, 0]]]
    private let mask: Tensor = [[1, 0, 0], [1, 1, 0]]
    /// As `x`, with other steps.
    private let z: Tensor = [[[0, 0], [1, 1], [0, 0]], [[1, 1], [0, 0], [0, 0]]]

    @Test("are passed on by layers that know nothing of them, in training, inference and prediction")
    func passedOn() throws {
        let probe = MaskProbe()
        let model = Sequential([Input(3, 2), Masking(), Dense(4, activation: .relu), Dropout(0.5), probe])
        model.initialize(RandomKey(seed: 1))
        for pass in [Pass.training, .inference] {
            _ = model.forward(x, pass)
            #expect(probe.seen == mask)
        }
        #expect(try model.predict(Tensor.ones([2, 3, 2])).shape == [2, 3, 4])
        #expect(probe.seen == .ones([2, 3]))
    }

    @Test("are dropped where the output has lost the axis")
    func dropped() throws {
        for layers: [any AnyLayer] in [[Flatten()], [TimeMean()], [Reshape([2, 3])]] {
            let probe = MaskProbe()
            _ = try Sequential([Input(3, 2), Masking()] + layers + [probe]).predict(x)
            #expect(probe.seen == nil)
        }
        // As many channels as rows: the axis is gone all the same.
        let probe = MaskProbe()
        let images = Tensor.ones([2, 3, 2, 3])
        let model = Sequential([Input(3, 2, 3), RowMask(), GlobalAveragePooling2D(), probe])
        _ = try model.predict(images)
        #expect(probe.seen == nil)
    }

    @Test("of two inputs are merged: a step counts where one counts, and all do where an input has no mask")
    func merged() throws {
        let (probe, other) = (MaskProbe(), MaskProbe())
        let (a, b) = (Input(3, 2), Input(3, 2))
        let (maskedA, maskedB) = (Masking()(a), Masking()(b))
        let model = try Model(
            inputs: [a, b], outputs: [probe(Add()(maskedA, maskedB)), other(Add()(maskedA, b))])
        _ = try model.predict([x, z])
        #expect(probe.seen == [[1, 1, 0], [1, 1, 0]])
        #expect(other.seen == nil)
    }

    @Test("are joined where their axis is, and merged where channels are")
    func concatenated() throws {
        let (time, half, channels) = (MaskProbe(), MaskProbe(), MaskProbe())
        let (a, b) = (Input(3, 2), Input(2, 2))
        let (maskedA, maskedB) = (Masking()(a), Masking()(b))
        let model = try Model(
            inputs: [a, b],
            outputs: [
                time(Concatenate(axis: 1)(maskedA, maskedB)), half(Concatenate(axis: 1)(a, maskedB)),
                channels(Concatenate()(maskedA, Masking()(a))),
            ])
        _ = try model.predict([x, [[[0, 0], [1, 0]], [[0, 1], [0, 0]]]])
        #expect(time.seen == [[1, 0, 0, 0, 1], [1, 1, 0, 1, 0]])
        #expect(half.seen == [[1, 1, 1, 0, 1], [1, 1, 1, 1, 0]])
        #expect(channels.seen == mask)
    }

    @Test("reach the layers of a model inside, and come out of it")
    func nested() throws {
        let (inside, behind) = (MaskProbe(), MaskProbe())
        let model = Sequential([
            Input(3, 2), Masking(), Sequential([Dense(2), inside, BatchNormalization(), ReLU()]), behind,
        ])
        try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 1)
        try model.trainOnBatch(x, .zeros([2, 3, 2]))
        #expect(inside.seen == mask && behind.seen == mask)
        _ = try model.predict(z)
        #expect(inside.seen == [[0, 1, 0], [1, 0, 0]] && behind.seen == inside.seen)
    }

    @Test(
        "A batch of which nothing counts has no loss, and one without a mask is a batch of which all counts")
    func extremes() throws {
        let model = Sequential([Input(3, 2), Masking(), Dense(1)])
        try model.compile(
            optimizer: SGD(), loss: .meanSquaredError, metrics: [.meanAbsoluteError], seed: 1)
        let nothing = try model.testOnBatch(.zeros([2, 3, 2]), .ones([2, 3, 1]))
        #expect(nothing.loss == 0 && nothing["mean_absolute_error"] == 0)
        let plain = Sequential([Input(3, 2), Dense(1)])
        try plain.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 1)
        for (a, b) in zip(plain.parameters, model.parameters) { a.value = b.value }
        let ones = Tensor.ones([2, 3, 2])
        #expect(
            try plain.testOnBatch(ones, ones[0..<2].sum(axes: [2], keepingDimensions: true)).loss
                == model.testOnBatch(ones, ones.sum(axes: [2], keepingDimensions: true)).loss)
    }

    @Test("A mask that reaches into the rows a loss takes together does not count")
    func rows() throws {
        let model = Sequential([Input(3, 2), Masking(), Dense(1), Reshape([3])])
        let plain = Sequential([Input(3, 2), Dense(1), Reshape([3])])
        for model in [model, plain] { try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 1) }
        for (a, b) in zip(plain.parameters, model.parameters) { a.value = b.value }
        #expect(try model.testOnBatch(x, .ones([2, 3])).loss == plain.testOnBatch(x, .ones([2, 3])).loss)
    }
}

/// Marks all rows of its pictures.
private final class RowMask: Layer {
    let name: String? = nil

    func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape { input }
    func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] {
        [.ones(Shape(inputs[0].shape.prefix(2)))]
    }
    func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        (input, { $0 })
    }
}
