import Foundation
import Testing

/// The command `cognitron train` under Open MPI's `mpirun`.
@Suite("Training under mpirun", .serialized)
struct RanksTests {
    private static let settings = [
        "--model", "lenet", "--dataset", "mnist", "--data", "digits", "--batch-size", "12", "--seed", "3",
    ]

    private func program() throws -> Program {
        let program = try Program()
        try SmallData.writeMNIST(to: program.path("digits"))
        return program
    }

    /// Starts so many ranks.
    private func start(
        _ program: Program, ranks: Int, _ arguments: [String], environment: [String: String?] = [:]
    ) throws -> Program.Running {
        try program.start(
            arguments, environment: environment,
            script: #"exec mpirun --allow-run-as-root --oversubscribe -n \#(ranks) "$0" "$@""#)
    }

    private func train(
        _ program: Program, ranks: Int, _ arguments: [String], output: String
    ) throws -> Program.Result {
        try start(program, ranks: ranks, ["train"] + Self.settings + arguments + ["--output", output]).wait()
    }

    @Test(
        "Two and three ranks train as one process does, and one of them prints and saves", arguments: [2, 3])
    func ranks(count: Int) throws {
        let program = try program()
        let alone = try program.start(
            ["train"] + Self.settings + ["--epochs", "2", "--output", "alone.safetensors"]
        ).wait()
        let result = try train(program, ranks: count, ["--epochs", "2"], output: "ranks.safetensors")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("\(count) ranks"))
        #expect(result.output.components(separatedBy: "Epoch 2/2").count == 2, "\(result.output)")
        #expect(
            program.files.filter { $0.hasPrefix("ranks") } == [
                "ranks.history.json", "ranks.safetensors", "ranks.yaml",
            ])
        let (a, b) = (try loss(alone.output), try loss(result.output))
        #expect(abs(a - b) < 2e-3, "\(a) \(b)")
    }

    /// The training loss of the last epoch.
    private func loss(_ output: String) throws -> Float {
        let words = try #require(output.components(separatedBy: "Epoch 2/2").last).split(separator: " ")
        let index = try #require(words.firstIndex(of: "loss"))
        return try #require(Float(words[index + 1]))
    }

    @Test("With --shards, one process, two ranks and four write the same file, byte for byte")
    func shards() throws {
        let program = try program()
        let options = ["--epochs", "2", "--shards", "4"]
        let alone = try program.start(
            ["train"] + Self.settings + options + ["--output", "1.safetensors"]
        ).wait()
        try #require(alone.status == 0, "\(alone.errors)")
        for count in [2, 4] {
            let result = try train(program, ranks: count, options, output: "\(count).safetensors")
            try #require(result.status == 0, "\(result.errors)")
            #expect(try program.data("\(count).safetensors") == program.data("1.safetensors"))
        }
    }

    @Test("A rank that is killed ends the others, and another number of ranks goes on to the same file")
    func killedRank() throws {
        let program = try program()
        let options = ["--epochs", "40", "--shards", "4"]
        let whole = try train(program, ranks: 2, options, output: "whole.safetensors")
        try #require(whole.status == 0, "\(whole.errors)")
        let running = try start(
            program, ranks: 2,
            ["train"] + Self.settings + options + [
                "--output", "net.safetensors", "--checkpoint", "run", "--checkpoint-every", "2",
            ])
        running.wait(for: "Epoch 3/")
        let children = try self.children(of: running.process.processIdentifier)
        try #require(children.count == 2, "\(children)")
        let began = ContinuousClock.now
        kill(children[1], SIGKILL)
        let killed = running.wait()
        #expect(ContinuousClock.now - began < .seconds(20))
        #expect(killed.status != 0)
        #expect(killed.errors.contains("rank 1"), "\(killed.errors)")
        let resumed = try start(program, ranks: 4, ["train", "--resume", "run"]).wait()
        try #require(resumed.status == 0, "\(resumed.errors)")
        #expect(try program.data("net.safetensors") == program.data("whole.safetensors"))
    }

    /// The processes that a process has started, in the order of their numbers.
    private func children(of parent: Int32) throws -> [Int32] {
        let text = try String(contentsOfFile: "/proc/\(parent)/task/\(parent)/children", encoding: .utf8)
        return text.split(separator: " ").compactMap { Int32($0) }.sorted()
    }

    @Test("Ranks with other networks are refused, and the message says which rank")
    func differentRanks() throws {
        let program = try program()
        let words = (["train"] + Self.settings).map { "'\($0)'" }.joined(separator: " ")
        let other = words.replacingOccurrences(of: "'lenet'", with: "'mlp'")
        let result = try program.start(
            [],
            script: """
                exec mpirun --allow-run-as-root --oversubscribe -n 1 "$0" \(words) : -n 1 "$0" \(other)
                """
        ).wait()
        #expect(result.status != 0)
        #expect(result.errors.contains("rank 1: its networks is not rank 0's"), "\(result.errors)")
        #expect(!program.files.contains { $0.hasSuffix(".safetensors") })
    }

    @Test("A mistake among the options is reported once, with the status of cognitron alone")
    func mistake() throws {
        let program = try program()
        let result = try train(program, ranks: 2, ["--shards", "3"], output: "m.safetensors")
        #expect(result.status == 64, "\(result.status)")
        #expect(result.errors.components(separatedBy: "--shards: expected a power of two").count == 2)
        let control = try train(program, ranks: 2, ["--control", "c"], output: "m.safetensors")
        #expect(control.status != 0 && control.errors.contains("does not go with several ranks"))
    }

    @Test("Without the program cognitron-mpi, the message says how to build it")
    func missingProgram() throws {
        let program = try program()
        let result = try program.start(
            ["train"] + Self.settings, environment: ["OMPI_COMM_WORLD_SIZE": "2"],
            script: #"mkdir bin && cp "$0" bin && exec bin/cognitron "$@""#
        ).wait()
        #expect(result.status != 0)
        #expect(result.errors.contains("swift build -c release --product cognitron-mpi"), "\(result.errors)")
    }

    // MARK: Several hosts

    /// `Scripts/mpi-hosts.sh`, which makes hosts of network namespaces.
    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Scripts/mpi-hosts.sh").path

    /// Whether this machine lets the tests make network namespaces.
    private static let canMakeHosts: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "ip netns add cognitron-try && ip netns del cognitron-try"]
        process.standardError = FileHandle.nullDevice
        guard geteuid() == 0, (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    @Test("Two hosts train by TCP to the file that one process writes", .enabled(if: canMakeHosts))
    func hosts() throws {
        let program = try program()
        let words = ["train"] + Self.settings + ["--epochs", "1", "--shards", "2", "--output"]
        let alone = try program.start(words + ["alone.safetensors"]).wait()
        try #require(alone.status == 0, "\(alone.errors)")
        let result = try program.start(
            words + ["hosts.safetensors"], script: #"exec '\#(Self.script)' --hosts 2 "$0" "$@""#
        ).wait()
        try #require(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("2 ranks"))
        #expect(try program.data("hosts.safetensors") == program.data("alone.safetensors"))
    }

    @Test("Where a host does not answer, mpirun ends and nothing is written", .enabled(if: canMakeHosts))
    func deadHost() throws {
        let program = try program()
        let result = try program.start(
            ["train"] + Self.settings, script: #"exec '\#(Self.script)' --hosts 2 --dead 1 "$0" "$@""#
        ).wait()
        #expect(result.status != 0)
        #expect(result.errors.contains("10.77.0.2"), "\(result.errors)")
        #expect(!program.files.contains { $0.hasSuffix(".safetensors") })
    }
}
