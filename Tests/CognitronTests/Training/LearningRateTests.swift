import Testing

@testable import Cognitron

@Suite("Learning rates")
struct LearningRateTests {
    @Test("A cosine decay by hand")
    func cosine() {
        let schedule = CosineDecay(initialLearningRate: 0.1, decaySteps: 8, alpha: 0.1)
        // 0.1 · (0.1 + 0.9 · (1 + cos(π s / 8)) / 2)
        for (step, rate) in [(0, 0.1), (2, 0.08682), (4, 0.055), (8, 0.01), (100, 0.01)] {
            #expect(abs(schedule(step) - Float(rate)) < 1e-6)
        }
    }

    @Test("A warm-up grows evenly to its target")
    func warmup() {
        let schedule = CosineDecay(
            initialLearningRate: 0.02, decaySteps: 4, warmupTarget: 0.1, warmupSteps: 4)
        for (step, rate) in [(0, 0.02), (1, 0.04), (3, 0.08), (4, 0.1), (6, 0.05), (8, 0)] {
            #expect(abs(schedule(step) - Float(rate)) < 1e-6)
        }
    }

    /// Notes the optimizer's rate at the end of every batch.
    private final class Recorder: Callback {
        var rates: [Float] = []
        func onTrainBatchEnd(_ batch: Int, _ scores: Scores, _ model: Model) throws {
            rates.append(model.optimizer?.learningRate ?? .nan)
        }
    }

    private func rates(_ scheduler: LearningRateScheduler, fits: Int = 1) throws -> [Float] {
        let (x, y) = FitTests.makeData(20)
        let model = try FitTests.makeModel()
        let recorder = Recorder()
        for _ in 0..<fits {
            try model.fit(x, y, batchSize: 10, epochs: 2, callbacks: [scheduler, recorder], verbose: .silent)
        }
        return recorder.rates
    }

    @Test("A schedule by steps goes on in the next fit")
    func bySteps() throws {
        let schedule = CosineDecay(initialLearningRate: 0.05, decaySteps: 6)
        #expect(try rates(LearningRateScheduler(schedule), fits: 2) == (0..<8).map { schedule($0) })
    }

    @Test("A schedule by epochs gets the epoch and the rate before")
    func byEpochs() throws {
        let scheduler = LearningRateScheduler { epoch, rate in epoch == 1 ? 0.5 : rate / 2 }
        #expect(try rates(scheduler) == [0.5, 0.5, 0.25, 0.25])
    }

    @Test("A rate that is none is an error", arguments: [-1, Float.nan, .infinity])
    func invalid(_ rate: Float) {
        let error = #expect(throws: CognitronError.self) {
            try self.rates(LearningRateScheduler { _, _ in rate })
        }
        #expect(error.map { "\($0)" }?.hasPrefix("LearningRateScheduler (epoch 1)") ?? false)
    }
}
