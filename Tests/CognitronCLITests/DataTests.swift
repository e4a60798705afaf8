import Foundation
import Testing

/// A program in a folder with a small data set in `digits`.
private func programWithDigits() throws -> Program {
    let program = try Program()
    try SmallData.writeMNIST(to: program.path("digits"))
    return program
}

private let training = [
    "train", "--model", "lenet", "--dataset", "mnist", "--data", "digits", "--output", "m",
]

@Suite("The command cognitron with data and model files")
struct DataTests {
    @Test("remembers what a model was trained on and what its classes are called")
    func namesAndProbabilities() throws {
        let program = try programWithDigits()
        let trained = try program.start(training + ["--epochs", "2", "--batch-size", "8"]).wait()
        #expect(trained.status == 0, "\(trained.errors)")
        #expect(trained.output.contains("on 40 pictures of mnist"))

        let evaluation = try program.run("evaluate", "m", "--data", "digits", "--split", "train")
        #expect(evaluation.output.hasPrefix("40 pictures of mnist (train):\n  loss "), "\(evaluation.errors)")
        let prediction = try program.run("predict", "m", "--data", "digits", "--top", "10")
        let lines = prediction.output.split(separator: "\n")
        #expect(lines.count == SmallData.testCount)
        for (index, line) in lines.enumerated() {
            #expect(line.hasPrefix("picture \(index) (\(index % 10))  "))
            // "✗  3 45.87 %, 5 19.03 %, …"
            let guesses = line.split(separator: "  ")[2].split(separator: ", ").map {
                $0.split(separator: " ")
            }
            #expect(Set(guesses.map { $0[0] }) == Set((0...9).map { Substring("\($0)") }))
            let percents = guesses.compactMap { Double($0[1]) }
            #expect(percents == percents.sorted(by: >) && abs(percents.reduce(0, +) - 100) < 0.1)
        }
        #expect(program.files == ["digits", "m", "m.history.json", "m.yaml"])
    }

    @Test(
        "gives the same file for the same seed with every optimizer",
        arguments: [
            "sgd", "adam", "adamw", "rmsprop", "muon", "nadam", "adamax", "adagrad", "adadelta", "adafactor",
            "lamb", "lion", "schedule-free",
        ])
    func optimizers(_ optimizer: String) throws {
        let program = try programWithDigits()
        for (threads, file) in [("1", "a"), ("2", "b")] {
            let arguments = [
                "--epochs", "2", "--optimizer", optimizer, "--threads", threads, "--output", file,
            ]
            #expect(try program.start(training + arguments).wait().status == 0)
        }
        #expect(try program.data("a") == program.data("b"))
    }

    @Test("takes a batch larger than the data for all the data at once")
    func largeBatch() throws {
        let program = try programWithDigits()
        for (size, file) in [("\(SmallData.trainCount)", "a"), ("\(Int.max)", "b")] {
            let result = try program.start(
                training + ["--epochs", "1", "--batch-size", size, "--output", file]
            ).wait()
            #expect(result.status == 0, "\(result.errors)")
        }
        #expect(try program.data("a") == program.data("b"))
    }

