import Foundation
import Testing

@testable import Cognitron

@Suite("Loggers")
struct LoggerTests {
    private let folder: TemporaryFolder
    private let model: Model

    init() throws {
        folder = try TemporaryFolder()
        model = Sequential([Input(2), Dense(1)])
        try model.compile(optimizer: SGD(learningRate: 0.5), loss: .meanSquaredError, seed: 1)
    }

    private func log(_ logger: any Callback, _ epochs: [Scores]) throws {
        try logger.onTrainBegin(model)
        for (index, scores) in epochs.enumerated() { try logger.onEpochEnd(index + 1, scores, model) }
        try logger.onTrainEnd(model)
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: folder.file(name), encoding: .utf8)
    }

    @Test("CSVLogger writes a header and a row for each epoch, with columns as Keras sorts them")
    func csv() throws {
        let epochs: [Scores] = [
            ["loss": 0.5, "accuracy": 0.25, "val_loss": .nan], ["loss": 0.125, "accuracy": 1],
        ]
        try log(CSVLogger(folder.file("a.csv")), epochs)
        let rows = "1,0.25,0.5,nan\n2,1.0,0.125,NA\n"
        #expect(try text("a.csv") == "epoch,accuracy,loss,val_loss\n" + rows)
        try log(CSVLogger(folder.file("a.csv"), append: true), epochs)
        #expect(try text("a.csv") == "epoch,accuracy,loss,val_loss\n" + rows + rows)
        try log(CSVLogger(folder.file("a.csv"), separator: ";"), [["a;b": 1, "c\"d": 2]])
        #expect(try text("a.csv") == "epoch;\"a;b\";\"c\"\"d\"\n1;1.0;2.0\n")
    }

    @Test("The columns hold the validation scores where the first epoch does not measure them")
    func rareValidation() throws {
        let (x, y) = (Tensor.zeros([4, 2]), Tensor.zeros([4, 1]))
        try model.fit(
            x, y, epochs: 2, validationData: (x, y), validationFrequency: 2,
            callbacks: [CSVLogger(folder.file("a.csv"))], verbose: .silent)
        #expect(try text("a.csv") == "epoch,loss,val_loss\n1,0.0,NA\n2,0.0,0.0\n")
    }

    @Test("JSONLogger writes a line of JSON for each epoch")
    func json() throws {
        try log(JSONLogger(folder.file("a.jsonl")), [["loss": 0.5, "my \"own\"": .infinity]])
        let line = #"{"epoch":1,"steps":0,"learning_rate":0.5,"loss":0.5,"my \"own\"":null}"# + "\n"
        #expect(try text("a.jsonl") == line)
        try log(JSONLogger(folder.file("a.jsonl"), append: true), [["loss": 0.25], ["loss": 1]])
        let objects = try text("a.jsonl").split(separator: "\n").map {
            try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(objects.map { $0["loss"] as? Double } == [0.5, 0.25, 1])
        #expect(objects.map { $0["epoch"] as? Int } == [1, 1, 2])
    }

    @Test("Files that cannot be written are refused before the first epoch")
    func unwritable() throws {
        let (x, y) = (Tensor.zeros([4, 2]), Tensor.zeros([4, 1]))
        for logger: any Callback in [
            CSVLogger(folder.file("no/a.csv")), JSONLogger(folder.path), CSVLogger(""),
            CSVLogger(folder.file("a"), separator: ""),
        ] {
            let text = errorText { try model.fit(x, y, callbacks: [logger], verbose: .silent) }
            #expect(!text.isEmpty && model.trainer?.stepsTaken == 0)
        }
    }

    @Test("A training without a whole epoch leaves no file, and an earlier one as it was")
    func nothingToSay() throws {
        try Data("earlier".utf8).write(to: URL(fileURLWithPath: folder.file("b.csv")))
        for name in ["a.csv", "b.csv"] { try log(CSVLogger(folder.file(name)), []) }
        try log(JSONLogger(folder.file("a.jsonl")), [])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["b.csv"])
        #expect(try text("b.csv") == "earlier")
    }

    @Test("A resumed training whose file has become shorter says so")
    func shortened() throws {
        let logger = CSVLogger(folder.file("a.csv"))
        try log(logger, [["loss": 1]])
        try Data("epoch".utf8).write(to: URL(fileURLWithPath: folder.file("a.csv")))
        let text = errorText { try logger.onEpochEnd(2, ["loss": 1], model) }
        #expect(text.contains("has lost lines"), "\(text)")
    }
}
