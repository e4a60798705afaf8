import Testing

@testable import Cognitron

@Suite("Optimizers around others")
struct WrappedOptimizerTests {
    private static func parameter(_ path: String, _ name: String = "w") throws -> Parameter {
        let parameter = Parameter()
        try BuildContext(path: path).declare(parameter, name, [1], .zeros)
        return parameter
    }

    private func step(_ optimizer: any Optimizer, _ parameters: [Parameter], _ gradient: Float = 1) {
        for parameter in parameters { parameter.accumulate(Tensor([gradient])) }
        optimizer.step(parameters)
    }

    @Test("A map chooses by the exact path, then by the first pattern, then the default")
    func map() throws {
        let (sgd, adam, lion, muon) = (SGD(), Adam(), Lion(), Muon())
        let map = OptimizerMap(
            defaultOptimizer: sgd, ["encoder/.*": adam, "encoder/a/kernel": lion, ".*/kernel": muon])
        #expect(map.optimizer(of: "encoder/a/kernel") === lion)
        #expect(map.optimizer(of: "encoder/b/kernel") === adam)
        #expect(map.optimizer(of: "decoder/kernel") === muon)
        #expect(map.optimizer(of: "decoder/bias") === sgd && map.optimizer(of: "an_encoder/a") === sgd)
        #expect(OptimizerMap(defaultOptimizer: sgd).optimizer(of: "a") === sgd)
        let twice = OptimizerMap(defaultOptimizer: sgd, ["a": adam, "a": lion])
        #expect(throws: CognitronError.self) { try MultiOptimizer(twice).validate() }
    }

    @Test("Each optimizer moves its own parameters, at its own rate, and counts its own steps")
    func parts() throws {
        let (a, b) = (try Self.parameter("encoder"), try Self.parameter("decoder"))
        let (slow, fast) = (SGD(learningRate: 0.1), SGD(learningRate: 1))
        let byMap = MultiOptimizer(OptimizerMap(defaultOptimizer: slow, ["encoder/.*": fast]))
        let byClosure = MultiOptimizer { $0.name.hasPrefix("encoder/") ? fast : slow }
        for optimizer in [byMap, byClosure] {
            (a.value, b.value) = ([0], [0])
            step(optimizer, [a, b])
            #expect(a.value == [-1] && b.value == [-0.1] && optimizer.iterations == 1)
            #expect(optimizer.optimizers.count == 2)
        }
        #expect(slow.iterations == 2 && fast.iterations == 2)
        #expect(byMap.learningRate == 0.1)
        byMap.learningRate = 0.2
        #expect(slow.learningRate == 0.2 && fast.learningRate == 2)
        // A first rate of 0 has no ratio to the others.
        slow.learningRate = 0
        byMap.learningRate = 0.5
        #expect(slow.learningRate == 0.5 && fast.learningRate == 0.5)
    }

    @Test("A closure is asked once for each parameter, so that it may make optimizers")
    func closure() throws {
        let (a, b) = (try Self.parameter("a"), try Self.parameter("b"))
        let optimizer = MultiOptimizer { _ in SGD(learningRate: 1, momentum: 0.5) }
        for _ in 0..<2 { step(optimizer, [a, b]) }
        #expect(a.value == [-2.5] && optimizer.optimizers.count == 2)
        // Restored for the same parameters, it goes on with their speeds.
        let copy = MultiOptimizer { _ in SGD(learningRate: 1, momentum: 0.5) }
        #expect(throws: CognitronError.self) { try copy.restore(optimizer.saveState()) }
        try copy.restore(optimizer.saveState(), for: [a, b])
        step(copy, [a, b])
        #expect(a.value == [-4.25] && copy.iterations == 3)
    }

    @Test("A state of other optimizers is refused, and they stay as they were")
    func refused() throws {
        let parameter = try Self.parameter("a")
        let optimizer = MultiOptimizer(
            OptimizerMap(defaultOptimizer: SGD(momentum: 0.9), ["b": Adam()]))
        step(optimizer, [parameter])
        let before = optimizer.saveState()
        for other in [
            MultiOptimizer(OptimizerMap(defaultOptimizer: SGD())),
            MultiOptimizer(OptimizerMap(defaultOptimizer: SGD(), ["b": Lion()])),
        ] {
            #expect(throws: CognitronError.self) { try optimizer.restore(other.saveState()) }
            #expect(optimizer.saveState() == before)
        }
        let lookahead = Lookahead(SGD(momentum: 0.9))
        step(lookahead, [parameter])
        let state = lookahead.saveState()
        #expect(throws: CognitronError.self) { try lookahead.restore(Lookahead(Adam()).saveState()) }
        #expect(lookahead.saveState() == state)
    }

    @Test("Lookahead goes half the way back after each period")
    func lookahead() throws {
        let parameter = try Self.parameter("a")
        let optimizer = Lookahead(SGD(learningRate: 1), syncPeriod: 3, slowStepSize: 0.5)
        var values: [Float] = []
        for _ in 0..<6 {
            step(optimizer, [parameter], -1)
            values.append(parameter.value.scalar)
        }
        #expect(values == [1, 2, 1.5, 2.5, 3.5, 3])
        #expect(optimizer.iterations == 6 && optimizer.learningRate == 1)
    }

    @Test("Lookahead counts steps that were taken, not calls that gathered gradients")
    func lookaheadOfAccumulation() throws {
        let parameter = try Self.parameter("a")
        let optimizer = Lookahead(SGD(learningRate: 1, gradientAccumulationSteps: 2), syncPeriod: 2)
        var values: [Float] = []
        for _ in 0..<4 {
            step(optimizer, [parameter], -1)
            values.append(parameter.value.scalar)
        }
        #expect(values == [0, 1, 1, 1])
    }

    @Test("Models train with both, and a checkpointed state goes on with the same bits")
    func inModels() throws {
        let (x, y) = FitTests.makeData(40)
        func optimizer() -> any Optimizer {
            Lookahead(
                MultiOptimizer(
                    OptimizerMap(
                        defaultOptimizer: Adam(learningRate: 0.05), [".*/bias": SGD(learningRate: 0.05)])),
                syncPeriod: 3)
        }
        let model = try FitTests.makeModel(optimizer: optimizer())
        let losses = try model.fit(x, y, batchSize: 10, epochs: 20, verbose: .silent)["loss"]
        #expect(try #require(losses.last) < 0.5 * (try #require(losses.first)))
    }
}
