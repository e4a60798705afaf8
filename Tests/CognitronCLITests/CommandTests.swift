import Foundation
import Testing

@Suite("The command cognitron", .serialized)
struct CommandTests {
    @Test("trains, names its files and the next command; the model evaluates and predicts")
    func trainEvaluatePredict() throws {
        let program = try Program()
        let training = try program.run("train", "--model", "lenet", "--epochs", "2")
        #expect(training.status == 0, "\(training.errors)")
        #expect(training.output.contains("Epoch 2/2  loss "))
        #expect(!training.output.contains("\r"))  // not a terminal: a line an epoch
        #expect(
            training.output.contains(
                "Wrote lenet-shapes.safetensors\nWrote lenet-shapes.history.json\nNext: "))
        #expect(
            program.files == ["lenet-shapes.history.json", "lenet-shapes.safetensors", "lenet-shapes.yaml"])
        let history = try JSONSerialization.jsonObject(with: program.data("lenet-shapes.history.json"))
        let scores = try #require((history as? [String: Any])?["scores"] as? [String: [Double]])
        #expect(scores["val_accuracy"]?.count == 2 && scores["loss"]?.count == 2)

        let evaluation = try program.run("evaluate", "lenet-shapes.safetensors")
        #expect(
            evaluation.status == 0 && evaluation.output.contains("2000 pictures of shapes (test):\n  loss "))
        let ofViews = try program.run("evaluate", "lenet-shapes.safetensors", "--views", "6")
        #expect(ofViews.status == 0 && ofViews.output.contains("2000 pictures of shapes (test):\n  loss "))
        #expect(ofViews.output != evaluation.output)
        let prediction = try program.run("predict", "lenet-shapes.safetensors", "0", "7", "--top", "2")
        #expect(prediction.output.contains("picture 0 (") && prediction.output.contains("picture 7 ("))
        #expect(prediction.output.split(separator: "\n").allSatisfy { $0.hasSuffix(" %") })
        let wrong = try program.run("predict", "lenet-shapes.safetensors", "2000")
        #expect(wrong.status != 0 && wrong.errors.contains("has no picture 2000; expected 0 to 1999"))
        let foreign = try program.run("evaluate", "lenet-shapes.safetensors", "--dataset", "cifar10")
        #expect(foreign.status != 0)
        let summary = try program.run("summary", "lenet-shapes.safetensors")
        #expect(summary.output.contains("conv2d_1 (Conv2D)") && summary.output.contains("61,706"))
    }

    @Test("gives the same file for the same seed, whatever the number of threads")
    func reproducible() throws {
        let program = try Program()
        for (threads, file) in [("1", "a"), ("2", "b"), ("2", "c")] {
            let seed = file == "c" ? "2" : "1"
            let result = try program.run(
                "train", "--model", "lenet", "--epochs", "1", "--threads", threads, "--seed", seed,
                "--output", file)
            #expect(result.status == 0, "\(result.errors)")
        }
        #expect(try program.data("a") == program.data("b"))
        #expect(try program.data("a") != program.data("c"))
    }

    @Test("finishes the step, saves and says where when it is interrupted")
    func interruption() throws {
        let program = try Program()
        let running = try program.start(["train", "--model", "lenet", "--epochs", "40", "--output", "m"])
        running.wait(for: "Epoch 1/")
        running.process.interrupt()
        let result = running.wait()
        #expect(result.status == 130)
        #expect(
            result.output.contains("Interrupted: the model is saved") && result.output.contains("Wrote m\n"))
        #expect(program.files == ["m", "m.history.json", "m.yaml"])
        #expect(try program.run("predict", "m", "0").status == 0)
    }

    @Test("shows the built-in models and the data sets")
    func summaryAndDatasets() throws {
        let program = try Program()
        #expect(try program.run("summary", "--model", "resnet18").output.contains("555,422,720"))
        let cifar100 = try program.run("summary", "--model", "vgg-lite", "--dataset", "cifar100")
        #expect(cifar100.output.contains("32 × 32 × 3") && cifar100.output.contains("100 "))
        #expect(try program.run("datasets", "shapes").output == "shapes: comes with the program\n")
        let list = try program.run("datasets").output
        #expect(
            list.contains(
                "shapes: drawings of ten shapes, any size, 10 classes\n"))
        #expect(
            list.contains("\n    60000 to train on, 10000 to test with\n") && list.contains("BSD-3-Clause"))
        #expect(list.contains("\n    csv:FILE  ") && list.contains("\n    folder:DIR  "))
        let models = try program.run("models").output
        #expect(
            models.contains(
                "lenet: LeNet-5, two convolutions; classification\n    28 × 28 × 1: 61.7 thousand"))
        #expect(
            models.contains("mlp: dense layers of 64 and 64 units, for tables; classification, regression\n"))
        #expect(models.contains("555 million multiply-adds\n    He et al. 2016; MIT\n"))
        #expect(list.contains("\nmnist: handwritten digits, 28 × 28 × 1, 10 classes\n    60000 to train on"))
    }

    @Test("lists the known names in its help and to the shell's completion")
    func listsNames() throws {
        let program = try Program()
        let help = try program.run("train", "--help").output.split(whereSeparator: \.isWhitespace)
            .joined(separator: " ")
        let lists = [
            "(values: lenet, lenet5, vgg-lite, resnet18, resnet34, wrn-16-4,",
            "unet, unet-2015, fcn-32s,", "; default: vgg-lite)",
            "(values: cifar10, cifar100, mnist, fashion-mnist, shapes",
            "(values: sgd, adam, adamw, rmsprop, muon, nadam, adamax, adagrad, adadelta, adafactor, lamb, "
                + "lion, schedule-free, airbench, adversarial)",
            "(values: constant, cosine, one-cycle, linear, step, exponential, cosine-restarts, "
                + "inverse-square-root)",
        ]
        for list in lists { #expect(help.contains(list)) }
        let completion = try program.run("--generate-completion-script", "fish").output
        for table in ["lenet lenet5", "cifar10 cifar100", "sgd adam", "constant cosine"] {
            #expect(completion.contains("-rfka '\(table)"), "\(table)")
        }
    }

    @Test(
        "keeps its help within 80 columns",
        arguments: [
            "", "train", "evaluate", "predict", "summary", "models", "datasets", "doctor", "plot", "generate",
        ])
    func helpFitsTheTerminal(_ command: String) throws {
        let program = try Program()
        let arguments = (command.isEmpty ? [] : [command]) + ["--help"]
        let help = try program.start(arguments, environment: ["COLUMNS": "80"]).wait().output
        let wide = help.split(separator: "\n").filter { $0.count > 80 }
        #expect(!help.isEmpty && wide.isEmpty, "\(wide)")
    }

    static let mistakes: [([String], String)] = [
        (
            ["train", "--model", "alexnot"],
            "'--model <model>': expected one of lenet, lenet5, vgg-lite, resnet18, resnet34,"
        ),
        (["train", "--model", "resnet"], "; did you mean resnet18?"),
        (
            ["train", "--dataset", "imagenet"],
            "expected one of cifar10, cifar100, mnist, fashion-mnist, shapes"
        ),
        (["evaluate", "m", "--dataset", "fashionmnist"], "did you mean fashion-mnist?"),
        (["datasets", "cifar"], "did you mean cifar10?"),
        (["train", "--optimizer", "sophia"], "expected one of sgd, adam, adamw, rmsprop, muon"),
        (["train", "--optimizer", "adam-w"], "did you mean adamw?"),
        (["train", "--schedule", "cosin"], "did you mean cosine?"),
        (["train", "--epochs", "0"], "--epochs: expected at least 1, got 0"),
        (
            ["train", "--epochs", "many"],
            "'many' is invalid for '--epochs <epochs>': expected a whole number"
        ),
        (["train", "--learning-rate", "fast"], "expected a number, such as 0.01"),
        (["train", "--seed", "-1"], "expected a whole number from 0 to"),
        (["train", "--size", "0"], "'--size <pixels>': expected 1 to 8192 pixels a side, as 64, or height"),
        (["train", "--memory", "abc"], "'--memory <size>': expected 1M or more, as 800M or 2G"),
        (["train", "--memory", "1K"], "'--memory <size>': expected 1M or more, as 800M or 2G"),
        (
            ["train", "--model", "lenet", "--size", "1"],
            "for instance 28x28, for which lenet was designed, got 1x1"
        ),
        (["train", "--model", "lenet", "--size", "5000"], "--size: lenet cannot take pictures of this size"),
        (["train", "--missing", "drop"], "--missing: shapes has no columns"),
        (["train", "--control", "nowhere/control"], "--control: there is no folder for nowhere/control"),
        (["train", "--output", "-"], "--output: expected the name of a file, got -"),
        (["train", "--batch-size", "0"], "--batch-size: expected at least 1, got 0"),
        (["train", "--threads", "0"], "--threads"),
        (["train", "--threads", "many"], "--threads"),
        (["train", "--learning-rate", "nan"], "--learning-rate"),
        (["train", "--learning-rate", "-1"], "--learning-rate"),
        (["train", "--learning-rate", "0"], "--learning-rate"),
        (["train", "--weight-decay", "-1"], "--weight-decay: expected a number of at least 0, got -1.0"),
        (
            ["train", "--label-smoothing", "1"],
            "--label-smoothing: expected a number from 0 to below 1, got 1.0"
        ),
        (["train", "--teacher-forcing", "1.5"], "--teacher-forcing: expected a share from 0 to 1, got 1.5"),
        (["train", "--teacher-forcing", "0.5"], "--teacher-forcing: shapes has no texts to be written"),
        (
            ["train", "--augment", "cutout:0"],
            "cutout:0: does not suit images of 32 × 32 × 3; expected a size of 1 to 32"
        ),
        (["train", "--schedule", "steps"], "did you mean step?"),
        (["train", "--augment", "flap"], "did you mean flip?"),
        (["train", "--augment", "flip:2"], "--augment: expected flip, got flip:2"),
        (
            ["train", "--model", "mlp", "--dataset", "iris", "--augment", "flip"],
            "--augment: iris has no pictures"
        ),
        (
            ["train", "--model", "neocognitron", "--augment", "flip"],
            "--augment: neocognitron learns in one pass, without training steps; leave it out"
        ),
        (["train", "--target", "price"], "--target: shapes has no columns; expected a table, as csv:FILE"),
        (["train", "--validation-split", "1"], "--validation-split: expected a number between 0 and 1"),
        (["train", "--size", "0"], "--size"),
        (["train", "--model", "mlp:0"], "expected units such as mlp:128,64"),
        (["predict", "m", "0", "a.png"], "expected either files or numbers of samples, got 0 a.png"),
        (["evaluate", "m", "--views", "3"], "--views"),
        (["train", "--output", "no/such/folder/m"], "make the folder first"),
        (["train", "--output", "/"], "is a folder"),
        (["train", "--output", "m{epoch}"], "--output: expected the name of one file"),
        (["train", "--data", ""], "--data: expected a folder, got none"),
        (["train", "--data", "/dev/null"], "--data: expected a folder, got the file /dev/null"),
        (["evaluate", "/"], "is a folder"),
        (["summary", "/dev/null"], "is not a regular file"),
        (["train", "--output", "/dev/null"], "is not a regular file"),
        (["predict", ""], "the name is empty"),
        (["train", "--model", "lenet", "--learning-rate", "1e30"], "lower the learning rate"),
        (["evaluate", "nothing.safetensors"], "there is no such file"),
        (["predict"], "Missing expected argument"),
    ]

    @Test("answers a mistake with one clear error and leaves nothing behind", arguments: mistakes.indices)
    func mistake(_ number: Int) throws {
        let (arguments, expected) = Self.mistakes[number]
        let program = try Program()
        let result = try program.start(arguments).wait()
        #expect(result.status != 0)
        #expect(result.errors.contains(expected), "\(result.errors)")
        // A training that began leaves the record of the step that failed.
        let recorded = expected == "lower the learning rate" ? ["json", "safetensors"] : []
        #expect(program.files == recorded.map { "lenet-shapes.flight.\($0)" })
    }

    @Test("refuses a COGNITRON_THREADS that is no number of threads", arguments: ["many", "0", "-3"])
    func wrongEnvironment(_ value: String) throws {
        let program = try Program()
        let result = try program.start(["train"], environment: ["COGNITRON_THREADS": value]).wait()
        #expect(result.status == 1 && result.output.isEmpty)
        #expect(
            result.errors
                == "Error: COGNITRON_THREADS: not a number of threads; expected a whole number of at "
                + "least 1, got \"\(value)\"; correct or unset it\n")
    }

    @Test("refuses files that are no models", arguments: ["", "hello", "\u{8}\0\0\0\0\0\0\0{\"a\":{}}"])
    func foreignFile(_ contents: String) throws {
        let program = try Program()
        try contents.write(toFile: program.path("m"), atomically: true, encoding: .utf8)
        let result = try program.run("evaluate", "m")
        #expect(result.status == 1)
        #expect(result.errors.hasPrefix("Error: m: "), "\(result.errors)")
    }

    @Test("refuses a truncated CIFAR-10 file by its name")
    func truncatedData() throws {
        let program = try Program()
        let folder = program.path("cifar-10-batches-bin")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for name in (1...5).map({ "data_batch_\($0).bin" }) + ["test_batch.bin"] {
            try Data(count: 3000).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
        let result = try program.run("train", "--dataset", "cifar10", "--data", ".", "--output", "m")
        #expect(result.status == 1 && result.errors.contains("data_batch_1.bin"), "\(result.errors)")
        #expect(program.files == ["cifar-10-batches-bin"])
    }
}
