import Foundation
import Testing

@testable import CognitronCLI

@Suite("Control of a running training")
struct ControlTests {
    private let program: Program

    init() throws {
        program = try Program()
        try SmallData.writeMNIST(to: program.path("digits"))
    }

    /// A training that goes on until it is stopped.
    private func start(_ others: String...) throws -> Program.Running {
        let running = try program.start(
            ["train", "--model", "lenet", "--dataset", "mnist", "--data", "digits", "--epochs", "1000000"]
                + ["--output", "m", "--control", "control"] + others)
        running.wait(for: "Epoch 1/")
        return running
    }

    private func write(_ text: String) throws {
        try text.write(toFile: program.path("control"), atomically: true, encoding: .utf8)
    }

    @Test("SIGUSR1 prints the status, also a second time, and the training goes on")
    func status() throws {
        let running = try start()
        for _ in 0..<2 {
            kill(running.process.processIdentifier, SIGUSR1)
            usleep(300_000)
        }
        #expect(running.process.isRunning)
        running.process.interrupt()
        let result = running.wait()
        let line =
            /Epoch \d+\/1000000  (batch|validation) .*loss \S+ ± \S+  accuracy .*images\/s .*step \d+  learning rate 0.01/
        #expect(result.status == 130 && result.errors.matches(of: line).count == 2, "\(result.errors)")
    }

    @Test(
        "A control file saves, sets the learning rate, is answered where it is wrong, and stops the training")
    func commands() throws {
        try write("stop\n")  // of an earlier training: not followed
        let running = try start("--log", "log.jsonl")
        try write("# comment\nlearning-rate 0.25\n\nsave\nlearning-rate -1\nhello\u{1B}[2J\n")
        running.waitForErrors("hello")
        usleep(50_000)
        try write("stop-after-epoch")
        let result = running.wait()
        #expect(result.status == 0)
        let answers = result.errors.split(separator: "\n").map(String.init)
        #expect(answers.count == 5, "\(answers)")
        #expect(answers.first?.contains(/learning-rate 0.25: from step \d+ on/) == true)
        #expect(answers.dropFirst().first == "save: wrote m")
        #expect(
            answers.dropFirst(2).first?.hasPrefix("learning-rate -1: is no command; expected save, ") == true)
        #expect(answers.dropFirst(3).first?.hasPrefix("hello[2J: is no command") == true)
        #expect(answers.last?.contains(/stop-after-epoch: the training ends after epoch \d+/) == true)
        let log = String(decoding: try program.data("log.jsonl"), as: UTF8.self)
        #expect(log.hasPrefix(#"{"epoch":1,"steps":1,"learning_rate":0.01,"#))
        #expect(log.split(separator: "\n").last?.contains(#""learning_rate":0.25,"#) == true)
        #expect(result.output.contains("Test accuracy"))
    }

    @Test("The command stop ends the training within its epoch; the model is saved")
    func stop() throws {
        let running = try start("--schedule", "cosine")
        try write("stop\n")
        let result = running.wait()
        #expect(result.status == 0 && result.errors == "stop: the training ends\n", "\(result.errors)")
        #expect(result.output.contains("Interrupted: the model is saved") && program.files.contains("m.yaml"))
    }

    @Test("A pipe, a folder and a large file in its place do no harm")
    func hostile() throws {
        let running = try start()
        #expect(mkfifo(program.path("control"), 0o600) == 0)
        usleep(1_200_000)
        unlink(program.path("control"))
        try write(String(repeating: "x\n", count: 1_000_000))
        running.waitForErrors("only the first 20")
        #expect(running.process.isRunning)
        running.process.interrupt()
        #expect(running.wait().status == 130)
    }

    @Test("Lines of a control file")
    func lines() {
        #expect(ControlFile.Command("learning-rate  1e-3") == .learningRate(0.001))
        #expect(ControlFile.Command("stop-after-epoch ") == .stopAfterEpoch)
        for line in [
            "", "stop now", "learning-rate", "learning-rate nan", "learning-rate 0", "learning-rate 1 2",
            "STOP",
        ] {
            #expect(ControlFile.Command(line) == nil, "\(line)")
        }
    }

    @Test(
        "--early-stopping ends the training and saves its best epoch; a log that cannot be begun is an error")
    func earlyStopping() throws {
        let options = [
            "train", "--model", "lenet", "--dataset", "mnist", "--data", "digits", "--epochs", "200",
        ]
        let result = try program.start(
            options + [
                "--early-stopping", "2", "--optimizer", "adam", "--learning-rate", "0.01", "--output", "m",
            ]
        ).wait()
        let match = try #require(
            result.output.firstMatch(of: /end of the best epoch: (\d+)/), "\(result.output)")
        let best = try #require(Int(match.1))
        #expect(
            result.output.contains("Epoch \(best + 2)/200")
                && !result.output.contains("Epoch \(best + 3)/200"))
        let accuracy = try #require(result.output.firstMatch(of: /Test accuracy (\S+ %)/)).1
        let evaluated = try program.run("evaluate", "m", "--data", "digits")
        #expect(evaluated.status == 0)
        #expect(evaluated.output.contains(accuracy), "\(evaluated.output)")
        let refused = try program.start(options + ["--log", "no/folder/log"]).wait()
        #expect(refused.status == 1 && refused.errors.contains("no/folder/log"), "\(refused.errors)")
    }
}
