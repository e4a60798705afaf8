import Foundation
import Testing

private let training = [
    "train", "--model", "lenet", "--dataset", "mnist", "--data", "digits", "--output", "m",
]
private let endlessTraining = training + ["--epochs", "1000000"]

private let hasFullDevice = FileManager.default.fileExists(atPath: "/dev/full")

/// Whether this process may mount a file system that only its children see.
private let canMount: Bool = {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "unshare -m mount -t tmpfs -o size=64k tmpfs /mnt 2> /dev/null"]
    return (try? process.run()).map { process.waitUntilExit() } != nil && process.terminationStatus == 0
}()

@Suite("The command cognitron where its output fails or a signal comes")
struct OutputTests {
    private let program: Program

    init() throws {
        program = try Program()
        try SmallData.writeMNIST(to: program.path("digits"))
    }

    /// How many epochs the saved history has.
    private func epochsOfHistory() throws -> Int {
        let history = try JSONSerialization.jsonObject(with: program.data("m.history.json"))
        return try #require((history as? [String: Any])?["epochs"] as? [Int]).count
    }

    private func expectSavedTraining(_ sourceLocation: SourceLocation = #_sourceLocation) throws {
        #expect(program.files == ["digits", "m", "m.history.json", "m.yaml"], sourceLocation: sourceLocation)
        let prediction = try program.run("predict", "m", "0", "--data", "digits")
        #expect(prediction.status == 0, "\(prediction.errors)", sourceLocation: sourceLocation)
    }

    /// Which file is called m: every epoch puts a new one in place.
    private func savedFile() -> UInt64? {
        (try? FileManager.default.attributesOfItem(atPath: program.path("m")))?[.systemFileNumber] as? UInt64
    }

    /// Waits until another epoch has saved the model.
    private func waitForSave(_ running: Program.Running) {
        let before = savedFile()
        while running.process.isRunning, savedFile() == nil || savedFile() == before { usleep(1_000) }
    }

    /// Waits until the model has been saved, and then for half a second no more.
    private func waitForStandstill(_ running: Program.Running) {
        var (last, rounds) = (savedFile(), 0)
        while running.process.isRunning, last == nil || rounds < 50 {
            usleep(10_000)
            rounds = savedFile() == last ? rounds + 1 : 0
            last = savedFile()
        }
    }

    @Test("trains on to its end when the reader closes the pipe")
    func closedPipe() throws {
        let pipe = try OutputPipe(in: program)
        let running = try program.start(training + ["--epochs", "12"], output: pipe.writeEnd)
        pipe.read(until: "Epoch 1/")
        pipe.close()
        let result = running.wait()
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        #expect(try epochsOfHistory() == 12)
        try expectSavedTraining()
    }

    @Test(
        "saves what it has when a signal comes after the reader closed the pipe",
        arguments: [SIGINT, SIGTERM, SIGHUP])
    func signalAfterClosedPipe(_ signal: Int32) throws {
        let pipe = try OutputPipe(in: program)
        let running = try program.start(endlessTraining, output: pipe.writeEnd)
        pipe.read(until: "Epoch 1/")
        pipe.close()
        for _ in 0..<3 { waitForSave(running) }
        kill(running.process.processIdentifier, signal)
        let result = running.wait()
        #expect(running.process.terminationReason == .exit && result.status == 128 + signal)
        #expect(result.errors.isEmpty, "\(result.errors)")
        #expect(try epochsOfHistory() >= 3)
        try expectSavedTraining()
    }

    @Test("finishes the step, saves and says so on SIGTERM and SIGHUP", arguments: [SIGTERM, SIGHUP])
    func terminated(_ signal: Int32) throws {
        let running = try program.start(endlessTraining)
        running.wait(for: "Epoch 1/")
        kill(running.process.processIdentifier, signal)
        let result = running.wait()
        #expect(running.process.terminationReason == .exit && result.status == 128 + signal)
        #expect(result.output.contains("Interrupted: the model is saved"))
        #expect(result.output.hasSuffix("Wrote m\nWrote m.history.json\n"))
        try expectSavedTraining()
    }

