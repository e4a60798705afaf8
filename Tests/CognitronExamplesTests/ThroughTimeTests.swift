import Cognitron
import Foundation
import Testing

@testable import CognitronExamples

@Suite("Back-propagation through time as the lecture writes it")
struct ThroughTimeTests {
    @Test("One unit, by hand")
    func oneUnit() {
        let network = ThroughTime(inputWeights: [[0.5]], recurrentWeights: [[0.8]], outputWeights: [[1.2]])
        let x = [[1.0], [0], [-1]]
        let gradients = network.gradients(x, [[0], [1], [0]])
        #expect(isClose(network.states(x), [[0], [0.462117], [0.353724], [-0.213677]]))
        #expect(isClose(gradients.deltas, [[0.013881], [-0.809749], [-0.293646]]))
        #expect(isClose(gradients.inputWeights, [[0.307527]]))
        #expect(isClose(gradients.recurrentWeights, [[-0.478068]]))
        #expect(isClose(gradients.outputWeights, [[0.107473]]))
    }

    @Test("The layers give the same gradients, from zeros and from a state that was carried over")
    func layers() throws {
        let network = ThroughTime(
            inputWeights: [[0.3, -0.7], [0.6, 0.1], [-0.2, 0.9]],
            recurrentWeights: [[0.2, 0.5, -0.6], [-0.4, 0.1, 0.7], [0.9, -0.3, 0.8]],
            outputWeights: [[1.1, -0.5, 0.3], [0.2, 0.4, -0.9]])
        let x = (0..<8).map { [sin(Double($0)), cos(2 * Double($0))] }
        let d = (0..<8).map { [cos(Double($0)), 0.1 * Double($0)] }
        let layer = SimpleRNN(3, useBias: false, returnSequences: true, stateful: true)
        let head = Dense(2, useBias: false)
        let model = Sequential([Input(4, 2), layer, head])
        try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 1)
        // Layers have kernels (from, to).
        layer.kernel.value = tensor(network.inputWeights).transposed
        layer.recurrentKernel.value = tensor(network.recurrentWeights).transposed
        head.kernel.value = tensor(network.outputWeights).transposed

        var first: [Double]?
        for steps in [0..<4, 4..<8] {
            let (x, d) = (Array(x[steps]), Array(d[steps]))
            let expected = network.gradients(x, d, from: first)
            first = network.states(x, from: first).last
            for parameter in model.parameters { parameter.clearGradient() }
            let (y, pullback) = model.forward(tensor(x).expandingDimensions(at: 0), .training)
            _ = pullback(y - tensor(d).expandingDimensions(at: 0))
            let pairs = [
                (layer.kernel, expected.inputWeights), (layer.recurrentKernel, expected.recurrentWeights),
                (head.kernel, expected.outputWeights),
            ]
            for (parameter, gradient) in pairs {
                #expect(parameter.gradient.transposed.isClose(to: tensor(gradient), absolute: 2e-6))
            }
        }
    }

    private func tensor(_ rows: [[Double]]) -> Tensor {
        Tensor(rows.flatMap { $0.map { Float($0) } }, shape: [rows.count, rows[0].count])
    }

    private func isClose(_ a: [[Double]], _ b: [[Double]]) -> Bool {
        a.count == b.count && zip(a.joined(), b.joined()).allSatisfy { abs($0 - $1) < 2e-6 }
    }
}
