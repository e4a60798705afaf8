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
        // Gradients of 0.5 + 0.1·w; v = −0.06, then 0.9·v − 0.0594.
        try expect(SGD(learningRate: 0.1, momentum: 0.9, l2: 0.1), [0.94, 0.8266])
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

    @Test("AMSGrad divides by the largest mean of squares, which a smaller gradient leaves as it is")
    func amsgrad() throws {
        let parameter = Parameter()
        try BuildContext(path: "layer").declare(parameter, "w", [1], .ones)
        let optimizer = Adam(learningRate: 0.1, beta1: 0, beta2: 0.5, epsilon: 0, amsgrad: true)
        for gradient: Float in [1, 0] {
            parameter.accumulate(Tensor([gradient]))
            optimizer.step([parameter])
        }
        #expect(optimizer.state.slots[parameter, "largestSquare"] == [0.5])
        #expect(optimizer.state.slots[parameter, "square"] == [0.25])
        #expect(abs(parameter.value.scalar - 0.9) < 1e-6)
    }

    @Test("Adagrad, Adadelta, Adamax, Nadam, Lion, Lamb, ScheduleFreeAdamW and Adafactor")
    func further() throws {
        // a = 0.25, then 0.5.
        try expect(
            Adagrad(learningRate: 0.1, initialAccumulatorValue: 0, epsilon: 0), [0.9, 0.9 - 0.070711])
        // v = 0.125, d = 0, s = 0.5·√0.01/√0.135; d = s²/2, v = 0.1875.
        try expect(Adadelta(learningRate: 1, rho: 0.5, epsilon: 0.01), [0.863917, 0.707780])
        try expect(Adamax(learningRate: 0.1, epsilon: 0), [0.9, 0.8])
        // Without momentum, the gradient over the root of its mean square.
        try expect(Nadam(learningRate: 0.1, beta1: 0, beta2: 0.5, epsilon: 0), [0.9, 0.8])
        try expect(Lion(learningRate: 0.1), [0.9, 0.8])
        // The direction is 1, the weight's norm the weight.
        try expect(Lamb(learningRate: 0.1, epsilon: 0), [0.9, 0.81])
        // z = 0.9, 0.8; x = 0.9, 0.85; w = 0.9·x + 0.1·z. With warm-up z = 0.975, 0.925; x = 0.975, 0.95.
        try expect(ScheduleFreeAdamW(learningRate: 0.1, epsilon: 0), [0.9, 0.845])
        try expect(ScheduleFreeAdamW(learningRate: 0.1, epsilon: 0, warmupSteps: 4), [0.975, 0.9475])
        // u = 1, and the weight's size is the weight.
        try expect(Adafactor(learningRate: 0.1), [0.9, 0.81])
    }

    @Test("A weight of 0 lets Lamb take Adam's step, a gradient of 0 no step of Lion")
    func zeros() throws {
        let parameter = Parameter()
        try BuildContext(path: "layer").declare(parameter, "w", [2], .zeros)
        parameter.accumulate([0.5, 0.5])
        Lamb(learningRate: 0.1).step([parameter])
        #expect(parameter.value.isClose(to: [-0.1, -0.1]))
        parameter.accumulate([0, -3])
        Lion(learningRate: 0.1).step([parameter])
        #expect(parameter.value.isClose(to: [-0.1, 0]))
    }

    @Test("Adafactor keeps a matrix's rows and columns, not the matrix")
    func adafactorMemory() throws {
        let parameter = Parameter()
        try BuildContext(path: "layer").declare(parameter, "kernel", [3, 4, 5], .ones)
        parameter.accumulate(.randomNormal([3, 4, 5], seed: 1))
        let optimizer = Adafactor()
        optimizer.step([parameter])
        #expect(optimizer.state.slots[parameter, "rows", shape: [3, 4]].max() > 0)
        #expect(optimizer.state.slots[parameter, "columns", shape: [3, 5]].max() > 0)
        #expect(!optimizer.state.slots.contains(parameter, "square"))
    }

    static var minimizers: [any Optimizer] {
        [
            SGD(learningRate: 0.05), SGD(learningRate: 0.02, momentum: 0.9), Adam(learningRate: 0.05),
            Adam(learningRate: 0.05, amsgrad: true), AdamW(learningRate: 0.05), RMSprop(learningRate: 0.02),
            Muon(learningRate: 0.1, weightDecay: 0), Adagrad(learningRate: 0.5), Adadelta(learningRate: 20),
            Adafactor(learningRate: 0.3), Adamax(learningRate: 0.1), Nadam(learningRate: 0.05),
            Lion(learningRate: 0.02), Lamb(learningRate: 0.05), ScheduleFreeAdamW(learningRate: 0.2),
            Lookahead(Adam(learningRate: 0.1)),
        ]
    }

    @Test("Every optimizer finds the least squares of a small problem", arguments: minimizers.indices)
    func minimizes(_ kind: Int) throws {
        let optimizer = Self.minimizers[kind]
        let parameter = Parameter()
        try BuildContext(path: "layer").declare(parameter, "kernel", [6, 3], .ones)
        let (x, solution) = (Tensor.randomNormal([24, 6], seed: 2), Tensor.randomNormal([6, 3], seed: 3))
        let y = x.matmul(solution)
        func distance() -> Tensor { x.matmul(parameter.value) - y }
        let start = distance().squared.mean()
        for _ in 0..<300 {
            parameter.accumulate(x.matmul(distance(), transposingSelf: true) * (2 / 24))
            optimizer.step([parameter])
        }
        let end = distance().squared.mean()
        #expect(end < 0.02 * start, "\(type(of: optimizer)): from \(start) to \(end)")
    }

    @Test("Muon scales a kernel to the norm √columns before a step")
    func muonNorm() throws {
        let parameter = Parameter()
        try BuildContext(path: "conv").declare(parameter, "kernel", [3, 3, 2, 4], .ones)
        parameter.accumulate(.zeros([3, 3, 2, 4]))
        Muon(learningRate: 0.1, weightDecay: 0, normalizesKernels: true).step([parameter])
        // √4 / √72
        #expect(parameter.value.isClose(to: Tensor(repeating: 0.235702, shape: [3, 3, 2, 4])))
    }

    @Test("Muon leaves embeddings and excluded layers to AdamW, and takes any steps without rmsRate")
    func muonArguments() throws {
        func change(_ path: String, _ name: String, _ shape: Shape, _ optimizer: Muon) throws -> Tensor {
            let parameter = Parameter()
            try BuildContext(path: path).declare(parameter, name, shape, .zeros)
            parameter.accumulate(.randomNormal(shape, seed: 7))
            optimizer.step([parameter])
            return parameter.value / 0.1
        }
        func isAdam(_ step: Tensor) -> Bool { step.absolute.isClose(to: .ones(step.shape), absolute: 1e-3) }
        let muon = Muon(learningRate: 0.1, weightDecay: 0, excludeLayers: ["dense_[12]$", "head/"])
        #expect(isAdam(try change("embedding", "embeddings", [5, 3], muon)))
        #expect(
            !isAdam(
                try change(
                    "embedding", "embeddings", [5, 3], Muon(learningRate: 0.1, excludeEmbeddings: false))))
        #expect(isAdam(try change("head", "kernel", [5, 3], muon)))
        #expect(!isAdam(try change("dense_1", "kernel", [5, 3], muon)))
        #expect(!isAdam(try change("lstm", "recurrent_kernel", [3, 12], muon)))
        #expect(isAdam(try change("query", "kernel", [4, 2, 3], muon)))
        let plain = try change(
            "dense", "kernel", [4, 4], Muon(learningRate: 0.1, weightDecay: 0, rmsRate: nil))
        let scaled = try change(
            "dense", "kernel", [4, 4], Muon(learningRate: 0.1, weightDecay: 0, rmsRate: 0.5))
        #expect(plain.isClose(to: scaled))
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