    @Test("refuses pictures of other classes before it looks for them")
    func otherPictures() throws {
        let program = try programWithDigits()
        #expect(try program.start(training + ["--epochs", "1"]).wait().status == 0)
        for command in ["evaluate", "predict"] {
            let result = try program.run(command, "m", "--dataset", "cifar10")
            #expect(result.status == 1 && result.output.isEmpty)
            #expect(
                result.errors.hasPrefix(
                    "Error: cifar10: its targets are others than those of m; expected 10 classes (0, 1, 2, 3, 4, …), "
                        + "got 10 classes (airplane, "),
                "\(result.errors)")
        }
    }

    @Test(
        "refuses a model file that was cut, lengthened or changed",
        arguments: ["cut", "longer", "header", "data set"])
    func damagedFile(_ damage: String) throws {
        let program = try programWithDigits()
        #expect(try program.start(training + ["--epochs", "1"]).wait().status == 0)
        var bytes = try program.data("m")
        switch damage {
        case "cut": bytes.removeLast(bytes.count / 2)
        case "longer": bytes.append(contentsOf: [1, 2])
        case "header": bytes[8] = UInt8(ascii: "[")
        default:
            let name = try #require(bytes.range(of: Data("dataset\":\"mnist".utf8)))
            bytes.replaceSubrange(name, with: Data("dataset\":\"mnisd".utf8))
        }
        try bytes.write(to: URL(fileURLWithPath: program.path("m")))
        let result = try program.run("evaluate", "m", "--data", "digits")
        #expect(result.status == 1)
        #expect(
            result.errors.hasPrefix("Error: m: ") && result.errors.count { $0 == "\n" } == 1,
            "\(result.errors)")
    }

    @Test("says that a data set is neither here nor can be downloaded")
    func unreachable() throws {
        let program = try Program()
        // Nothing listens on the proxy's port: no server is asked, whatever the network.
        let proxy = "http://127.0.0.1:9"
        let environment = ["https_proxy": proxy, "HTTPS_PROXY": proxy, "no_proxy": "", "NO_PROXY": ""]
        let arguments = ["--dataset", "cifar10", "--data", "elsewhere", "--output", "m"]
        let result = try program.start(["train"] + arguments, environment: environment).wait()
        #expect(result.status == 1)
        #expect(result.output.hasPrefix("cifar10 is not here: downloading 170 MB to elsewhere/cifar10"))
        #expect(result.errors.contains("the server cannot be reached"), "\(result.errors)")
        #expect(program.files.allSatisfy { $0.hasPrefix(".") })  // Foundation's caches in HOME

        let search = try program.start(["datasets", "cifar10"], environment: environment).wait()
        #expect(search.status == 1 && search.output.contains("its server does not answer"))
    }

    @Test("looks in the folder that COGNITRON_DATA names")
    func environment() throws {
        let program = try programWithDigits()
        let result = try program.start(["datasets", "mnist"], environment: ["COGNITRON_DATA": "digits"])
            .wait()
        #expect(result.status == 0 && result.output == "mnist: digits\n")
    }
}

@Suite("The command cognitron when it saves")
struct SavingTests {
    @Test("replaces nothing but a file", arguments: ["device", "folder", "history's folder", "no name"])
    func output(_ kind: String) throws {
        let program = try programWithDigits()
        let pipe = program.path("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        try FileManager.default.createDirectory(
            atPath: program.path("n.history.json"), withIntermediateDirectories: true)
        let before = program.files
        let name = ["device": "pipe", "folder": "digits", "history's folder": "n", "no name": ""][kind] ?? ""
        let result = try program.start(training + ["--output", name]).wait()
        #expect(result.status != 0 && result.output.isEmpty)
        #expect(result.errors.contains("expected the name of a file"), "\(result.errors)")
        #expect(program.files == before)
    }

    @Test("keeps what an earlier training saved when a later one fails")
    func earlierFile() throws {
        let program = try programWithDigits()
        #expect(try program.start(training + ["--epochs", "1"]).wait().status == 0)
        let saved = try program.data("m")
        let failed = try program.start(training + ["--learning-rate", "1e30", "--batch-size", "1"]).wait()
        #expect(failed.status == 1 && failed.errors.contains("lower the learning rate"), "\(failed.errors)")
        #expect(try program.data("m") == saved)
        // What the flight recorder wrote of the failed step is beside them.
        let recorded = ["m.flight.json", "m.flight.safetensors"]
        #expect(program.files == ["digits", "m"] + recorded + ["m.history.json", "m.yaml"])
    }

    @Test("writes a next command that a shell understands")
    func nextCommand() throws {
        let program = try programWithDigits()
        let result = try program.start(training + ["--epochs", "1", "--output", "Ann's net"]).wait()
        #expect(result.output.hasSuffix(" predict 'Ann'\\''s net' 0 1 2\n"), "\(result.output)")
    }

    @Test("can be stopped within the first epoch by a signal", arguments: [SIGINT, SIGTERM, SIGHUP])
    func firstEpoch(_ number: Int32) throws {
        let program = try Program()
        let running = try program.start(["train", "--model", "lenet", "--batch-size", "1", "--output", "m"])
        running.wait(for: "Training lenet")
        kill(running.process.processIdentifier, number)
        let result = running.wait()
        #expect(result.status == 128 + number)
        #expect(result.output.contains("Epoch 1/5  loss ") && !result.output.contains("val_loss"))
        #expect(!result.output.contains("Test accuracy"))  // it was not measured
        #expect(program.files == ["m", "m.history.json", "m.yaml"])
        #expect(try program.run("summary", "m").status == 0)
    }
}
