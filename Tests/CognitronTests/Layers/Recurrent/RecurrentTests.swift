import Foundation
import Testing

@testable import Cognitron

@Suite("Recurrent layers")
struct RecurrentTests {
    // MARK: By hand

    @Test("Back-propagation through time, by hand")
    func byHand() throws {
        let hidden = SimpleRNN(1, useBias: false, returnSequences: true)
        let output = Dense(1, useBias: false)
        let model = Sequential([Input(3, 1), hidden, output])
        try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 1)
        (hidden.kernel.value, hidden.recurrentKernel.value, output.kernel.value) = ([[0.5]], [[0.8]], [[1.2]])
        let (y, pullback) = model.forward([[[1], [0], [-1]]], .training)
        #expect((y / 1.2).isClose(to: [[[0.462117], [0.353724], [-0.213677]]], absolute: 1e-6))
        // L = ½ Σ (y − d)² with d = 0, 1, 0.
        _ = pullback(y - ([[[0], [1], [0]]] as Tensor))
        #expect(hidden.kernel.gradient.isClose(to: [[0.307527]], absolute: 2e-6))
        #expect(hidden.recurrentKernel.gradient.isClose(to: [[-0.478068]], absolute: 4e-6))
        #expect(output.kernel.gradient.isClose(to: [[0.107473]], absolute: 2e-6))
    }

    @Test(
        "The gradient of a recurrent weight is the sum of δ of its target times z of its source a step before"
    )
    func twoUnits() throws {
        let layer = SimpleRNN(2, useBias: false)
        var context = BuildContext(path: "rnn")
        _ = try layer.build(inputs: [[2, 1]], &context)
        layer.kernel.value = [[0.3, -0.7]]
        layer.recurrentKernel.value = [[0.2, 0.5], [-0.4, 0.1]]
        let (_, pullback) = layer.forward(inputs: [[[[1], [0.5]]]], .training)
        _ = pullback([[[1, 2]]])
        let z = [tanh(0.3), tanh(-0.7)].map { Float($0) }
        let last = [
            tanh(0.15 + 0.2 * z[0] - 0.4 * z[1]), tanh(-0.35 + 0.5 * z[0] + 0.1 * z[1]),
        ]
        let delta = [1 - last[0] * last[0], 2 * (1 - last[1] * last[1])]
        let expected = Tensor([z[0] * delta[0], z[0] * delta[1], z[1] * delta[0], z[1] * delta[1]])
        #expect(layer.recurrentKernel.gradient.reshaped([4]).isClose(to: expected, absolute: 1e-6))
    }

    @Test("A sequence's loss is the sum over its steps, and that of a last step alone is its own")
    func losses() {
        let probabilities: Tensor = [[[0.5, 0.5], [0.2, 0.8]]]
        let all = Loss.sparseCategoricalCrossentropy(probabilities, [[0, 1]]).loss * 2
        #expect(abs(all - 0.9163) < 1e-4)
        let last = Loss.sparseCategoricalCrossentropy(probabilities.slice(axis: 1, 1), [1]).loss
        #expect(abs(last - 0.2231) < 1e-4)
    }

    @Test("A masked step repeats the state and the output before it, at first zeros")
    func maskedStep() throws {
        let layer = RNN(LeakyCell(), returnSequences: true, returnState: true)
        var context = BuildContext(path: "rnn")
        _ = try layer.build(inputs: [[4, 1], [1]], &context)
        layer.allParameters[0].value = [0.5]
        let mask: Tensor = [[0, 1, 0, 1]]
        let outputs = layer.forward(
            inputs: [[[[9], [1], [9], [2]]], [[4]]], Pass.inference.masking([mask])
        ).outputs
        #expect(outputs == [[[[0], [9], [9], [12.25]]], [[3.5]]])
    }

    // MARK: Both ways and any number of threads

    static let usual: [any UnitRecurrentLayer] = [
        SimpleRNN(17, dropout: 0.3, returnSequences: true),
        LSTM(17, dropout: 0.3, returnSequences: true),
        GRU(17, dropout: 0.3, returnSequences: true),
    ]

    @Test("The fused operation gives what the cell gives step by step, with dropout too", arguments: 0..<3)
    func bothWays(_ number: Int) throws {
        let options = SequenceOptions(returnSequences: true, returnState: true)
        let fused = try #require(Self.usual[number].copy(options))
        let cell = try #require(Self.usual[number].cell.copy())
        let runs = try [fused, RNN(cell, options, name: nil)].map { (layer: any RecurrentLayer) in
            var context = BuildContext(path: "rnn")
            let x = Tensor.randomNormal([21, 7, 5], seed: 3)
            _ = try layer.build(inputs: [x.shape.sample], &context)
            for (index, parameter) in layer.allParameters.enumerated() {
                parameter.value = .randomNormal(parameter.shape, seed: UInt64(index)) * 0.5
            }
            for (_, stream) in layer.namedStreams(path: "") { stream.assign(RandomKey(seed: 7)) }
            let (outputs, pullback) = layer.forward(inputs: [x], .training)
            let gradients = pullback(outputs.map { .randomNormal($0.shape, seed: 4) })
            return outputs + gradients + layer.allParameters.map(\.gradient)
        }
        for (a, b) in zip(runs[0], runs[1]) { expectClose(a, b, "\(b.shape)") }
        #expect(runs[0].count == runs[1].count)
    }

    @Test("Results have the same bits for any number of threads", arguments: 0..<3)
    func threads(_ number: Int) throws {
        let before = Threads.count
        defer { Threads.count = before }
        let results = try [1, 2, 3].map { threads in
            Threads.count = threads
            let layer = try #require(Self.usual[number].copy(.init(returnSequences: true)))
            let model = Sequential([Input(9, 40), layer])
            try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 1)
            let (output, pullback) = model.forward(.randomNormal([37, 9, 40], seed: 3), .training)
            return [output, pullback(.randomNormal(output.shape, seed: 4))] + model.parameters.map(\.gradient)
        }
        #expect(results[0] == results[1] && results[1] == results[2])
    }

    // MARK: Shapes and errors

    @Test("Sequences without a step, images, and states that do not fit are errors of build")
    func shapes() {
        func message(_ layer: any AnyLayer, _ inputs: [Shape]) -> String {
            errorText {
                var context = BuildContext(path: "layer")
                _ = try layer.build(inputs: inputs, &context)
            }
        }
        for layer: any AnyLayer in [LSTM(4), GRU(4), SimpleRNN(4), RNN(LSTMCell(4)), Bidirectional(GRU(4))] {
            #expect(message(layer, [[0, 3]]).contains("has no time step to start with"))
            #expect(message(layer, [[3]]).contains("needs sequences"))
        }
        #expect(message(TimeDistributed(Dense(2)), [[0, 3]]).contains("at least one step"))
        #expect(message(LSTM(4), [[5, 3, 3]]).contains("TimeDistributed(Flatten())"))
        #expect(message(LSTM(4), [[5, 3], [4]]).contains("its initial states do not fit; expected 4, 4"))
        #expect(message(GRU(4), [[5, 3], [3]]).contains("expected 4, got 3"))
        #expect(message(LSTM(0), [[5, 3]]).contains("invalid units"))
        #expect(message(LSTM(2, dropout: 1), [[5, 3]]).contains("invalid dropout"))
        #expect(message(GRU(2, recurrentDropout: -1), [[5, 3]]).contains("invalid recurrentDropout"))
        #expect(message(ConvLSTM2D(2, kernelSize: 9), [[5, 4, 4, 1]]).contains("does not fit"))
        #expect(message(ConvLSTM1D(2, kernelSize: 3, strides: 0), [[5, 4, 1]]).contains("invalid strides"))
        #expect(message(ConvLSTM2D(2, kernelSize: 3), [[5, 4, 1]]).contains("image"))
        #expect(message(RNN([any RecurrentCell]()), [[5, 3]]).contains("has no cells"))
        #expect(
            message(Bidirectional(LSTM(2), backwardLayer: LSTM(2)), [[5, 3]]).contains("go forwards"))
        #expect(
            message(
                Bidirectional(LSTM(2), backwardLayer: LSTM(2, returnState: true, goBackwards: true)),
                [[5, 3]]
            ).contains("its layers differ"))
        #expect(message(Bidirectional(RNN(LeakyCell())), [[5, 3]]).contains("cannot be copied"))
        #expect(
            message(
                Bidirectional(SimpleRNN(2), mergeMode: .sum, backwardLayer: GRU(3, goBackwards: true)),
                [[5, 3]]
            ).contains("do not merge"))
    }

    @Test("A mask of another shape stops the program")
    func mask() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let layer = LSTM(2)
            var context = BuildContext(path: "lstm")
            _ = try layer.build(inputs: [[4, 3]], &context)
            _ = layer.forward(inputs: [.ones([2, 4, 3])], Pass.inference.masking([.ones([2, 3])]))
        }
        expectMessage(result, "LSTM: a mask of shape 2 × 3, expected 2 × 4: a number for each time step")
    }

    @Test("A free time axis takes sequences of any length, each as one of its own")
    func freeAxis() throws {
        let model = Sequential([
            Input(nil, 3), Bidirectional(LSTM(4, returnSequences: true)), GRU(2), Dense(1),
        ])
        try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 1)
        let x = Tensor.randomNormal([5, 7, 3], seed: 1)
        let long = try model.predict(x)
        #expect(try model.predict(x.slice(axis: 1, 0..<3)).shape == [5, 1])
        #expect(try model.predict(x) == long)
        #expect(errorText { _ = try model.predict(Tensor.zeros([5, 0, 3])) }.contains("there are no data"))
    }

    @Test("The mask of a sequence goes on with the outputs of all steps, and ends at a last output")
    func outputMasks() throws {
        let (inside, behind) = (MaskProbe(), MaskProbe())
        let model = Sequential([
            Input(3, 3), Masking(), LSTM(3, returnSequences: true), inside, GRU(3), Reshape([3, 1]), behind,
        ])
        let x: Tensor = [[[1, 1, 1], [0, 0, 0], [2, 2, 2]], [[0, 0, 0], [1, 1, 1], [1, 1, 1]]]
        model.initialize(RandomKey(seed: 1))
        _ = try model.predict(x)
        #expect(inside.seen == [[1, 0, 1], [0, 1, 1]] && behind.seen == nil)
    }

    // MARK: Parameters

    @Test("Kernels are Glorot's, recurrent kernels orthogonal, and the forget gate's bias 1")
    func initialParameters() throws {
        let layer = LSTM(8, name: "memory")
        let model = Sequential([Input(4, 3), layer])
        try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 1)
        #expect(
            model.parameters.map(\.name) == ["memory/kernel", "memory/recurrent_kernel", "memory/bias"])
        let (u, b) = (layer.recurrentKernel.value, layer.bias.value.scalars)
        #expect(u.matmul(u, transposingOther: true).isClose(to: identity(8), absolute: 1e-5))
        #expect(b[0..<8].allSatisfy { $0 == 0 } && b[8..<16].allSatisfy { $0 == 1 })
        #expect(b[16...].allSatisfy { $0 == 0 })
        #expect(layer.multiplyAdds(inputs: [[4, 3]], outputs: [[8]]) == 4 * 32 * 11)
    }

    @Test("Regularizers and constraints hold")
    func rules() throws {
        let layer = GRU(
            3, kernelRegularizer: .l2(0.5), recurrentConstraint: .nonNegative, biasConstraint: .nonNegative)
        let model = Sequential([Input(4, 2), layer])
        try model.compile(optimizer: SGD(learningRate: 0.1), loss: .meanSquaredError, seed: 1)
        let x = Tensor.zeros([2, 4, 2])
        let penalty = 0.5 * layer.kernel.value.squared.sum()
        #expect(abs(try model.trainOnBatch(x, .zeros([2, 3])).loss - penalty) < 1e-5)
        #expect(layer.recurrentKernel.value.min() >= 0)
    }

    private func identity(_ size: Int) -> Tensor {
        Tensor((0..<size).map { Float($0) }).oneHot(classCount: size)
    }

    // MARK: State

    @Test("Stateful layers go on where the batch before ended, until the states are reset")
    func stateful() throws {
        for make: (Bool) -> any AnyLayer in [
            { LSTM(4, returnSequences: true, stateful: $0) },
            { RNN([SimpleRNNCell(4), LSTMCell(3)], returnSequences: true, stateful: $0) },
        ] {
            let layers = [make(true), make(false)]
            let models = layers.map { Sequential([Input(nil, 3), $0]) }
            for model in models {
                try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 1)
            }
            let x = Tensor.randomNormal([5, 6, 3], seed: 1)
            let whole = try models[1].predict(x)
            for _ in 0..<2 {
                let parts = try [0..<2, 2..<6].map { try models[0].predict(x.slice(axis: 1, $0)) }
                expectClose(.concatenated(parts, axis: 1), whole, "two parts")
                models[0].resetStates()
            }
        }
    }

    @Test("A step that fails puts the states back, and checkpoints keep them")
    func statesOfFailedSteps() throws {
        func make() throws -> (Model, LSTM) {
            let layer = LSTM(3, stateful: true)
            let model = Sequential([Input(4, 2), layer, Dense(1)])
            try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 1)
            return (model, layer)
        }
        let ((model, layer), (other, second)) = (try make(), try make())
        let x = Tensor.randomNormal([4, 4, 2], seed: 1)
        try model.trainOnBatch(x, .ones([4, 1]))
        let states = layer.states.map(\.value)
        #expect(states.count == 2 && states.allSatisfy { $0?.shape == [4, 3] })
        #expect(errorText { try model.trainOnBatch(x, .ones([4, 1]) * 1e30) }.contains("the loss is inf"))
        #expect(layer.states.map(\.value) == states)
        try #require(other.trainer).restore(#require(model.trainer).saveState())
        #expect(second.states.map(\.value) == states)
        #expect(
            try other.trainOnBatch(x, .zeros([4, 1])).loss == model.trainOnBatch(x, .zeros([4, 1])).loss)
    }

    @Test("A stateful layer given another batch size stops the program")
    func batchSizes() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let model = Sequential([Input(4, 2), GRU(3, stateful: true, name: "memory")])
            try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 1)
            _ = try model.predict(Tensor.ones([5, 4, 2]), batchSize: 3)
        }
        expectMessage(result, "memory: a batch of 2 samples after one of 3; a stateful layer needs batches")
    }

    @Test("Training with dropout goes on from a checkpoint to the same bits")
    func exactResume() throws {
        func make() throws -> Model {
            let model = Sequential([
                Input(4, 2), Bidirectional(LSTM(3, dropout: 0.3, returnSequences: true)),
                RNN(GRUCell(3, dropout: 0.2, recurrentDropout: 0.4)), Dense(1),
            ])
            try model.compile(optimizer: Adam(), loss: .meanSquaredError, seed: 1)
            return model
        }
        let (a, b) = (try make(), try make())
        let (x, y) = (Tensor.randomNormal([6, 4, 2], seed: 1), Tensor.ones([6, 1]))
        try a.trainOnBatch(x, y)
        try #require(b.trainer).restore(#require(a.trainer).saveState())
        for (p, q) in zip(b.parameters, a.parameters) { p.value = q.value }
        for model in [a, b] { try model.trainOnBatch(x, y) }
        #expect(a.parameters.map(\.value) == b.parameters.map(\.value))
    }

    // MARK: Files

    @Test("Every recurrent layer is saved and loaded with what is inside")
    func files() throws {
        LayerRegistry.register(LeakyCell.self)
        let input = Input(5, 3)
        let states = LSTM(
            3, unitForgetBias: false, returnSequences: true, returnState: true, zeroOutputForMask: true
        ).outputs(of: input)
        let decoded = LSTM(3, activation: .softplus, returnSequences: true)(states[0], states[1], states[2])
        let both = Bidirectional(
            GRU(2, resetAfter: false), mergeMode: nil, backwardLayer: SimpleRNN(4, goBackwards: true)
        ).outputs(of: TimeDistributed(Dense(2, activation: .relu))(decoded))
        let stacked = RNN([LSTMCell(2), LeakyCell()], goBackwards: true)(decoded)
        let model = try Model(inputs: input, outputs: [both[0], both[1], stacked])
        try model.compile(
            optimizer: SGD(), losses: [.meanSquaredError, .meanSquaredError, .meanSquaredError], seed: 1)
        let folder = try TemporaryFolder()
        let x = Tensor.randomNormal([4, 5, 3], seed: 1)
        try model.save(folder.file("m"))
        let loaded = try Model.load(folder.file("m"))
        #expect(try loaded.predict([x]) == model.predict([x]))
        #expect(loaded.parameters.map(\.name) == model.parameters.map(\.name))
        #expect(
            model.parameters.map(\.name).contains("bidirectional/forward_layer/recurrent_kernel")
                && model.parameters.map(\.name).contains("rnn/cell/cell_0/kernel"))
    }

    @Test("Convolutional layers are saved and loaded, in both directions too")
    func convolutionalFiles() throws {
        let model = Sequential([
            Input(3, 6, 5, 1),
            Bidirectional(ConvLSTM2D(2, kernelSize: 3, padding: .same, returnSequences: true)),
            TimeDistributed(Reshape([30, 4])), ConvLSTM1D(2, kernelSize: 3, strides: 2, dropout: 0.2),
        ])
        try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 1)
        let folder = try TemporaryFolder()
        let x = Tensor.randomNormal([2, 3, 6, 5, 1], seed: 1)
        try model.save(folder.file("m"))
        #expect(try Model.load(folder.file("m")).predict([x]) == model.predict([x]))
    }

    // MARK: End to end

    @Test("Learns to remember the first of twenty symbols", arguments: ["LSTM", "GRU", "both directions"])
    func remembers(_ kind: String) throws {
        let layer: any AnyLayer =
            switch kind {
            case "LSTM": LSTM(24)
            case "GRU": GRU(24)
            default: Bidirectional(GRU(12))
            }
        let model = Sequential([Input(20, 4), layer, Dense(4, activation: .softmax)])
        try model.compile(
            optimizer: Adam(learningRate: 0.01), loss: .sparseCategoricalCrossentropy, metrics: [.accuracy],
            gradients: [.clip(globalNorm: 1)], seed: 3)
        let symbols = (Tensor.randomUniform([1_000, 20], in: 0..<4, seed: 1)).map { $0.rounded(.down) }
        let (x, y) = (symbols.oneHot(classCount: 4), symbols.slice(axis: 1, 0))
        try model.fit(x[0..<800], y[0..<800], batchSize: 40, epochs: 20, verbose: .silent)
        #expect(try #require(model.evaluate(x[800..<1_000], y[800..<1_000]).accuracy) > 0.95)
    }
}
