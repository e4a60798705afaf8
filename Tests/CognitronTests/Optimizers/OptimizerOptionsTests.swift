import Testing

@testable import Cognitron

@Suite("What all optimizers have in common")
struct OptimizerOptionsTests {
    private static func parameter(_ name: String, _ value: Tensor, path: String = "layer") throws -> Parameter
    {
        let parameter = Parameter()
        try BuildContext(path: path).declare(parameter, name, value.shape, .zeros)
        parameter.value = value
        return parameter
    }

    private func step(_ optimizer: any Optimizer, _ moves: [(Parameter, Tensor)]) {
        for (parameter, gradient) in moves { parameter.accumulate(gradient) }
        optimizer.step(moves.map(\.0))
    }

    /// Every optimizer with common arguments.
    private static var complete: [any SlotOptimizer] {
        [
            SGD(
                learningRate: 0.1, globalClipnorm: 2, useEma: true, emaMomentum: 0.5,
                emaOverwriteFrequency: 3,
                gradientAccumulationSteps: 4),
            Adam(
                learningRate: 0.1, globalClipnorm: 2, useEma: true, emaMomentum: 0.5,
                emaOverwriteFrequency: 3,
                gradientAccumulationSteps: 4),
            AdamW(
                learningRate: 0.1, globalClipnorm: 2, useEma: true, emaMomentum: 0.5,
                emaOverwriteFrequency: 3,
                gradientAccumulationSteps: 4),
            RMSprop(
                learningRate: 0.1, globalClipnorm: 2, useEma: true, emaMomentum: 0.5,
                emaOverwriteFrequency: 3,
                gradientAccumulationSteps: 4),
            Muon(
                learningRate: 0.1, globalClipnorm: 2, useEma: true, emaMomentum: 0.5,
                emaOverwriteFrequency: 3,
                gradientAccumulationSteps: 4),
            Adagrad(
                learningRate: 0.1, globalClipnorm: 2, useEma: true, emaMomentum: 0.5,
                emaOverwriteFrequency: 3,
                gradientAccumulationSteps: 4),
            Adadelta(
                learningRate: 0.1, globalClipnorm: 2, useEma: true, emaMomentum: 0.5,
                emaOverwriteFrequency: 3,
                gradientAccumulationSteps: 4),
            Adafactor(
                learningRate: 0.1, globalClipnorm: 2, useEma: true, emaMomentum: 0.5,
                emaOverwriteFrequency: 3,
                gradientAccumulationSteps: 4),
            Adamax(
                learningRate: 0.1, globalClipnorm: 2, useEma: true, emaMomentum: 0.5,
                emaOverwriteFrequency: 3,
                gradientAccumulationSteps: 4),
            Nadam(
                learningRate: 0.1, globalClipnorm: 2, useEma: true, emaMomentum: 0.5,
                emaOverwriteFrequency: 3,
                gradientAccumulationSteps: 4),
            Lamb(
                learningRate: 0.1, globalClipnorm: 2, useEma: true, emaMomentum: 0.5,
                emaOverwriteFrequency: 3,
                gradientAccumulationSteps: 4),
            Lion(
                learningRate: 0.1, globalClipnorm: 2, useEma: true, emaMomentum: 0.5,
                emaOverwriteFrequency: 3,
                gradientAccumulationSteps: 4),
            ScheduleFreeAdamW(
                learningRate: 0.1, globalClipnorm: 2, useEma: true, emaMomentum: 0.5,
                emaOverwriteFrequency: 3,
                gradientAccumulationSteps: 4),
        ]
    }

    @Test("Every optimizer passes them on", arguments: complete.indices)
    func passedOn(_ kind: Int) throws {
        let options = OptimizerOptions(
            globalClipnorm: 2, useEma: true, emaMomentum: 0.5, emaOverwriteFrequency: 3,
            gradientAccumulationSteps: 4)
        let optimizer = Self.complete[kind]
        #expect(optimizer.state.options == options && optimizer.learningRate == 0.1)
        try optimizer.validate()
    }

