import Cognitron
import CognitronData
import Testing

@Suite("Pictures in grey, to learn their colours")
struct GreyPicturesTests {
    @Test("The input is the brightness, the target the picture", arguments: [1, 3])
    func pairs(_ channels: Int) throws {
        let dataset = try Dataset(named: "grey:shapes")
        #expect(dataset.task == .pictures && dataset.name == "grey:shapes")
        let pairs = try dataset.part(.test, shape: [24, 24, channels])
        let pictures = try Dataset.shapes.part(.test, shape: [24, 24, 3])
        #expect(pairs.inputShape == [24, 24, channels] && pairs.count == pictures.count)
        let batch = try #require(try pairs.source.batch([3, 1], nil))
        let original = try #require(try pictures.source.batch([3, 1], nil)).inputs[0]
        #expect(batch.targets == [original])
        #expect(batch.inputs[0].shape == [2, 24, 24, channels])
        let pixel = original[1][7][9].scalars
        let expected = 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2]
        for channel in 0..<channels { #expect(abs(batch.inputs[0][1, 7, 9, channel] - expected) < 1e-6) }
    }

    @Test("A data set of one size keeps it, its origin and its files")
    func wraps() throws {
        let dataset = try Dataset.cifar10.inGrey()
        #expect(dataset.shape == [32, 32, 1])
        #expect(dataset.origin == Dataset.cifar10.origin && dataset.counts == Dataset.cifar10.counts)
        #expect(try dataset.locate(.train) == Dataset.cifar10.locate(.train))
        #expect(throws: CognitronError.self) { try dataset.part(.train, shape: [32, 32, 3]) }
    }

    @Test("What has no colours is refused, and an unknown name with the known ones")
    func refusals() throws {
        for name in ["mnist", "iris"] {
            let error = #expect(throws: CognitronError.self) { try Dataset(named: "grey:\(name)") }
            #expect(error?.description.contains("\(name) has no coloured pictures") == true)
        }
        let unknown = #expect(throws: CognitronError.self) { try Dataset(named: "grey:cifar11") }
        #expect(unknown?.advice == "did you mean cifar10?")
        #expect(throws: CognitronError.self) { try Dataset(named: "grey:grey:cifar10") }
        #expect(throws: CognitronError.self) { try Dataset(named: "grey:") }
    }
}
