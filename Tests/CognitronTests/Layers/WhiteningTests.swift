import Cognitron
import Testing

@Suite("Convolutions that whiten patches")
struct WhiteningTests {
    /// Images whose neighbouring pixels resemble each other.
    private let images: Tensor = {
        let noise = Tensor.randomNormal([40, 10, 9, 2], seed: 1)
        return noise.slice(axis: 2, 0..<8) + noise.slice(axis: 2, 1..<9) * 0.8 + 0.3
    }()

    private func layer(_ filters: Int) throws -> (layer: Conv2D, model: Sequential) {
        let layer = Conv2D(filters, kernelSize: [3, 2], useBias: false)
        let model = Sequential { layer }
        try model.build([10, 8, 2])
        return (layer, model)
    }

    @Test("The outputs of all patches have the identity as their covariance, and opposite halves")
    func identity() throws {
        let (layer, model) = try layer(24)
        try layer.whiten(images, epsilon: 1e-7)
        #expect(!layer.kernel.isTrainable)
        let outputs = try model.predict(images).reshaped([40 * 8 * 7, 24])
        let (half, other) = (outputs.slice(axis: 1, 0..<12), outputs.slice(axis: 1, 12..<24))
        let covariance = half.matmul(half, transposingSelf: true) / Float(outputs.shape[0])
        #expect(covariance.isClose(to: .identity(12), absolute: 1e-3))
        #expect(other.isClose(to: half * -1, absolute: 1e-4))
    }

    @Test("Epsilon bounds what a direction is multiplied with; the filters of one half alone are enough")
    func epsilon() throws {
        let (layer, _) = try layer(12)
        try layer.whiten(images * 0, epsilon: 0.25)
        // Nothing varies: orthonormal filters over √0.25.
        let filters = layer.kernel.value.reshaped([12, 12])
        #expect(
            (filters.matmul(filters, transposingSelf: true)).isClose(to: .identity(12) * 4, absolute: 1e-4))
    }

    @Test("What cannot be whitened is refused")
    func refusals() throws {
        let (built, _) = try layer(24)
        let (five, _) = try layer(5)
        let tries: [() throws -> Void] = [
            { try Conv2D(24, kernelSize: 2).whiten(images) }, { try five.whiten(images) },
            { try built.whiten(images.slice(axis: 3, 0..<1)) },
            { try built.whiten(images.slice(axis: 2, 0..<1)) },
            { try built.whiten(images * Float.nan) }, { try built.whiten(images, epsilon: 0) },
        ]
        for attempt in tries { #expect(throws: CognitronError.self) { try attempt() } }
        #expect(built.kernel.isTrainable)
    }
}