    @Test("Clipping is the gradient transforms': by value, by norm, and by the norm of all")
    func clipping() throws {
        let (a, b) = (try Self.parameter("a", [0, 0]), try Self.parameter("b", [0]))
        step(SGD(learningRate: 1, clipvalue: 2), [(a, [3, -4]), (b, [1])])
        #expect(a.value == [-2, 2] && b.value == [-1])
        (a.value, b.value) = ([0, 0], [0])
        step(SGD(learningRate: 1, clipnorm: 1), [(a, [3, -4]), (b, [0.5])])
        #expect(a.value.isClose(to: [-0.6, 0.8]) && b.value == [-0.5])
        (a.value, b.value) = ([0, 0], [0])
        step(SGD(learningRate: 1, globalClipnorm: 6.5), [(a, [3, -4]), (b, [12])])
        #expect(a.value.isClose(to: [-1.5, 2]) && b.value.isClose(to: [-6]))
    }

    @Test("Several calls make one step of the mean gradient; schedules count the calls, as in Keras")
    func accumulation() throws {
        let parameter = try Self.parameter("w", [0])
        let optimizer = SGD(
            learningRate: .exponentialDecay(initialLearningRate: 1, decaySteps: 1, decayRate: 0.5),
            gradientAccumulationSteps: 2)
        step(optimizer, [(parameter, [4])])
        #expect(parameter.value == [0] && optimizer.iterations == 0 && !parameter.hasGradient)
        step(optimizer, [(parameter, [2])])
        #expect(parameter.value == [-1.5] && optimizer.iterations == 1 && optimizer.learningRate == 0.25)
    }

    @Test("One optimizer that accumulates serves two networks whose parameters have the same names")
    func accumulationOfTwoNetworks() throws {
        let optimizer = SGD(learningRate: 1, gradientAccumulationSteps: 2)
        let (a, b) = (try Self.parameter("w", [0]), try Self.parameter("w", [0, 0]))
        for _ in 0..<2 {
            step(optimizer, [(a, [1])])
            step(optimizer, [(b, [2, 4])])
        }
        #expect(a.value == [-1] && b.value == [-2, -4])
    }

    @Test("Averages start with the first step's weights, replace them now and then, and at the end")
    func movingAverage() throws {
        let parameter = try Self.parameter("w", [0])
        let optimizer = SGD(learningRate: 1, useEma: true, emaMomentum: 0.5)
        step(optimizer, [(parameter, [-1])])
        #expect(optimizer.state.slots[parameter, "average"] == [1])
        step(optimizer, [(parameter, [-1])])
        #expect(parameter.value == [2] && optimizer.state.slots[parameter, "average"] == [1.5])
        optimizer.finalizeVariableValues([parameter])
        #expect(parameter.value == [1.5])
        // Overwritten at every second step: 1, then (1 + 2) / 2.
        let other = try Self.parameter("w", [0])
        let frequent = SGD(learningRate: 1, useEma: true, emaMomentum: 0.5, emaOverwriteFrequency: 2)
        step(frequent, [(other, [-1])])
        #expect(other.value == [1])
        step(frequent, [(other, [-1])])
        #expect(other.value == [1.5])
    }

    @Test("fit ends with the averages, unless it was broken off")
    func averagesAfterFit() throws {
        final class Stopper: Callback {
            func onTrainBatchEnd(_ batch: Int, _ scores: Scores, _ model: Model) {
                if batch == 2 { model.stopTraining = true }
            }
        }
        let (x, y) = FitTests.makeData(20)
        for callbacks: [any Callback] in [[], [Stopper()]] {
            let optimizer = SGD(learningRate: 0.05, useEma: true, emaMomentum: 0.9)
            let model = try FitTests.makeModel(optimizer: optimizer)
            try model.fit(x, y, batchSize: 5, epochs: 2, callbacks: callbacks, verbose: .silent)
            let kernel = try #require(model.parameters.first)
            let isAverage = kernel.value == optimizer.state.slots[kernel, "average"]
            #expect(isAverage == callbacks.isEmpty)
            #expect(optimizer.iterations == (callbacks.isEmpty ? 8 : 2))
        }
    }

