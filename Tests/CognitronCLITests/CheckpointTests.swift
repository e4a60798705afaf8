import Foundation
import Testing

@Suite("Checkpoints of the command cognitron train", .serialized)
struct CheckpointTests {
    private static let settings = [
        "--model", "lenet", "--dataset", "mnist", "--data", "digits", "--epochs", "30", "--batch-size", "8",
        "--optimizer", "adam", "--schedule", "cosine", "--augment", "flip,shift", "--seed", "3",
    ]

    /// A program with data, and the model file of a training that nothing interrupted.
    private func uninterrupted() throws -> (Program, Data) {
        let program = try Program()
        try SmallData.writeMNIST(to: program.path("digits"))
        let result = try program.start(["train"] + Self.settings + ["--output", "whole.safetensors"]).wait()
        try #require(result.status == 0, "\(result.errors)")
        return (program, try program.data("whole.safetensors"))
    }

    @Test("A training that is killed ten times ends with the same file, byte for byte")
    func killed() throws {
        let (program, whole) = try uninterrupted()
        var generator = SplitMix(state: 7)
        var kills = 0
        var arguments =
            Self.settings + ["--output", "net.safetensors", "--checkpoint", "run", "--checkpoint-every", "2"]
        for attempt in 0..<200 {
            let running = try program.start(["train"] + arguments + ["--threads", "\(1 + attempt % 2)"])
            if kills < 10 {
                usleep(useconds_t.random(in: 20_000...250_000, using: &generator))
                if running.process.isRunning {
                    kill(running.process.processIdentifier, SIGKILL)
                    kills += 1
                }
            }
            let result = running.wait()
            // Without its configuration, which is written first, the folder holds nothing to resume.
            if FileManager.default.fileExists(atPath: program.path("run/training.json")) {
                arguments = ["--resume", "run", "--makers", "\(1 + attempt % 3)"]
            }
            if kills >= 10, result.status == 0 { break }
            #expect(result.status == 0 || result.status == SIGKILL, "\(result.errors)")
        }
        #expect(kills == 10)
        #expect(try program.data("net.safetensors") == whole)
        let history = try JSONDecoder().decode(
            [String: [String: [Float]]].self, from: try scores(program, "net.history.json"))
        let expected = try JSONDecoder().decode(
            [String: [String: [Float]]].self, from: try scores(program, "whole.history.json"))
        #expect(history == expected)
        #expect(
            !(try FileManager.default.contentsOfDirectory(atPath: program.path("run"))).contains {
                $0.hasSuffix(".part")
            })
    }

    /// A training that goes on until it is stopped, with checkpoints in the folder run.
    private func endless() throws -> (Program, Program.Running) {
        let program = try Program()
        try SmallData.writeMNIST(to: program.path("digits"))
        var settings = Self.settings
        settings[settings.firstIndex(of: "30")!] = "100000"
        let running = try program.start(
            ["train"] + settings + ["--output", "net.safetensors", "--checkpoint", "run"])
        return (program, running)
    }

    /// Resumes the training of the folder run, and stops it in its first epoch.
    private func expectResumable(_ program: Program) throws {
        let resumed = try program.start(["train", "--resume", "run"])
        resumed.wait(for: "Epoch ")
        resumed.process.interrupt()
        #expect(resumed.wait().status == 130)
    }

    @Test("A second training does not write into a folder of checkpoints while the first one runs")
    func twoTrainings() throws {
        let (program, first) = try endless()
        first.wait(for: "Epoch 2/")
        let second = try Program()
        let result = try second.run("train", "--resume", program.path("run"))
        #expect(result.status != 0)
        #expect(
            result.errors.contains("another training is writing its checkpoints there"), "\(result.errors)")
        #expect(first.process.isRunning)
        first.process.interrupt()
        #expect(first.wait().status == 130)
        try expectResumable(program)
    }

    @Test("Where the folder of checkpoints vanishes, the training says so and the last model stays")
    func folderGone() throws {
        let (program, running) = try endless()
        running.wait(for: "Epoch 3/")
        // Renamed, for files written meanwhile would be left in a folder that is being removed.
        try FileManager.default.moveItem(atPath: program.path("run"), toPath: program.path("gone"))
        let result = running.wait()
        #expect(result.status != 0 && result.status != SIGKILL)
        #expect(result.errors.contains("run"), "\(result.errors)")
        let answer = try program.run("predict", "net.safetensors", "0", "--data", "digits")
        #expect(answer.status == 0, "\(answer.errors)")
        try FileManager.default.moveItem(atPath: program.path("gone"), toPath: program.path("run"))
        try expectResumable(program)
    }

    /// The scores of a history file.
    private func scores(_ program: Program, _ name: String) throws -> Data {
        let object = try JSONSerialization.jsonObject(with: try program.data(name)) as? [String: Any]
        return try JSONSerialization.data(withJSONObject: ["scores": try #require(object?["scores"])])
    }

    @Test("Ctrl-C saves a checkpoint too, says how to go on, and going on ends with the same file")
    func interrupted() throws {
        let (program, whole) = try uninterrupted()
        let running = try program.start(
            ["train"] + Self.settings + ["--output", "net.safetensors", "--checkpoint", "run"])
        running.wait(for: "Epoch 2/")
        running.process.interrupt()
        let result = running.wait()
        #expect(result.status == 130 && result.output.contains("train --resume run\n"))
        let resumed = try program.start(["train", "--resume", "run"]).wait()
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(try program.data("net.safetensors") == whole)
        // Once more: there is nothing left to train, and the file is written again.
        try FileManager.default.removeItem(atPath: program.path("net.safetensors"))
        #expect(try program.start(["train", "--resume", "run"]).wait().status == 0)
        #expect(try program.data("net.safetensors") == whole)
    }

    @Test(
        "A folder without a checkpoint starts from the beginning, a damaged checkpoint gives way to the one before"
    )
    func damaged() throws {
        let (program, whole) = try uninterrupted()
        let started = try program.start(
            ["train"] + Self.settings + [
                "--output", "net.safetensors", "--checkpoint", "run", "--checkpoint-every", "7",
            ]
        )
        .wait()
        #expect(started.status == 0, "\(started.errors)")
        func checkpoints() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: program.path("run")).filter {
                $0.hasPrefix("checkpoint-")
            }
            .sorted()
        }
        let newest = program.path("run/\(try #require(try checkpoints().last))")
        var bytes = try Data(contentsOf: URL(fileURLWithPath: newest))
        bytes[bytes.count - 100] ^= 1
        try bytes.write(to: URL(fileURLWithPath: newest))
        let resumed = try program.start(["train", "--resume", "run"]).wait()
        #expect(resumed.status == 0 && resumed.errors.contains("its checksum does not fit"))
        #expect(try program.data("net.safetensors") == whole)
        for name in try checkpoints() {
            try FileManager.default.removeItem(atPath: program.path("run/\(name)"))
        }
        #expect(try program.start(["train", "--resume", "run"]).wait().status == 0)
        #expect(try program.data("net.safetensors") == whole)
    }

    @Test("What does not go together is refused before anything happens")
    func mistakes() throws {
        let program = try Program()
        func message(_ arguments: String...) throws -> String {
            let result = try program.start(["train"] + arguments).wait()
            #expect(result.status != 0)
            return result.errors
        }
        #expect(
            try message("--resume", "nowhere").contains(
                "nowhere: is no folder of checkpoints; expected a file training.json"))
        #expect(
            try message("--resume", "run", "--epochs", "3").contains("the settings are those of the folder"))
        #expect(try message("--checkpoint-every", "3").contains("needs --checkpoint"))
        #expect(
            try message("--checkpoint", "run", "--checkpoint-every", "0").contains(
                "expected at least 1, got 0"))
        try FileManager.default.createDirectory(
            atPath: program.path("run"), withIntermediateDirectories: true)
        try Data("{}".utf8).write(to: URL(fileURLWithPath: program.path("run/training.json")))
        #expect(try message("--checkpoint", "run").contains("holds the checkpoints of a training already"))
        #expect(try message("--resume", "run").contains("training.json: cannot be read"))
    }
}

/// Random numbers that are the same in every run.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
