import CognitronData
import CognitronImages
import Foundation
import Testing

@Suite("The command line with autoencoders", .serialized)
struct AutoencoderCommandTests {
    /// A program in whose folder an autoencoder of the digits 0 and 1 lies.
    private func trained(_ model: String = "vae:3") throws -> Program {
        let program = try Program()
        let training = try program.run(
            "train", "--model", model, "--dataset", "digits", "--classes", "0,1", "--epochs", "12",
            "--batch-size", "16", "--output", "net")
        try #require(training.status == 0, "\(training.errors)")
        #expect(training.output.contains("Test mean_squared_error "), "\(training.output)")
        return program
    }

    /// A folder of grey pictures: one like a digit 0 in size, and one of noise.
    private func writePictures(_ program: Program, in folder: String, count: Int = 4) throws {
        try FileManager.default.createDirectory(
            atPath: program.path(folder), withIntermediateDirectories: true)
        for number in 0..<count {
            let size = 8 + number
            let pixels = (0..<size * size).map { UInt8(truncatingIfNeeded: number * $0 * $0 * 37) }
            try PictureFile.write(
                Picture(height: size, width: size, channels: 1, pixels: pixels),
                to: program.path("\(folder)/\(number).png"))
        }
    }

    @Test("predict writes pictures, evaluate measures the error, plots show both and the latent space")
    func answers() throws {
        let program = try trained()
        let predicted = try program.run("predict", "net", "0", "5")
        #expect(predicted.output == "picture 0  picture-0.out.png\npicture 5  picture-5.out.png\n")
        let picture = try PictureFile.read(program.path("picture-5.out.png"))
        #expect((picture.height, picture.width, picture.channels) == (8, 8, 1))
        let evaluated = try program.run("evaluate", "net", "--dataset", "digits")
        #expect(evaluated.output.contains("mean_squared_error"), "\(evaluated.errors)")
        for kind in ["reconstructions", "interpolation", "latent", "latent-grid", "pca"] {
            let drawn = try program.run("plot", kind, "net")
            #expect(drawn.output == "Wrote net-\(kind).svg\n", "\(kind): \(drawn.errors)")
        }
        let files = try program.run("plot", "reconstructions", "net", "picture-0.out.png", "-o", "one.svg")
        #expect(files.status == 0, "\(files.errors)")
    }

    @Test("anomalies ranks the pictures of a folder, and of a data set with classes that were not trained")
    func ranking() throws {
        let program = try trained("autoencoder:3")
        try writePictures(program, in: "camera/new")
        let plain = try program.run("anomalies", "net", "camera")
        let lines = plain.output.split(separator: "\n")
        #expect(lines.first == "4 pictures by falling score" && lines.count == 5, "\(plain.errors)")
        let scores = lines.dropFirst().compactMap { Float($0.split(separator: " ")[0]) }
        #expect(scores.count == 4 && scores == scores.sorted(by: >))

        let json = try program.run(
            "anomalies", "net", "camera", "--normal", "digits", "--quantile", "0.9", "--format", "json")
        let rows = try #require(
            try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
        #expect(rows.count == 4 && rows[0]["verdict"] as? String == "anomaly")
        #expect((rows[0]["sample"] as? String)?.hasPrefix("camera/new/") == true)

        let digits = try program.run("anomalies", "net", "digits", "--normal", "digits", "--count", "3")
        let text = digits.output.split(separator: "\n")
        #expect(text.count == 5 && text[0].contains(" of 359 pictures above the threshold "))
        let area = text[1].split(separator: " ").last.flatMap { Double($0) }
        #expect(try #require(area) > 0.85, "\(text)")
        #expect(text.dropFirst(2).allSatisfy { $0.contains("anomaly  picture ") && $0.hasSuffix(")") })
    }

    @Test("One class is enough for an autoencoder")
    func oneClass() throws {
        let program = try Program()
        try writePictures(program, in: "parts/good", count: 6)
        let result = try program.run(
            "train", "--model", "autoencoder", "--dataset", "folder:parts", "--epochs", "1")
        #expect(result.status == 0, "\(result.errors)")
    }

    @Test("Mistakes are answered with what was expected")
    func mistakes() throws {
        let program = try trained("autoencoder:3")
        let classifier = try program.run(
            "train", "--model", "lenet", "--dataset", "shapes", "--samples-per-class", "4", "--epochs", "1",
            "--output", "classes")
        #expect(classifier.status == 0, "\(classifier.errors)")
        try FileManager.default.createDirectory(
            atPath: program.path("empty"), withIntermediateDirectories: true)
        try writePictures(program, in: "camera")
        try Data("no picture".utf8).write(to: URL(fileURLWithPath: program.path("camera/damaged.png")))
        for (arguments, words) in [
            (
                ["classes", "camera"],
                "classes: is no autoencoder; expected a model that gives back its pictures"
            ),
            (["net", "empty"], "empty: there are no pictures in it"),
            (["net", "nowhere"], "nowhere: is no folder, no file and no data set"),
            (["net", "camera"], "camera/damaged.png"),
            (["net", "camera", "--threshold", "-1"], "--threshold: expected a number of at least 0"),
            (["net", "camera", "--quantile", "0.9"], "--quantile: expected normal pictures with it"),
            (["net", "camera", "--normal", "digits", "--quantile", "90"], "expected a number from 0 to 1"),
            (["net", "camera", "--normal", "digits", "--threshold", "1"], "does not go with --normal"),
            (["net", "camera", "--normal", "empty"], "empty: there are no pictures in it"),
        ] {
            let result = try program.start(["anomalies"] + arguments).wait()
            #expect(result.status != 0 && result.errors.contains(words), "\(arguments): \(result.errors)")
        }
        let skipped = try program.run("anomalies", "net", "camera", "--skip-damaged")
        #expect(skipped.status == 0 && skipped.output.hasPrefix("4 pictures"), "\(skipped.errors)")
        #expect(skipped.errors.contains("1 of 5 pictures cannot be read"))
        let latent = try program.run("plot", "latent", "classes")
        #expect(latent.status != 0 && latent.errors.contains("is no autoencoder"), "\(latent.errors)")
    }
}