    @Test("Tied parameters count once: in the norm of all, in averages, and for Lookahead")
    func tied() throws {
        let (kept, other) = (try Self.parameter("w", [0, 0]), Parameter())
        other.tie(to: kept)
        let optimizer = SGD(learningRate: 1, globalClipnorm: 2.5, useEma: true, emaMomentum: 0.5)
        for _ in 0..<2 {
            kept.accumulate([3, -4])
            optimizer.step([kept, other])
        }
        #expect(kept.value.isClose(to: [-3, 4]))
        #expect(optimizer.state.slots[kept, "average"].isClose(to: [-2.25, 3]))
        let lookahead = Lookahead(SGD(learningRate: 1), syncPeriod: 2)
        kept.value = [0, 0]
        for _ in 0..<2 {
            kept.accumulate([-1, 1])
            lookahead.step([kept, other])
        }
        #expect(kept.value == [1, -1])
    }

    @Test("Constraints hold for averages, too")
    func constrainedAverage() throws {
        let parameter = Parameter()
        try BuildContext(path: "layer").declare(parameter, "w", [2], .ones, constraint: .unitNorm)
        let optimizer = SGD(learningRate: 1, useEma: true, emaMomentum: 0.5)
        step(optimizer, [(parameter, [1, -1])])
        step(optimizer, [(parameter, [-5, 1])])
        optimizer.finalizeVariableValues([parameter])
        #expect(abs(parameter.value.squared.sum() - 1) < 1e-5)
    }

    @Test("Excluded parameters do not decay, named by pattern or given themselves")
    func exclusion() throws {
        let (kernel, bias) = (try Self.parameter("kernel", [1]), try Self.parameter("bias", [1]))
        let (gamma, other) = (
            try Self.parameter("gamma", [1]), try Self.parameter("kernel", [1], path: "other")
        )
        let all = [kernel, bias, gamma, other]
        for optimizer: any SlotOptimizer in [
            SGD(learningRate: 0.5, weightDecay: 1), Adam(learningRate: 0.5, weightDecay: 1),
            Lamb(learningRate: 0.5, weightDecay: 1),
            Muon(learningRate: 0.5, adamWeightDecay: 1, weightDecay: 1),
        ] {
            optimizer.excludeFromWeightDecay(varList: [other], varNames: ["bias", "^layer/ga"])
            for parameter in all { parameter.value = [1] }
            step(optimizer, all.map { ($0, [0]) })
            #expect(all.map(\.value.scalar) == [0.5, 1, 1, 1])
        }
        let wrong = SGD(weightDecay: 1)
        wrong.excludeFromWeightDecay(varNames: ["("])
        let error = #expect(throws: CognitronError.self) { try wrong.validate() }
        #expect(error?.description == "SGD: invalid varNames; expected a regular expression, got (")
    }

    @Test("Factors by path multiply the rate of a schedule; the first that matches counts, 0 stops a weight")
    func rateFactors() throws {
        let optimizer = SGD(
            learningRate: .piecewiseConstantDecay(boundaries: [1], values: [1, 0.5]), weightDecay: 0.1)
        optimizer.multiplyLearningRate(["^conv/b": 0, "^conv/": 0.1, "conv": 7])
        try optimizer.validate()
        let parameters = try ["conv/kernel", "conv/bias", "head/kernel"].map { path in
            let parameter = Parameter()
            try BuildContext(path: String(path.prefix { $0 != "/" })).declare(
                parameter, String(path.drop { $0 != "/" }.dropFirst()), [1], .ones)
            return parameter
        }
        for parameter in parameters { parameter.accumulate([2]) }
        optimizer.step(parameters)
        // 1 − rate · factor · (2 + 0.1 · 1)
        expectClose(parameters[0].value, Tensor([1 - 0.21]), "a tenth")
        #expect(parameters[1].value == [1])
        expectClose(parameters[2].value, Tensor([1 - 2.1]), "no factor")
        #expect(throws: CognitronError.self) {
            optimizer.multiplyLearningRate(["conv": -1])
            try optimizer.validate()
        }
        #expect(throws: CognitronError.self) {
            optimizer.multiplyLearningRate(["(": 1])
            try optimizer.validate()
        }
    }
}
