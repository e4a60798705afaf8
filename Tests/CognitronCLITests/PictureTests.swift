import CognitronData
import CognitronImages
import Foundation
import Testing

@Suite("The command cognitron on picture files", .serialized)
struct PictureTests {
    /// A folder of pictures as people have them: of two classes, several sizes, with and without colours.
    private func program(classes: [String] = ["dark", "light"]) throws -> Program {
        let program = try Program()
        for (label, name) in classes.enumerated() {
            let folder = program.path("pets/\(name)")
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for number in 0..<12 {
                let (height, width) = (40 + number, 60 - number)
                let channels = number % 3 == 0 ? 1 : 3
                let pixels = (0..<height * width * channels).map { UInt8((label * 130 + $0 % 60) & 255) }
                let picture = Picture(height: height, width: width, channels: channels, pixels: pixels)
                try PictureFile.write(picture, to: "\(folder)/\(number).\(number % 2 == 0 ? "png" : "jpg")")
            }
        }
        return program
    }

    @Test("Trains on a folder, evaluates, and predicts files as lines, JSON and CSV")
    func folder() throws {
        let program = try program()
        let trained = try program.run(
            "train", "--model", "lenet", "--dataset", "folder:pets", "--epochs", "12", "--batch-size", "4",
            "--augment", "flip,shift", "--optimizer", "adam")
        #expect(trained.status == 0, "\(trained.errors)")
        #expect(trained.output.contains(" pictures of folder:pets"))
        let model = "lenet-pets.safetensors"
        let evaluated = try program.run("evaluate", model)
        #expect(evaluated.status == 0 && evaluated.output.contains("accuracy"), "\(evaluated.errors)")
        let lines = try program.run("predict", model, "pets/dark/0.png", "pets/light/1.jpg")
        #expect(lines.status == 0, "\(lines.errors)")
        let guesses = lines.output.split(separator: "\n")
        #expect(guesses[0].hasPrefix("pets/dark/0.png  dark "), "\(lines.output)")
        #expect(guesses[1].hasPrefix("pets/light/1.jpg  light "), "\(lines.output)")
        let json = try program.run("predict", model, "pets/dark/0.png", "--format", "json")
        let rows = try #require(
            try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
        #expect(rows[0]["guess"] as? String == "dark" && rows[0]["sample"] as? String == "pets/dark/0.png")
        let missing = try program.run("predict", model, "pets/dark/0.png", "nowhere.png")
        #expect(missing.status == 1 && missing.errors.contains("nowhere.png"), "\(missing.errors)")
        let swapped = try program.run("predict", "pets/dark/0.png", model)
        #expect(swapped.status == 1 && swapped.errors.contains("pets/dark/0.png: is no model; "))
    }

    @Test("Pictures are brought to the size that is asked for")
    func size() throws {
        let program = try program()
        let trained = try program.run(
            "train", "--model", "lenet", "--dataset", "folder:pets", "--epochs", "1", "--size", "20x24")
        #expect(trained.status == 0, "\(trained.errors)")
        #expect(try program.run("summary", "lenet-pets.safetensors").output.contains("20 × 24 × 6"))
    }

    @Test("Small grey digits train a network for larger colour pictures, and one line says so")
    func fitted() throws {
        let program = try Program()
        let trained = try program.run(
            "train", "--model", "lenet", "--dataset", "digits", "--epochs", "1", "--output", "m")
        #expect(trained.status == 0, "\(trained.errors)")
        #expect(
            trained.output.contains("\nPictures are resized from 8 × 8 to 28 × 28\n"), "\(trained.output)")
        let grey = Picture(height: 9, width: 8, channels: 3, pixels: [UInt8](repeating: 90, count: 216))
        try PictureFile.write(grey, to: program.path("a.png"))
        #expect(try program.run("predict", "m", "a.png").output.hasPrefix("a.png  "))
    }

    @Test("A folder of one class, of no pictures, and no folder are refused")
    func mistakes() throws {
        for (classes, dataset) in [(["dark"], "folder:pets"), ([], "folder:pets"), ([], "folder:nowhere")] {
            let program = try program(classes: classes)
            let result = try program.run("train", "--model", "lenet", "--dataset", dataset)
            #expect(result.status == 1, "\(classes) \(dataset)")
            #expect(result.errors.hasPrefix("Error: ") && result.errors.count { $0 == "\n" } == 1)
            #expect(program.files.allSatisfy { $0 == "pets" })
        }
    }
}
