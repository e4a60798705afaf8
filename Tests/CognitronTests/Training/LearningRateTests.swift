import Foundation
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

    @Test("A warm-up leads to any schedule's start; without steps it is none")
    func warmupOfAny() {
        let decay = LearningRate.exponentialDecay(initialLearningRate: 0.4, decaySteps: 1, decayRate: 0.5)
        let schedule = LearningRate.warmup(decay, warmupSteps: 4)
        #expect((0..<7).map { schedule($0) } == [0, 0.1, 0.2, 0.3, 0.4, 0.2, 0.1])
        let constant = LearningRate.warmup(0.3, warmupSteps: 2, initialLearningRate: 0.1)
        #expect(Tensor((0..<4).map { constant($0) }).isClose(to: [0.1, 0.2, 0.3, 0.3]))
        #expect(LearningRate.warmup(decay, warmupSteps: 0)(0) == 0.4)
    }

    @Test("One cycle starts, peaks and ends where it says, however short it is")
    func oneCycle() {
        let schedule = OneCycle(maxLearningRate: 1, totalSteps: 10, annealStrategy: .linear)
        for (step, rate) in [(0, 0.04), (1, 0.52), (2, 1), (9, 4e-6), (50, 4e-6)] {
            #expect(abs(schedule(step) - Float(rate)) < 1e-6)
        }
        for steps in 1...4 {
            let short = OneCycle(maxLearningRate: 1, totalSteps: steps, pctStart: 0)
            #expect((0..<6).allSatisfy { short($0) >= 0 && short($0) <= 1 })
            #expect(abs(short(steps) - 4e-6) < 1e-8)
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

    @Test("One scheduler serves two models: each starts at the top")
    func severalModels() throws {
        let schedule = CosineDecay(initialLearningRate: 0.05, decaySteps: 6)
        let scheduler = LearningRateScheduler(schedule)
        for _ in 0..<2 { #expect(try rates(scheduler) == (0..<4).map { schedule($0) }) }
    }

    @Test("A schedule in the optimizer goes by its own steps, also in the next fit and in a second model")
    func inOptimizer() throws {
        let (x, y) = FitTests.makeData(20)
        let schedule = LearningRate.cosineDecay(initialLearningRate: 0.05, decaySteps: 6)
        for _ in 0..<2 {
            let model = try FitTests.makeModel(optimizer: SGD(learningRate: schedule))
            let recorder = Recorder()
            for _ in 0..<2 {
                try model.fit(x, y, batchSize: 10, epochs: 2, callbacks: [recorder], verbose: .silent)
            }
            // After a step the optimizer has the next one's rate.
            #expect(recorder.rates == (1...8).map { schedule($0) })
            #expect(model.optimizer?.iterations == 8)
        }
    }

    @Test("Setting the rate replaces the schedule, and a restored optimizer knows that")
    func replaced() throws {
        let schedule = LearningRate.exponentialDecay(initialLearningRate: 0.1, decaySteps: 1, decayRate: 0.5)
        let optimizer = Adam(learningRate: schedule)
        for _ in 0..<2 { optimizer.step([]) }
        #expect(optimizer.learningRate == 0.025)
        let (scheduled, replaced) = (Adam(learningRate: schedule), Adam(learningRate: schedule))
        try scheduled.restore(optimizer.saveState())
        optimizer.learningRate = 0.3
        optimizer.step([])
        #expect(optimizer.learningRate == 0.3)
        try replaced.restore(optimizer.saveState())
        #expect(scheduled.learningRate == 0.025 && replaced.learningRate == 0.3)
        // A schedule that is new in the program counts, not the number of the program before.
        try scheduled.restore(Adam(learningRate: 0.7).saveState())
        #expect(scheduled.learningRate == 0.1)
    }

    @Test("Numbers, variables and schedules are learning rates")
    func arguments() {
        let rate: Float = 0.25
        #expect(Adam(learningRate: rate).learningRate == 0.25 && Adam(learningRate: 0.5).learningRate == 0.5)
        #expect(SGD(learningRate: 1).learningRate == 1 && Adam().learningRate == 0.001)
        #expect(
            AdamW(learningRate: rate * 2).weightDecay == 0.004
                && Muon(learningRate: rate).learningRate == 0.25)
        #expect(RMSprop(learningRate: .constant(0.1)).learningRate == 0.1)
        #expect(
            AdamW(learningRate: .polynomialDecay(initialLearningRate: 0.2, decaySteps: 4)).learningRate == 0.2
        )
    }

    static let impossible: [LearningRate] = [
        .cosineDecay(initialLearningRate: 0.1, decaySteps: 0),
        .cosineDecay(initialLearningRate: .nan, decaySteps: 1),
        .cosineDecay(initialLearningRate: 0.1, decaySteps: 1, warmupTarget: -1),
        .cosineDecay(initialLearningRate: 0.1, decaySteps: 1, warmupTarget: 1, warmupSteps: -1),
        .cosineDecayRestarts(initialLearningRate: 0.1, firstDecaySteps: 0),
        .cosineDecayRestarts(initialLearningRate: 0.1, firstDecaySteps: 1, tMul: 0.5),
        .exponentialDecay(initialLearningRate: 0.1, decaySteps: 0, decayRate: 0.5),
        .exponentialDecay(initialLearningRate: 0.1, decaySteps: 1, decayRate: -0.5),
        .inverseTimeDecay(initialLearningRate: 0.1, decaySteps: -1, decayRate: 0.5),
        .polynomialDecay(initialLearningRate: 0.1, decaySteps: 0),
        .polynomialDecay(initialLearningRate: 0.1, decaySteps: 1, power: .infinity),
        .piecewiseConstantDecay(boundaries: [], values: []),
        .piecewiseConstantDecay(boundaries: [1, 1], values: [1, 2, 3]),
        .piecewiseConstantDecay(boundaries: [1], values: [1, -1]), .constant(-1), .constant(.nan),
        .oneCycle(maxLearningRate: 0.1, totalSteps: 0), .oneCycle(maxLearningRate: .nan, totalSteps: 9),
        .oneCycle(maxLearningRate: 0.1, totalSteps: 9, pctStart: 1.5),
        .oneCycle(maxLearningRate: 0.1, totalSteps: 9, divFactor: 0),
        .warmup(0.1, warmupSteps: -1), .warmup(.constant(-1), warmupSteps: 2),
        .warmup(0.1, warmupSteps: 2, initialLearningRate: -1),
    ]

    @Test(
        "Impossible schedules are errors of compile, for whatever optimizer, and of the callback",
        arguments: impossible)
    func impossibleSchedule(_ schedule: LearningRate) throws {
        for optimizer in OptimizerStateTests.slotOptimizers(schedule).dropLast() {
            let name = "\(type(of: optimizer))"
            let error = #expect(throws: CognitronError.self) {
                try FitTests.makeModel(optimizer: optimizer)
            }
            #expect(error?.description.hasPrefix("\(name): invalid learningRate; expected ") == true)
        }
        let error = #expect(throws: CognitronError.self) { try self.rates(LearningRateScheduler(schedule)) }
        #expect(error?.description.hasPrefix("LearningRateScheduler: invalid schedule; expected ") == true)
        _ = schedule(3)  // does not trap
    }

    /// A schedule as a user writes it.
    private struct Halving: LearningRateSchedule {
        var steps = 2
        func callAsFunction(_ step: Int) -> Float { step / steps % 2 == 0 ? 0.5 : 0.25 }
    }

    @Test("A schedule of one's own, and files keep schedules")
    func coding() throws {
        LearningRate.register(Halving.self)
        let schedules: [LearningRate] = [
            0.1, LearningRate(Halving(steps: 3)),
            .cosineDecay(
                initialLearningRate: 0.1, decaySteps: 3, alpha: 0.1, warmupTarget: 1, warmupSteps: 2),
            .cosineDecayRestarts(initialLearningRate: 0.1, firstDecaySteps: 3, tMul: 3, mMul: 2, alpha: 0.1),
            .exponentialDecay(initialLearningRate: 0.1, decaySteps: 2, decayRate: 0.5, staircase: true),
            .inverseTimeDecay(initialLearningRate: 0.1, decaySteps: 2, decayRate: 0.5, staircase: true),
            .polynomialDecay(
                initialLearningRate: 0.1, decaySteps: 2, endLearningRate: 0.01, power: 2, cycle: true),
            .piecewiseConstantDecay(boundaries: [1, 3], values: [3, 2, 1]),
            .oneCycle(
                maxLearningRate: 0.1, totalSteps: 7, pctStart: 0.5, annealStrategy: .linear, divFactor: 5,
                finalDivFactor: 10),
            .warmup(
                .exponentialDecay(initialLearningRate: 0.1, decaySteps: 2, decayRate: 0.5), warmupSteps: 3,
                initialLearningRate: 0.05),
        ]
        for schedule in schedules {
            let data = try JSONEncoder().encode(schedule)
            let read = try JSONDecoder().decode(LearningRate.self, from: data)
            #expect(read == schedule && (0..<9).allSatisfy { read($0) == schedule($0) })
        }
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
