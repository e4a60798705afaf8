import Cognitron
import Foundation
import Testing

@testable import CognitronCLI

@Suite("Files of options for cognitron train")
struct ConfigurationTests {
    private let folder = FileManager.default.temporaryDirectory.appending(
        path: "cognitron-configuration-\(UUID().uuidString)"
    ).path

    /// The arguments of train that a file stands for, beside others.
    private func arguments(_ text: String, _ others: String...) throws -> [String] {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = "\(folder)/f.yaml"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        let expanded = try ConfigurationFile.expanding(
            ["train", "--config", path] + others, of: TrainCommand.self)
        #expect(expanded.first == "train")
        return expanded.dropFirst().filter { $0 != "--config" && $0 != path }
    }

    @Test("A file stands for its options; those on the command line take their places")
    func expands() throws {
        let text = "# a comment\nepochs: 3\nlearning-rate: 1e-3\nseed: 18446744073709551615\nlog:\n"
        let words = ["--epochs=3", "--learning-rate=1e-3", "--seed=18446744073709551615"]
        #expect(try arguments(text) == words)
        #expect(try arguments(text, "--epochs", "4") == [words[1], words[2], "--epochs", "4"])
        #expect(
            try arguments(text, "--epochs=4", "--log", "l") == [
                words[1], words[2], "--epochs=4", "--log", "l",
            ])
        #expect(
            try arguments(#"{"epochs": 3, "output": "a b: c", "data": null}"#) == [
                words[0], "--output=a b: c",
            ])
        #expect(try arguments("") == [] && arguments("# nothing\n") == [])
        #expect(try arguments("output: &a x\nlog: *a\n") == ["--output=x", "--log=x"])
        #expect(try arguments("output: \"null\"\n") == ["--output=null"])
        #expect(try arguments("early-stopping: 3\n") == ["--early-stopping=3"])
        #expect(
            try ConfigurationFile.expanding(["predict", "--config", "none"], of: TrainCommand.self)
                == ["predict", "--config", "none"])
    }

    static let mistakes = [
        ("epochs: 3\nepoch: 3\n", #"line 2: there is no option "epoch""#),
        ("epoch: 3\n", "did you mean epochs?"),
        ("batch_size: 3\n", "did you mean batch-size?"),
        ("epochs: many\n", "line 1: epochs: The value 'many' is invalid"),
        ("seed: 1\nepochs: 0\n", "line 2: epochs: --epochs: expected at least 1, got 0"),
        ("model: lenett\n", "line 1: model: "),
        ("model: lenett\n", "did you mean lenet?"),
        ("epochs: {a: 1}\n", "line 1: epochs: holds other values"),
        ("epochs: [1, [2]]\n", "line 1: epochs: holds other values"),
        ("plan: maybe\n", "line 1: plan: is no switch; expected true or false, got maybe"),
        ("? [a]\n: b\n", "the name of an option is a list"),
        ("- a\n- b\n", "is no list of options"),
        ("words", "is no list of options"),
        ("a: b: c\n", "is no YAML"),
        ("epochs: 1\nepochs: 2\n", "duplicated key(s): 'epochs'"),
        ("a: \"\\uD83D\"\n", "is no YAML"),
        ("a: *b\n", "is no YAML"),
        (String(repeating: "[", count: 100_000), "is no YAML"),
        (String(repeating: "- ", count: 100_000), "is no YAML"),
        (String(repeating: "? ", count: 100_000), "is no YAML"),
        (String(repeating: "{a: ", count: 60_000), "is no YAML"),
        (String(repeating: "# 100 MB\n", count: 1_000_000), "is too large"),
    ]

    @Test("What is wrong in a file is named with its line", arguments: mistakes.indices)
    func mistake(_ number: Int) throws {
        let (text, message) = Self.mistakes[number]
        let error = try #require(#expect(throws: CognitronError.self) { try arguments(text) })
        #expect(error.description.contains("f.yaml") && error.description.contains(message), "\(error)")
    }

    @Test("Aliases cannot stand for a list of any length")
    func bomb() throws {
        var text = "a0: &a0 [x, x]\n"
        for level in 1..<40 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        for bomb in [text, text + "? *a39\n: x\n", text + "epochs: *a39\n"] {
            let error = try #require(#expect(throws: CognitronError.self) { try arguments(bomb) })
            #expect(error.description.contains("too many aliases"))
        }
    }

    @Test("Mutated files are read or refused, and none ends the program")
    func mutations() throws {
        var generator = SplitMix(state: 11)
        let count = ProcessInfo.processInfo.environment["COGNITRON_FUZZ"].flatMap { Int($0) } ?? 300
        let start = Array(
            "# c\nmodel: lenet\nepochs: 3\naugment: [\"x\", 'y']\nlog: &a \"b\\n\"\ncontrol: *a\n".utf8)
        for _ in 0..<count {
            var bytes = start
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1:
                    bytes.insert(
                        Array("&*[]{}:?-|>%@!\"'\t \n".utf8).randomElement(using: &generator)!, at: place)
                default: bytes.remove(at: place)
                }
            }
            do {
                _ = try arguments(String(decoding: bytes, as: UTF8.self))
            } catch let error as CognitronError {
                #expect(error.description.contains("f.yaml"))
            }
        }
    }

    @Test(
        "Every option of train is in the file that is written, and stands for the same training when it is read"
    )
    func complete() throws {
        let command = try TrainCommand.parse([
            "--epochs", "7", "--learning-rate", "0.1", "--output", "it's: a \"net\"\n", "--log", "true",
            "--data", ".", "--early-stopping", "--seed", "3",
        ])
        let settings = Setting.all(of: command)
        let help = TrainCommand.helpMessage(includeHidden: true, columns: 1_000)
        let options = help.matches(of: /(?m)^  --([a-z-]+)/).map { String($0.1) }
        #expect(Set(settings.map(\.name)) == Set(options).subtracting(["help", "version"]))
        let text = ConfigurationText.text(settings, path: "net.yaml")
        let words = try arguments(text)
        #expect(try Setting.all(of: TrainCommand.parse(words)) == settings)
        #expect(text.contains("\nearly-stopping: 5\n") && text.contains("\nlog: \"true\"\n"))
    }

    @Test("Several values are written as a list, and read as one or with commas between them")
    func lists() throws {
        let command = try TrainCommand.parse(["--augment", "flip, shift:2", "--augment", "blur"])
        let text = ConfigurationText.text(Setting.all(of: command), path: "net.yaml")
        #expect(text.contains("\naugment: [flip, shift:2, blur]\n"))
        let words = ["--augment=flip", "--augment=shift:2", "--augment=blur"]
        #expect(try arguments(text).filter { $0.hasPrefix("--augment") } == words)
        #expect(try arguments("augment: flip,shift:2\n") == ["--augment=flip,shift:2"])
        #expect(try arguments("augment: [flip, 'shift:2,blur']\n") == [words[0], "--augment=shift:2,blur"])
    }

    // MARK: - Trainings

    private static let training = [
        "train", "--model", "lenet", "--dataset", "mnist", "--data", "digits", "--epochs", "3",
        "--batch-size", "8",
        "--optimizer", "adam", "--schedule", "cosine",
    ]

    @Test("A training is repeated from the file beside its model, to the same bytes")
    func repeats() throws {
        let program = try Program()
        try SmallData.writeMNIST(to: program.path("digits"))
        #expect(try program.start(Self.training + ["--output", "a.safetensors"]).wait().status == 0)
        let file = try program.data("a.yaml")
        let model = try program.data("a.safetensors")
        try FileManager.default.removeItem(atPath: program.path("a.safetensors"))
        let again = try program.run("train", "--config", "a.yaml", "--threads", "1")
        #expect(again.status == 0, "\(again.errors)")
        #expect(try program.data("a.safetensors") == model)
        #expect(try program.data("a.yaml") == file)
        let other = try program.run(
            "train", "--config", "a.yaml", "--epochs", "2", "--output", "b.safetensors")
        #expect(other.status == 0 && other.output.contains("Epoch 2/2"), "\(other.errors)")
        #expect(try String(decoding: program.data("b.yaml"), as: UTF8.self).contains("\nepochs: 2\n"))
        // A file that a person has written is not replaced.
        let refused = try program.run("train", "--config", "a.yaml", "--epochs", "2")
        #expect(refused.status != 0 && refused.errors.contains("--output"), "\(refused.errors)")
        #expect(try program.data("a.yaml") == file)
        let resumed = try program.run("train", "--config", "a.yaml", "--resume", "run")
        #expect(resumed.status != 0 && resumed.errors.contains("the settings are those of the folder"))
    }

    @Test("A resumed training goes on with its logs and early stopping")
    func resumes() throws {
        let program = try Program()
        try SmallData.writeMNIST(to: program.path("digits"))
        let options = [
            "--log", "log.jsonl", "--early-stopping", "50", "--control", "c", "--tensorboard", "tb",
        ]
        let whole = Self.training.map { $0 == "3" ? "40" : $0 } + options
        #expect(try program.start(whole + ["--output", "a.safetensors"]).wait().status == 0)
        let log = try program.data("log.jsonl")
        #expect(String(decoding: log, as: UTF8.self).split(separator: "\n").count == 40)
        let running = try program.start(whole + ["--output", "b.safetensors", "--checkpoint", "run"])
        running.wait(for: "Epoch 2/")
        running.process.interrupt()
        _ = running.wait()
        let resumed = try program.run("train", "--resume", "run")
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(try program.data("b.safetensors") == program.data("a.safetensors"))
        #expect(try program.data("log.jsonl") == log)
    }
}
