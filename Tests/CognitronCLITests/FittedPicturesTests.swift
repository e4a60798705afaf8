import Cognitron
import CognitronData
import Testing

@testable import CognitronCLI

@Suite("Pictures fitted to a network")
struct FittedPicturesTests {
    private func part(_ task: DataTask, _ x: Tensor, _ y: [Tensor]) throws -> DatasetPart {
        try DatasetPart(name: "part", task: task, inputShape: x.shape.sample, source: SampleSource([x], y))
    }

    private func batch(_ part: DatasetPart) throws -> Batch { try #require(try part.source.batch([0], nil)) }

    @Test("Grey is repeated, colours are averaged, opacity is left out")
    func channels() throws {
        let task = DataTask.unlabelled
        let grey = Tensor([0.1, 0.2, 0.3, 0.4], shape: [1, 2, 2, 1])
        let repeated = try batch(part(task, grey, []).fitted(to: [2, 2, 3])).inputs[0]
        #expect(repeated.shape == [1, 2, 2, 3] && repeated[0, 1, 0, 2] == 0.3)
        let colours = Tensor([0.1, 0.2, 0.6, 0.9], shape: [1, 1, 1, 4])
        let averaged = try batch(part(task, colours, []).fitted(to: [1, 1, 1])).inputs[0]
        #expect(averaged.shape == [1, 1, 1, 1] && abs(averaged[0, 0, 0, 0] - 0.3) < 1e-6)
        let opaque = try batch(part(task, colours, []).fitted(to: [1, 1, 3])).inputs[0]
        #expect(opaque.scalars == [0.1, 0.2, 0.6])
        let error = #expect(throws: CognitronError.self) {
            try part(task, repeated, []).fitted(to: [2, 2, 4])
        }
        #expect(error?.description.contains("expected 2 × 2 × 4, got 2 × 2 × 3") == true)
    }

    @Test("Masks stay classes, boxes stay around their objects, target pictures stay beside theirs")
    func targets() throws {
        let x = Tensor.zeros([1, 2, 2, 3])
        let mask = try part(
            .segmentation(classNames: ["a", "b"]), x, [Tensor([0, 1, 1, 0], shape: [1, 2, 2])])
        let masks = try batch(mask.fitted(to: [4, 4, 3])).targets[0]
        #expect(masks.shape == [1, 4, 4])
        #expect(masks.scalars == [0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 1, 1, 0, 0])
        let boxes = Tensor([0, 1, 1, 2, 3, 0, 0, 0, 0, -1], shape: [1, 2, 5])
        let detection = try part(.detection(classNames: ["a"]), x, [boxes])
        let scaled = try batch(detection.fitted(to: [6, 4, 3])).targets[0]
        #expect(scaled.scalars == [0, 3, 2, 6, 3, 0, 0, 0, 0, -1])
        let pictures = try part(.pictures, x, [Tensor.ones([1, 2, 2, 3])])
        #expect(try batch(pictures.fitted(to: [4, 6, 3])).targets[0].shape == [1, 4, 6, 3])
    }

    @Test("A part that fits is left as it is, and a line says what is done to others")
    func notes() throws {
        #expect(FittedPictures.note(from: [28, 28, 1], to: [28, 28, 1]) == nil)
        #expect(
            FittedPictures.note(from: [8, 8, 1], to: [32, 32, 3])
                == "Pictures are resized from 8 × 8 to 32 × 32 and repeated in 3 channels")
        #expect(
            FittedPictures.note(from: [32, 32, 3], to: [32, 32, 1]) == "Pictures are averaged over 3 channels"
        )
    }
}
