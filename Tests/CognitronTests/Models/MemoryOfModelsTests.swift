import CognitronKernels
import Testing

@testable import Cognitron

/// Passes its input on, and notes how many of the values that passed such layers still have their memory.
private final class Probe: Layer {
    final class Log: Sendable {
        private struct Weak: @unchecked Sendable { weak var buffer: Buffer? }
        private let buffers = Locked<[Weak]>([])
        private let counts = Locked<[Int]>([])

        func note(_ buffer: Buffer) {
            let weak = Weak(buffer: buffer)
            let alive = buffers.withLock { buffers in
                buffers.append(weak)
                return buffers.count { $0.buffer != nil }
            }
            counts.withLock { $0.append(alive) }
        }

        /// Of each probe's moment, the values alive.
        var alive: [Int] { counts.withLock { $0 } }
    }

    let name: String? = nil
    let log: Log

    init(_ log: Log) { self.log = log }

    func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape { input }

    func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        log.note(input.buffer)
        return (input, { $0 })
    }
}

@Suite("What models keep in memory")
struct MemoryOfModelsTests {
    private func deepModel(_ log: Probe.Log) -> Sequential {
        func block() -> [any AnyLayer] {
            [
                Conv2D(3, kernelSize: 3, padding: .same, activation: .relu), Probe(log), BatchNormalization(),
                Probe(log),
            ]
        }
        return Sequential {
            Input(6, 6, 2)
            for _ in 0..<4 { block() }
            Sequential(block() + block())
            Flatten()
            Dense(2, activation: .softmax)
        }
    }

    @Test("Prediction and evaluation let go of every activation when its reader has run; training keeps them")
    func activations() throws {
        let x = Tensor.randomUniform([4, 6, 6, 2], seed: 1)
        let y = Tensor([0, 1, 0, 1])
        func alive(_ work: (Model) throws -> Void) throws -> [Int] {
            let log = Probe.Log()
            let model = deepModel(log)
            try model.compile(optimizer: SGD(), loss: .sparseCategoricalCrossentropy)
            try work(model)
            return log.alive
        }
        #expect(try alive { _ = try $0.predict(x) as Tensor } == Array(repeating: 1, count: 12))
        #expect(try alive { _ = try $0.evaluate(x, y) } == Array(repeating: 1, count: 12))
        #expect(try alive { try $0.trainOnBatch(x, y) }.last == 12)
        // Whoever asks for a pullback gets one, in inference too.
        #expect(try alive { _ = $0.forward(x, .inference) }.last == 12)
    }

    @Test("An optimizer's step writes the weights where they are, in fit and in a loop of one's own")
    func updateInPlace() throws {
        let model = deepModel(Probe.Log())
        let x = Tensor.randomUniform([4, 6, 6, 2], seed: 1)
        let y = Tensor([0, 1, 0, 1])
        let optimizer = Adam()
        try model.compile(optimizer: optimizer, loss: .sparseCategoricalCrossentropy)
        func places() -> [UnsafePointer<Float>] { model.trainableParameters.map(\.value.pointer) }
        _ = try model.predict(x) as Tensor
        let before = (places(), model.parameters[0].value.scalars)
        try model.trainOnBatch(x, y)
        #expect(places() == before.0 && model.parameters[0].value.scalars != before.1)
        let (output, pullback) = model.forward(x, .training)
        _ = pullback(Loss.sparseCategoricalCrossentropy(output, y).gradient)
        optimizer.step(model.parameters)
        #expect(places() == before.0)
        withExtendedLifetime(pullback) {}
    }

    @Test(
        "A pullback works with the weights its forward pass had, also after a step",
        arguments: [
            Dense(3, activation: .tanh), Conv2D(3, kernelSize: 2, activation: .sigmoid), BatchNormalization(),
            Sequential([Conv2D(2, kernelSize: 1), BatchNormalization(), Flatten(), Dense(2)]),
        ] as [any AnyLayer])
    func pullbackAfterStep(_ layer: any AnyLayer) throws {
        let input = Input(3, 3, 2)
        let model = try Model(inputs: input, outputs: layer(input))
        for (number, parameter) in model.trainableParameters.enumerated() {
            parameter.value = .randomNormal(parameter.shape, seed: UInt64(number))
        }
        let x = Tensor.randomNormal([2, 3, 3, 2], seed: 9)
        let (output, first) = model.forward(x, .training)
        let (_, second) = model.forward(x, .training)
        let dy = Tensor.randomNormal(output.shape, seed: 10)
        let expected = first(dy)
        SGD(learningRate: 1).step(model.parameters)
        #expect(second(dy) == expected)
    }
}
