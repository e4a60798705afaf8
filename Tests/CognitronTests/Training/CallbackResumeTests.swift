import Foundation
import Testing

@testable import Cognitron

/// A training that is killed at any moment and resumed gives the same weights, rates and rows of its logs.
@Suite("Callbacks of a training that is killed and resumed")
struct CallbackResumeTests {
    private static let epochs = 7

    /// What a training leaves: its folder, with checkpoints and logs.
    private struct Training {
        let folder: TemporaryFolder
        let model: Sequential
        let stopping = EarlyStopping(
            monitor: "val_loss", patience: 9, baseline: 0.1, restoreBestWeights: true)

        init(_ folder: TemporaryFolder, seed: UInt64) throws {
            self.folder = folder
            model = Sequential([Input(3), Dense(4, activation: .tanh), Dropout(0.2), Dense(1)])
            try model.compile(
                optimizer: Adam(learningRate: 0.5, useEma: true), loss: .meanSquaredError, seed: seed)
        }

        func callbacks(_ moment: @escaping () throws -> Void) -> [any Callback] {
            [
                SwapEMAWeights(swapOnEpoch: true),
                TensorBoard(folder.file("board"), histogramFreq: 2, updateFreq: .batch),
                CSVLogger(folder.file("log.csv")), JSONLogger(folder.file("log.jsonl")),
                ReduceLROnPlateau(monitor: "loss", factor: 0.5, patience: 1, cooldown: 1), stopping,
                ModelCheckpoint(folder.file("m-{epoch}-{batch}"), monitor: "loss", saveFreq: .steps(4)),
                ModelCheckpoint(folder.file("best"), monitor: "val_loss", saveBestOnly: true),
                LambdaCallback(
                    onEpochBegin: { _, _ in try moment() }, onEpochEnd: { _, _, _ in try moment() },
                    onTrainBatchBegin: { _, _ in try moment() },
                    onTrainBatchEnd: { _, _, _ in try moment() }),
                BackupAndRestore(
                    folder.file("run"), saveFrequency: .steps(2), deleteCheckpoint: false),
            ]
        }

        func train(_ moment: @escaping () throws -> Void = {}) throws -> History {
            let (x, y) = (Tensor.randomNormal([9, 3], seed: 1), Tensor.randomNormal([9, 1], seed: 2))
            return try model.fit(
                x, y, batchSize: 3, epochs: CallbackResumeTests.epochs, validationData: (x, y),
                callbacks: callbacks(moment), verbose: .silent)
        }

        /// The tags, steps and values of the events.
        func events(isSole: Bool) throws -> [String] {
            try ["train", "validation"].flatMap { part in
                try Event.read(folder: folder.file("board/\(part)"), isSole: isSole).map {
                    let histogram = ($0.histogram ?? [:]).sorted { $0.key < $1.key }
                    return "\($0.tag ?? "") \($0.step) \($0.value ?? 0) \(histogram)"
                }
            }
        }

        /// The logs, the best model, and the names of all files but the checkpoints.
        func results() throws -> [Data] {
            try ["log.csv", "log.jsonl", "best"].map {
                try Data(contentsOf: URL(fileURLWithPath: folder.file($0)))
            } + [Data("\(folder.contents)".utf8)]
        }
    }

    @Test("At moments before and after batches and epochs")
    func killed() throws {
        let straight = try Training(TemporaryFolder(), seed: 1)
        // The folder as a program that is killed at that moment leaves it.
        var copies: [TemporaryFolder] = []
        let history = try straight.train {
            let copy = try TemporaryFolder()
            try FileManager.default.removeItem(atPath: copy.path)
            try FileManager.default.copyItem(atPath: straight.folder.path, toPath: copy.path)
            copies.append(copy)
        }
        let rate = straight.model.optimizer?.learningRate
        #expect(rate != 0.5, "the rate has been lowered")
        #expect(copies.count == Self.epochs * 8)
        let (results, events) = (try straight.results(), try straight.events(isSole: true))
        let rows = try String(contentsOfFile: straight.folder.file("log.csv"), encoding: .utf8)
            .split(separator: "\n")
        #expect(rows.map { $0.prefix { $0 != "," } } == ["epoch"] + (1...Self.epochs).map { "\($0)" })
        // Every third moment: an epoch has eight, so that all kinds are among them.
        for (moment, copy) in copies.enumerated() where moment % 3 == 0 {
            // Before the first checkpoint there is nothing to resume from but the seed.
            let resumed = try Training(copy, seed: 1)
            #expect(try resumed.train() == history, "moment \(moment)")
            #expect(resumed.model.optimizer?.learningRate == rate)
            #expect(resumed.model.trainer?.saveState() == straight.model.trainer?.saveState())
            #expect(resumed.stopping.bestEpoch == straight.stopping.bestEpoch)
            #expect(try resumed.results() == results, "moment \(moment)")
            // A program that is killed before its first checkpoint leaves a file, and starts another.
            #expect(try resumed.events(isSole: moment >= 5) == events, "moment \(moment)")
        }
    }
}
