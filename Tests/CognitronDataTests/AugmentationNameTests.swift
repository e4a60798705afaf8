import Cognitron
import CognitronKernels
import Foundation
import Testing

@testable import CognitronData

@Suite("Augmentations by name")
struct AugmentationNameTests {
    private static let photo: Shape = [32, 32, 3]

    @Test("A list of names, with strengths or without, gives the augmentations in its order")
    func list() throws {
        #expect(
            try Augmentation.named("flip,shift", for: Self.photo) == [
                .alternatingFlip, .randomCrop(padding: 4),
            ])
        #expect(
            try Augmentation.named(" Rotate:10, cutout ,mixup:0.4", for: Self.photo) == [
                .rotation(degrees: 10), .cutout(size: 16), .mixup(alpha: 0.4),
            ])
        #expect(try Augmentation.named("", for: Self.photo).isEmpty)
    }

    @Test("A name that is none, a strength that is none or does not suit the images is an error")
    func errors() throws {
        func error(_ list: String, _ image: Shape = Self.photo) throws -> CognitronError {
            try #require(#expect(throws: CognitronError.self) { try Augmentation.named(list, for: image) })
        }
        #expect(try error("flip,rotat").advice == "did you mean rotate?")
        #expect(try error("rotat:3").advice == "did you mean rotate?")
        #expect(try error("rotate:far").received == "far")
        #expect(try error("rotate:inf").received == "inf")
        #expect(try error("flip:2").expected == "flip")
        #expect(try error("shift:40").expected == "a padding of 0 to 31 for images of 32×32")
        #expect(try error("shift:1.5").place == "shift:1.5")
        #expect(try error("hue", [28, 28, 1]).expected == "images of three channels (red, green, blue)")
    }

    @Test("Every name makes an augmentation that changes pictures, and the same for any threads")
    func all() throws {
        let images = Shapes.make(count: 24, size: 24).images
        // Behind them may be those of other tests.
        for name in AugmentationName.registered.prefix(29) {
            let rule = try name.augmentation(for: images.shape.sample)
            let source = SampleSource([images]).augmented([rule])
            let draw = Draw(epoch: 1, key: RandomKey(seed: 2))
            let batch = try #require(try source.batch(Array(0..<24), draw))
            #expect(batch.inputs[0].shape == images.shape, "\(name)")
            #expect(batch.inputs[0] != images.tensor, "\(name)")
            #expect(batch.inputs[0].min() >= -1e-6 && batch.inputs[0].max() <= 1 + 1e-6, "\(name)")
            let alone = try WorkerPool.withoutWorkers { try source.batch(Array(0..<24), draw) }
            #expect(alone?.inputs == batch.inputs, "\(name)")
            let measured = try #require(try source.batch([3], nil))
            #expect(measured.inputs == [images.batch([3])])
            let data = try JSONEncoder().encode([rule])
            #expect(try JSONDecoder().decode([Augmentation].self, from: data) == [rule], "\(name)")
        }
        #expect(AugmentationName.registered.count >= 29)
    }

    @Test("Names with strengths are written and read as they are")
    func files() throws {
        let name = try AugmentationName(named: "rotate:10")
        let again = try JSONDecoder().decode(AugmentationName.self, from: try JSONEncoder().encode(name))
        #expect(again == name && again.strength == 10)
    }

    @Test("A contact sheet has a row for each stage")
    func sheet() throws {
        let images = Shapes.make(count: 4, size: 16).images
        let sheet = try Augmentation.contactSheet(
            [("flip", .randomFlip), ("hue", .hue(1))], of: images, draws: 3, scale: 1, columns: 1)
        #expect(sheet.channels == 3 && sheet.height == 2 * 20 && sheet.width > 4 * 16)
    }
}
