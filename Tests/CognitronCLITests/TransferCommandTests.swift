import Cognitron
import Foundation
import Testing

@Suite("cognitron train --from", .serialized)
struct TransferCommandTests {
    private let program: Program

    init() throws {
        program = try Program()
        try SmallData.writeMNIST(to: program.path("digits"))
    }

    private func train(_ arguments: String...) throws -> Program.Result {
        try program.start(
            ["train", "--model", "lenet", "--dataset", "mnist", "--data", "digits", "--epochs", "2"]
                + arguments
        ).wait()
    }

    @Test("takes the body, makes a new head, and trains the head alone on few samples of some classes")
    func frozenBody() throws {
        let model = try program.run(
            "train", "--model", "lenet", "--size", "32", "--epochs", "1", "--samples-per-class", "8",
            "--output", "shapes")
        #expect(model.status == 0, "\(model.errors)")
        let result = try train(
            "--from", "shapes", "--freeze", "body", "--classes", "7,3", "--samples-per-class", "2",
            "--output", "m")
        #expect(result.status == 0, "\(result.errors)")
        for text in [
            "on 4 pictures of mnist", "Pictures are resized from 28 × 28 to 32 × 32",
            "From shapes: 8 of 10 tensors loaded", "new: dense_2/kernel, dense_2/bias", "Frozen: ",
            "on 4 pictures\n",
        ] {
            #expect(result.output.contains(text), "\(text) in \(result.output)")
        }
        let (old, new) = (try Model.load(program.path("shapes")), try Model.load(program.path("m")))
        #expect(new.inputShape == [32, 32, 1] && new.outputShape == [2])
        #expect(new.parameters.dropLast(2).map(\.value) == old.parameters.dropLast(2).map(\.value))
        #expect(new.trainableParameters.count == 2)
        let evaluation = try program.run("evaluate", "m", "--data", "digits")
        #expect(evaluation.output.contains("4 pictures of mnist"), "\(evaluation.errors)")
        let prediction = try program.run("predict", "m", "0", "--data", "digits")
        #expect(prediction.output.contains("3") && prediction.output.contains("7"), "\(prediction.errors)")
    }

    @Test(
        "adds a class to the old ones, whose weights stay, and repeats the training from its file of options")
    func addedClass() throws {
        #expect(try train("--classes", "1,2", "--output", "two").status == 0)
        let result = try train(
            "--classes", "1,2,5", "--from", "two", "--learning-rates", "body:0", "--thaw", "1", "--output",
            "m")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("loaded for the common classes: dense_2/kernel, dense_2/bias"))
        let (old, new) = (try Model.load(program.path("two")), try Model.load(program.path("m")))
        #expect(new.parameters.dropLast(2).map(\.value) == old.parameters.dropLast(2).map(\.value))
        let again = try program.run("train", "--config", "m.yaml", "--output", "again")
        #expect(again.status == 0, "\(again.errors)")
        #expect(try program.data("m") == program.data("again"))
    }

    @Test("resumes a thawing training to the same file")
    func resumed() throws {
        #expect(try train("--output", "base").status == 0)
        let options = ["--from", "base", "--thaw", "1", "--samples-per-class", "2"]
        func words(_ more: [String]) -> [String] {
            [
                "train", "--model", "lenet", "--dataset", "mnist", "--data", "digits", "--epochs", "3",
                "--batch-size", "8",
            ] + options + more
        }
        #expect(try program.start(words(["--output", "whole"])).wait().status == 0)
        let running = try program.start(
            words(["--output", "part", "--checkpoint", "run", "--checkpoint-every", "1"]))
        running.wait(for: "Epoch 1/")
        running.process.interrupt()
        _ = running.wait()
        #expect(try program.run("train", "--resume", "run").status == 0)
        #expect(try program.data("whole") == program.data("part"))
    }

    @Test(
        "says what is wrong with its options",
        arguments: [
            (["--from", "none"], "none"),
            (["--from", "weights"], "holds tensors but no model"),
            (["--from", "base", "--model", "vgg-lite"], "is of another network"),
            (["--freeze", "conv9"], "--freeze: pattern: matches no parameter; expected a part of"),
            (["--freeze", "conv,dense"], "--freeze: leaves nothing to train"),
            (["--freeze", "none,conv"], "none does not go with names"),
            (["--learning-rates", "conv2d"], "--learning-rates: expected layers and a factor"),
            (["--learning-rates", "conv9:1"], "--learning-rates: pattern: matches no parameter"),
            (["--thaw", "0"], "--thaw: expected at least 1"),
            (["--samples-per-class", "0"], "--samples-per-class: expected at least 1"),
            (["--classes", "1,eleven"], "has no class eleven"),
            (["--classes", "1"], "has too few classes to tell apart"),
            (["--classes", ","], "--classes: expected the names of classes"),
        ])
    func wrongOptions(options: [String], text: String) throws {
        if options.contains("weights") {
            try Safetensors(tensors: ["conv2d/kernel": .ones([5, 5, 3, 6])]).write(
                to: program.path("weights"))
        }
        if options.contains("base") { #expect(try train("--output", "base").status == 0) }
        let model = options.contains("--model") ? [] : ["--model", "lenet"]
        let result = try program.start(
            ["train", "--dataset", "mnist", "--data", "digits", "--epochs", "1"] + model + options
        ).wait()
        #expect(result.status != 0 && result.errors.contains(text), "\(result.errors)")
    }
}
