import Testing

@testable import Cognitron

@Suite("A value that several layers read")
struct SharedValueTests {
    private let layers: [any Layer] = [
        Conv2D(8, kernelSize: 3, padding: .same),  // by Winograd
        Conv2D(8, kernelSize: 3, padding: .same, activation: .tanh, algorithm: .withoutWinograd),
        Conv2D(8, kernelSize: 1),
        Conv2D(8, kernelSize: 5, padding: .same, groups: 2, activation: .relu),
        DepthwiseConv2D(kernelSize: 3, padding: .same, activation: .sigmoid),
        Dense(8),
    ]

    /// The sum of what all layers and nobody make of the input.
    private func model() throws -> Model {
        let input = Input(6, 7, 8)
        let model = try Model(inputs: input, outputs: Add()([input] + layers.map { $0(input) } + [input]))
        model.initialize(RandomKey(seed: 1))
        return model
    }

    @Test("has the sum of the gradients that each gives alone")
    func sum() throws {
        let model = try model()
        let (x, dy) = (
            Tensor.randomUniform([3, 6, 7, 8], seed: 2), Tensor.randomUniform([3, 6, 7, 8], seed: 3)
        )
        let actual = model.forward(inputs: [x], .training).pullback([dy])[0]
        let shared = layers.flatMap(\.parameters).map(\.gradient)
        for parameter in layers.flatMap(\.parameters) { parameter.clearGradient() }
        let alone = layers.map { $0.forward(x, .training).pullback(dy) }
        #expect(actual.isClose(to: alone.reduce(dy + dy, +), absolute: 1e-5))
        #expect(zip(shared, layers.flatMap(\.parameters)).allSatisfy { $0 == $1.gradient })
    }

    @Test("needs no gradient where it is the data")
    func data() throws {
        let model = try model()
        let x = Tensor.randomUniform([3, 6, 7, 8], seed: 2)
        let pass = Pass.training.needingInputGradient(false)
        _ = model.forward(inputs: [x], pass).pullback([Tensor.ones([3, 6, 7, 8])])
        let gradients = layers.flatMap(\.parameters).map(\.gradient)
        for parameter in layers.flatMap(\.parameters) { parameter.clearGradient() }
        for layer in layers { _ = layer.forward(x, .training).pullback(Tensor.ones([3, 6, 7, 8])) }
        #expect(zip(gradients, layers.flatMap(\.parameters)).allSatisfy { $0 == $1.gradient })
    }
}
