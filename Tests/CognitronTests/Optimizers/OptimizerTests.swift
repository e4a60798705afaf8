import Testing

@testable import Cognitron

@Suite("Optimizers by hand")
struct OptimizerTests {
    /// One parameter of 1 moved twice by a gradient of 0.5.
    private func run(_ optimizer: any Optimizer) throws -> [Float] {
        let parameter = Parameter()
        try BuildContext(path: "layer").declare(parameter, "w", [1], .ones)
        return (0..<2).map { _ in
            parameter.accumulate([0.5])
            optimizer.step([parameter])
            return parameter.value.scalar
        }
    }

    private func expect(_ optimizer: any Optimizer, _ expected: [Float]) throws {
        let values = try run(optimizer)
        #expect(
            Tensor(values).isClose(to: Tensor(expected), absolute: 1e-6), "\(values), expected \(expected)")
    }

    @Test("SGD goes down the gradient, gathers speed, looks ahead, and decays")
    func sgd() throws {
        try expect(SGD(learningRate: 0.1), [0.95, 0.9])
        try expect(SGD(learningRate: 0.1, momentum: 0.9), [0.95, 0.855])
        // v = −0.05, then −0.095; each step 0.9·v − 0.05.
        try expect(SGD(learningRate: 0.1, momentum: 0.9, nesterov: true), [0.905, 0.7695])
        try expect(SGD(learningRate: 0.1, weightDecay: 0.1), [0.94, 0.8806])
    }

    @Test("Adam's first steps are the learning rate, whatever the gradient")
    func adam() throws {
        try expect(Adam(learningRate: 0.1), [0.9, 0.8])
        try expect(AdamW(learningRate: 0.1, weightDecay: 0.1), [0.89, 0.7811])
    }

    @Test("RMSprop divides by the root of the mean square")
    func rmsprop() throws {
        // v = 0.025, then 0.0475: steps of 0.05/√v.
        try expect(RMSprop(learningRate: 0.1), [1 - 0.316227, 1 - 0.316227 - 0.229415])
    }

    @Test("A step forgets the gradient, and without one nothing moves")
    func gradientIsForgotten() throws {
        let parameter = Parameter()
        try BuildContext(path: "layer").declare(parameter, "w", [2], .ones)
        parameter.accumulate([1, 2])
        parameter.accumulate([1, 2])
        #expect(parameter.gradient == [2, 4])
        let optimizer = SGD(learningRate: 0.5)
        optimizer.step([parameter])
        #expect(parameter.value == [0, -1])
        #expect(parameter.gradient == [0, 0])
        optimizer.step([parameter])
        #expect(parameter.value == [0, -1])
        // One that is frozen does not keep its gradient for the day it is freed.
        parameter.accumulate([1, 2])
        parameter.isTrainable = false
        optimizer.step([parameter])
        parameter.isTrainable = true
        optimizer.step([parameter])
        #expect(parameter.value == [0, -1])
    }
}
