import Cognitron
import CognitronData
import CognitronImages
import Foundation
import Testing

@testable import CognitronCLI

@Suite("Answers of models for every task")
struct PredictionTests {
    private func prediction(_ task: DataTask, _ output: Tensor, truth: Tensor? = nil) throws -> Prediction {
        try Prediction("a.png", task, output: output, truth: truth, top: 2, picturePath: "a.mask.png")
    }

    @Test("A mask has the likeliest class of each pixel, and a line its largest classes")
    func segmentation() throws {
        let scores: [Float] = [0.9, 0.1, 0, 0.2, 0.8, 0, 0.7, 0.2, 0.1, 0.6, 0.4, 0]
        let answer = try prediction(
            .segmentation(classNames: ["sky", "road", "car"]), Tensor(scores, shape: [2, 2, 3]))
        #expect(answer.isMask && answer.picture?.pixels == [0, 1, 0, 0])
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).png").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try answer.writePicture(to: path)
        #expect(try PictureFile.readMask(path) == answer.picture)
        #expect(answer.line == "a.png  a.mask.png  sky 75.00 %, road 25.00 %")
        #expect(answer.row.columns == ["sample", "mask", "sky", "road", "car"])
        #expect(answer.row.cells == ["a.png", "a.mask.png", "0.75", "0.25", "0.0"])
    }

    @Test("Pictures and tags; texts are none")
    func others() throws {
        let picture = try prediction(.pictures, Tensor([0, 0.5, 1], shape: [1, 1, 3]))
        #expect(picture.picture?.pixels == [0, 128, 255] && !picture.isMask)
        let tags = try prediction(
            .tagging(classNames: ["noun", "verb"]), Tensor([0.1, 0.9, 0.8, 0.2], shape: [2, 2]))
        #expect(tags.line == "a.png  verb noun" && tags.row.cells == ["a.png", "verb noun"])
        #expect(throws: CognitronError.self) { try prediction(.text, Tensor([0.1, 0.9], shape: [1, 2])) }
        #expect(throws: CognitronError.self) {
            try prediction(.detection(classNames: ["a"]), Tensor([0, 0, 1, 1, 0], shape: [1, 5]))
        }
    }

    @Test("Classes and numbers stand beside the truth where it is known")
    func truth() throws {
        let names = ["cat", "dog"]
        let right = try prediction(
            .classification(classNames: names), Tensor([0.75, 0.25]), truth: Tensor(0))
        #expect(right.line == "a.png (cat)  ✓  cat 75.00 %, dog 25.00 %")
        #expect(right.row.columns == ["sample", "truth", "guess", "probability", "cat", "dog"])
        let wrong = try prediction(
            .classification(classNames: names), Tensor([0.75, 0.25]), truth: Tensor(1))
        #expect(wrong.line.contains("(dog)  ✗  cat"))
        let number = try prediction(
            .regression(targetNames: ["price", "rent"]), Tensor([123_456, 7.25]), truth: Tensor([120_000, 7]))
        #expect(number.line == "a.png  price 123456, rent 7.25  (120000, 7)")
        #expect(number.row.columns == ["sample", "true price", "true rent", "price", "rent"])
    }
}
