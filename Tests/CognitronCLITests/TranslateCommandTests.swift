import Cognitron
import CognitronData
import CognitronImages
import Foundation
import Testing

@testable import CognitronCLI

@Suite("cognitron translate")
struct TranslateCommandTests {
    /// Writes a picture of one colour.
    private func write(_ value: UInt8, _ path: String, size: Int = 8) throws {
        try PictureFile.write(
            Picture(
                height: size, width: size, channels: 3,
                pixels: .init(repeating: value, count: 3 * size * size)),
            to: path)
    }

    /// A model that gives 1 − x, in 6×6.
    private func inverter(_ path: String) throws {
        let model = Sequential {
            Input(6, 6, 3)
            Rescaling(-1, offset: 1)
        }
        try model.build([6, 6, 3])
        try model.save(path)
    }

    @Test("One picture into a file, several into a folder, else beside")
    func results() throws {
        let program = try Program()
        try inverter(program.path("m.safetensors"))
        try write(55, program.path("a.png"))
        try write(200, program.path("b.jpg"))
        let one = try program.run("translate", "m.safetensors", "a.png", "--output", "x.png")
        #expect(one.status == 0 && one.output == "a.png  x.png\n", "\(one.errors)")
        let picture = try PictureFile.read(program.path("x.png"))
        #expect(picture.shape == [6, 6, 3] && picture.pixels.allSatisfy { $0 == 200 })
        let two = try program.run("translate", "m.safetensors", "a.png", "b.jpg", "--output", "new/made")
        #expect(two.output == "a.png  new/made/a.png\nb.jpg  new/made/b.png\n", "\(two.errors)")
        #expect(
            try PictureFile.read(program.path("new/made/b.png")).pixels.allSatisfy { abs(Int($0) - 55) < 4 })
        #expect(try program.run("translate", "m.safetensors", "b.jpg").status == 0)
        #expect(program.files.contains("b.out.png"))
    }

    @Test("Mistakes are named, before anything is written")
    func mistakes() throws {
        let program = try Program()
        try inverter(program.path("m.safetensors"))
        let classifier = Sequential {
            Input(6, 6, 3); Flatten(); Dense(2, activation: .softmax)
        }
        try classifier.build([6, 6, 3])
        try classifier.save(program.path("c.safetensors"))
        try write(55, program.path("a.png"))
        try FileManager.default.createDirectory(atPath: program.path("d"), withIntermediateDirectories: true)
        try write(55, program.path("d/a.jpg"))
        try Data("no picture".utf8).write(to: URL(fileURLWithPath: program.path("broken.png")))
        let before = program.files
        let mistakes: [([String], String)] = [
            (["c.safetensors", "a.png"], "c.safetensors: makes no pictures of pictures"),
            (["m.safetensors", "none.png"], "none.png"),
            (["m.safetensors", "broken.png"], "broken.png"),
            (["m.safetensors", "a.png", "--output", "none/x.png"], "none"),
            (["m.safetensors", "a.png", "--output", "a.png/x"], "a.png/x: cannot be made"),
            (["m.safetensors", "a.png", "--output", "c.safetensors"], "--output: is no folder"),
            (["m.safetensors", "a.png", "d/a.jpg", "--output", "x.png"], "--output: names one file"),
            (["m.safetensors", "a.png", "d/a.jpg"], "two pictures would be written to a.out.png"),
            (["a.png", "m.safetensors"], "a.png: is no model"),
            (["m.safetensors", "a.png", "--output", ""], "--output: expected a name"),
            (["m.safetensors"], "Missing expected argument"),
        ]
        for (arguments, words) in mistakes {
            let result = try program.start(["translate"] + arguments).wait()
            #expect(result.status != 0 && result.output.isEmpty, "\(arguments)")
            #expect(result.errors.contains(words), "\(arguments): \(result.errors)")
        }
        #expect(program.files == before)
    }

    @Test("Names of data sets within others keep their paths")
    func names() throws {
        #expect(try DatasetName("grey:cifar10").stem == "grey-cifar10")
        #expect(try DatasetName("grey:folder:data/pets").stem == "grey-pets")
        let missing = #expect(throws: CognitronError.self) {
            try DatasetName("grey:folder:pets").open(in: "/nowhere")
        }
        #expect(missing?.place == "/nowhere/pets")
        #expect(try DatasetName("grey:cifar10").open(in: "/nowhere").name == "grey:cifar10")
    }
}
