import Cognitron
import CognitronImages
import Foundation
import Testing

@Suite("cognitron train and generate with generators", .serialized)
struct GenerateCommandTests {
    private let program: Program

    init() throws {
        program = try Program()
        try SmallData.writeMNIST(to: program.path("digits"))
    }

    @discardableResult
    private func train(_ model: String, _ arguments: String...) throws -> Program.Result {
        let result = try program.start(
            [
                "train", "--model", model, "--dataset", "mnist", "--data", "digits", "--batch-size", "20",
                "--output", "m",
            ] + arguments
        ).wait()
        #expect(result.status == 0, "\(result.errors)")
        return result
    }

    @Test("A training shows both networks' scores, writes a sheet, and repeats itself byte for byte")
    func training() throws {
        let result = try train(
            "gan", "--epochs", "2", "--report", "--tensorboard", "logs", "--early-stopping", "1")
        for text in ["D(x) ", "D(G(z)) ", "generator_loss ", "V ", "Next: ", " generate m"] {
            #expect(result.output.contains(text), "\(text) in \(result.output)")
        }
        let sheet = try PictureFile.read(program.path("m.samples.png"))
        #expect(sheet.height == 8 * 58 + 2 && sheet.width == 10 * 58 + 2)
        let page = String(decoding: try program.data("m.html"), as: UTF8.self)
        #expect(page.contains("<h2>Pictures by m") && page.contains("<h2>Filters") == false)
        let logs = try FileManager.default.contentsOfDirectory(atPath: program.path("logs/train"))
        let events = try program.data("logs/train/\(try #require(logs.first))")
        #expect(events.range(of: Data("epoch_D(G(z))".utf8)) != nil)
        #expect(events.range(of: Data("samples".utf8)) != nil)
        let first = try program.data("m")
        let again = try program.run("train", "--config", "m.yaml", "--output", "again")
        #expect(again.status == 0, "\(again.errors)")
        #expect(try program.data("again") == first)
        let evaluation = try program.run("evaluate", "m", "--data", "digits")
        #expect(evaluation.output.contains("D(G(z))"), "\(evaluation.errors)")
    }

    @Test("A training that is interrupted and resumed ends with the same file")
    func resumed() throws {
        try train("gan", "--epochs", "3")
        let whole = try program.data("m")
        let running = try program.start([
            "train", "--model", "gan", "--dataset", "mnist", "--data", "digits", "--batch-size", "20",
            "--epochs",
            "3", "--output", "part", "--checkpoint", "run", "--checkpoint-every", "1",
        ])
        running.wait(for: "Epoch 1/")
        running.process.interrupt()
        _ = running.wait()
        #expect(try program.run("train", "--resume", "run").status == 0)
        #expect(try program.data("part") == whole)
    }

    @Test("Pictures of a seed, of a class, in rows, and each by itself")
    func generating() throws {
        try train("cgan", "--epochs", "1", "--classes", "1,4,7")
        func generate(_ arguments: String...) throws -> Data {
            let result = try program.start(["generate", "m"] + arguments).wait()
            #expect(result.status == 0, "\(result.errors)")
            return try program.data("m-samples.png")
        }
        let first = try generate("--count", "6", "--rows", "2")
        let sheet = try PictureFile.read(program.path("m-samples.png"))
        #expect(sheet.height == 2 * 58 + 2 && sheet.width == 3 * 58 + 2)
        #expect(try generate("--count", "6", "--rows", "2", "--threads", "1") == first)
        #expect(try generate("--count", "6", "--rows", "2", "--seed", "2") != first)
        #expect(try generate("--count", "6", "--rows", "2", "--class", "7") != first)
        #expect(
            try generate("--count", "6", "--rows", "2", "--class", "7", "--pictures", "all/of/7") != first)
        let files = try FileManager.default.contentsOfDirectory(atPath: program.path("all/of/7")).sorted()
        #expect(files == ["1.png", "2.png", "3.png", "4.png", "5.png", "6.png"])
        // A row for each class.
        _ = try generate("--count", "12")
        let rows = try PictureFile.read(program.path("m-samples.png"))
        #expect(rows.height == 3 * 58 + 2 && rows.width == 4 * 58 + 2)
        let jpeg = try program.run("generate", "m", "--output", "sheet.jpg")
        #expect(jpeg.status == 0 && jpeg.output == "Wrote sheet.jpg\n")

        let mistakes: [([String], String)] = [
            (["--class", "9"], "there is none called 9; expected one of 1, 4, 7"),
            (["--output", "sheet.gif"], "does not say which format to write"),
            (["--output", "none/sheet.png"], "none/sheet.png"),
            (["--count", "0"], "--count: expected 1 to 10000"),
            (["--rows", "0"], "--rows: expected 1 to"), (["--pictures", "m"], "m: cannot be made a folder"),
        ]
        for (arguments, words) in mistakes {
            let result = try program.start(["generate", "m"] + arguments).wait()
            #expect(result.status != 0 && result.errors.contains(words), "\(arguments) \(result.errors)")
        }
        let prediction = try program.run("predict", "m", "0", "--data", "digits")
        #expect(prediction.errors.contains("use cognitron generate"), "\(prediction.errors)")
    }

    @Test("What is no generator, or cannot be asked for a class, is answered in words")
    func mistakes() throws {
        try train("gan", "--epochs", "1")
        let unasked = try program.run("generate", "m", "--class", "3")
        #expect(
            unasked.status != 0 && unasked.errors.contains("m cannot be asked for a class"),
            "\(unasked.errors)")
        try train("lenet", "--epochs", "1")
        let classifier = try program.run("generate", "m")
        #expect(
            classifier.status != 0 && classifier.errors.contains("makes no samples"), "\(classifier.errors)")
        let frozen = try program.run(
            "train", "--model", "gan", "--dataset", "mnist", "--data", "digits", "--freeze", "body")
        #expect(
            frozen.status != 0 && frozen.errors.contains("gan holds several networks"), "\(frozen.errors)")
    }

    @Test(
        "Summaries show both networks with their counts",
        arguments: [
            ("gan", "Parameters: 559,632"), ("dcgan", "Parameters: 138,881 (138,625 trainable, 256 not)"),
            ("dcgan-64", "Parameters: 3,578,624 (3,576,704 trainable, 1,920 not)"),
            ("cgan", "Model: discriminator"),
        ])
    func summaries(name: String, text: String) throws {
        let result = try program.run("summary", "--model", name)
        #expect(
            result.output.contains(text) && result.output.contains("Model: generator"), "\(result.output)")
    }
}
