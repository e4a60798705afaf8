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

    @Test(
        "Muon's steps of kernels are orthogonal matrices, whatever the gradient's size; the rest takes Adam's"
    )
    func muon() throws {
        func change(_ name: String, _ shape: Shape, _ optimizer: Muon, scale: Float) throws -> Tensor {
            let parameter = Parameter()
            try BuildContext(path: "block").declare(parameter, name, shape, .zeros)
            parameter.accumulate(Tensor.randomNormal(shape, seed: 7) * scale)
            optimizer.step([parameter])
            return parameter.value
        }
        // The filters of a convolution are the columns of a matrix: 18 rows for 3×3 taps of two channels.
        for (shape, rows, columns) in [([3, 3, 2, 4], 18, 4), ([4, 18], 4, 18), ([6, 6], 6, 6)]
            as [(Shape, Int, Int)]
        {
            for scale: Float in [1e-3, 1, 1e3] {
                let step = try change(
                    "kernel", shape, Muon(learningRate: 0.1, weightDecay: 0, rmsRate: 1), scale: scale)
                // Divided by the rate: a matrix whose squared singular values lie between 0.7² and 1.2², so
                // that the sum of all numbers' squares is about the rank.
                let matrix = step.reshaped([rows, columns]) / (0.1 * Float(max(rows, columns)).squareRoot())
                let rank = Float(min(rows, columns))
                let squares = (matrix * matrix).sum()
                #expect(squares > 0.45 * rank && squares < 1.5 * rank, "\(shape): \(squares)")
            }
        }
        let bias = try change("bias", [3], Muon(learningRate: 0.1), scale: 1)
        let depthwise = try change("depthwise_kernel", [3, 3, 2, 1], Muon(learningRate: 0.1), scale: 1)
        let excluded = try change(
            "kernel", [4, 4], Muon(learningRate: 0.1, excludeLayers: ["block"]), scale: 1)
        for step in [bias, depthwise, excluded] {
            // Adam's first step is the learning rate for every number.
            step.withUnsafeScalars { for value in $0 { #expect(abs(abs(value) - 0.1) < 1e-4) } }
        }
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