    @Test("trains on without a terminal where SIGHUP is ignored, as nohup has it")
    func ignoredHangup() throws {
        let running = try program.start(endlessTraining, script: #"trap "" HUP; exec "$0" "$@""#)
        running.wait(for: "Epoch 1/")
        kill(running.process.processIdentifier, SIGHUP)
        for _ in 0..<3 { waitForSave(running) }
        kill(running.process.processIdentifier, SIGINT)
        #expect(running.wait().status == 130)
    }

    @Test("ends at once on a second signal; the model of the last whole epoch stays")
    func secondSignal() throws {
        let pipe = try OutputPipe(in: program)
        let running = try program.start(endlessTraining, output: pipe.writeEnd)
        // The pipe is full: the next line waits for a reader, so that the first signal has no effect.
        waitForStandstill(running)
        running.process.interrupt()
        usleep(700_000)
        #expect(running.process.isRunning)
        running.process.interrupt()
        let result = running.wait()
        #expect(running.process.terminationReason == .uncaughtSignal && result.status == SIGINT)
        #expect(program.files == ["digits", "m", "m.yaml"])
        #expect(try program.run("predict", "m", "0", "--data", "digits").status == 0)
    }

    @Test("trains and saves with one warning where its lines cannot be written", .enabled(if: hasFullDevice))
    func fullLog() throws {
        let result = try program.start(
            training + ["--epochs", "2"], output: FileHandle(forWritingAtPath: "/dev/full")
        ).wait()
        #expect(result.status == 0)
        #expect(
            result.errors
                == "Warning: standard output cannot be written (No space left on device); "
                + "the work goes on without it\n")
        try expectSavedTraining()
    }

    @Test("fails where the product cannot be written", .enabled(if: hasFullDevice))
    func fullOutput() throws {
        #expect(try program.start(training + ["--epochs", "1"]).wait().status == 0)
        let commands = [
            ["predict", "m", "--data", "digits"], ["evaluate", "m", "--data", "digits"], ["summary", "m"],
            ["datasets", "shapes"], ["--version"], ["train", "--help"],
        ]
        for command in commands {
            for script in [#""$0" "$@" > /dev/full"#, #""$0" "$@" >&-"#] {
                let result = try program.start(command, script: script).wait()
                #expect(result.status == 1, "\(command)")
                #expect(
                    result.errors.hasPrefix("Error: standard output: cannot be written ("),
                    "\(command): \(result.errors)")
            }
        }
    }

    @Test("ends quietly, as if by SIGPIPE, where nobody reads the product")
    func unreadOutput() throws {
        for command in [["summary", "--model", "lenet"], ["datasets", "shapes"], ["--help"]] {
            let pipe = try OutputPipe(in: program)
            // Not before the pipe is closed.
            let script = #"until test -e go; do sleep 0.02; done; rm go; exec "$0" "$@""#
            let running = try program.start(command, output: pipe.writeEnd, script: script)
            pipe.close()
            try "".write(toFile: program.path("go"), atomically: true, encoding: .utf8)
            let result = running.wait()
            #expect(result.status == 128 + SIGPIPE && result.errors.isEmpty, "\(command): \(result.errors)")
        }
    }

    @Test("does not mistake a file for a standard output that was closed")
    func closedOutput() throws {
        let result = try program.start(training + ["--epochs", "2"], script: #""$0" "$@" >&-"#).wait()
        #expect(result.status == 0)
        try expectSavedTraining()
    }

    @Test("trains on when an epoch cannot be saved, keeps the old file and fails at the end")
    func fileTooLarge() throws {
        try "old".write(toFile: program.path("m"), atomically: true, encoding: .utf8)
        let result = try program.start(
            training + ["--epochs", "2"], script: #"ulimit -f 100; exec "$0" "$@""#
        ).wait()
        #expect(result.status == 1 && result.output.contains("Epoch 2/2"))
        let problem = "m: cannot be written (File too large)"
        for line in ["Warning: epoch 1 is not saved: ", "Warning: epoch 2 is not saved: ", "Error: "] {
            #expect(result.errors.contains(line + problem), "\(result.errors)")
        }
        #expect(try program.data("m") == Data("old".utf8))
        #expect(program.files == ["digits", "m"])
    }

    @Test("names the file, keeps the old one and tidies up where the disk is full", .enabled(if: canMount))
    func fullDisk() throws {
        let script = #"""
            mkdir disk; exec unshare -m sh -c '
                mount -t tmpfs -o size=128k tmpfs disk && echo old > disk/m
                "$0" "$@"; status=$?; ls -A disk; cat disk/m; exit $status' "$0" "$@"
            """#
        let result = try program.start(
            training + ["--epochs", "1", "--output", "disk/m"], script: script
        ).wait()
        #expect(result.status == 1)
        #expect(
            result.errors.hasSuffix(
                "Error: disk/m: cannot be written (No space left on device); free some space\n"),
            "\(result.errors)")
        #expect(result.output.hasSuffix("\nm\nold\n"), "\(result.output)")
    }

    @Test("names the history that cannot be written after it has saved the model")
    func lostHistory() throws {
        let running = try program.start(endlessTraining)
        running.wait(for: "Epoch 1/")
        let folder = program.path("m.history.json")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        running.process.interrupt()
        let result = running.wait()
        #expect(result.status == 1 && result.output.hasSuffix("Wrote m\n"))
        #expect(result.errors.hasPrefix("Error: m.history.json: is a folder"), "\(result.errors)")
        try expectSavedTraining()
    }
}
