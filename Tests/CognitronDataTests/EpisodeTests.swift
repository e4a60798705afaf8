import Cognitron
import Testing

@testable import CognitronData

@Suite("Pairs and episodes")
struct EpisodeTests {
    /// Samples whose input is their number and whose class is that number modulo 5.
    private let source = SampleSource(
        Tensor((0..<40).map { Float($0) }, shape: [40, 1]), Tensor((0..<40).map { $0 % 5 }))

    @Test("Half of the pairs are of one class, no sample is beside itself, and epochs differ")
    func pairs() throws {
        let pairs = try PairSource(source)
        let all = Array(0..<40)
        func numbers(_ draw: Draw?) throws -> (left: [Int], right: [Int], same: [Float]) {
            let batch = try #require(try pairs.batch(all, draw))
            #expect(batch.targets[0].shape == [40, 1])
            return (
                batch.inputs[0].scalars.map { Int($0) }, batch.inputs[1].scalars.map { Int($0) },
                batch.targets[0].scalars
            )
        }
        var sum: Float = 0
        for epoch in 0..<10 {
            let (left, right, same) = try numbers(Draw(epoch: epoch, key: RandomKey(seed: 1)))
            #expect(left == all)
            for (pair, isSame) in zip(zip(left, right), same) {
                #expect((pair.0 % 5 == pair.1 % 5) == (isSame == 1) && pair.0 != pair.1)
            }
            sum += same.reduce(0, +)
        }
        #expect((160...240).contains(sum))
        #expect(try numbers(nil).right == numbers(nil).right)
        let draw = Draw(epoch: 1, key: RandomKey(seed: 1))
        #expect(try numbers(draw).right != numbers(Draw(epoch: 2, key: RandomKey(seed: 1))).right)
        // A pair does not depend on the batch that it is in.
        let some = try #require(try pairs.batch([7, 3], draw))
        let whole = try numbers(draw)
        #expect(some.inputs[1].scalars == [Float(whole.right[7]), Float(whole.right[3])])
    }

    @Test("A class of one sample makes pairs with itself; a single class makes none")
    func smallClasses() throws {
        let pairs = try PairSource(SampleSource([[1], [2]] as Tensor, [0, 1] as Tensor))
        for epoch in 0..<8 {
            let batch = try #require(
                try pairs.batch([0, 1], Draw(epoch: epoch, key: RandomKey(seed: 3))))
            let isSame = (batch.inputs[0] .== batch.inputs[1])
            #expect(isSame == batch.targets[0])
        }
        let error = #expect(throws: CognitronError.self) {
            try PairSource(SampleSource([[1], [2]] as Tensor, [4, 4] as Tensor))
        }
        #expect(error?.description.contains("no two classes") == true)
        #expect(throws: CognitronError.self) { try PairSource(source, labels: [1, 2]) }
    }

    @Test("An episode has its number of classes and of samples, each once, class after class")
    func episodes() throws {
        let episodes = try EpisodeSource(source, ways: 3, samplesPerClass: 4, episodeCount: 20)
        #expect(episodes.batchSize == 12)
        var seen: Set<Float> = []
        for episode in 0..<20 {
            let batch = try #require(
                try episodes.batch(
                    Array(episode * 12..<episode * 12 + 12), Draw(epoch: 0, key: RandomKey(seed: 1))))
            let labels = batch.targets[0].scalars
            #expect(Set(batch.inputs[0].scalars).count == 12 && Set(labels).count == 3)
            for first in [0, 4, 8] { #expect(Set(labels[first..<first + 4]).count == 1) }
            seen.formUnion(labels)
        }
        #expect(seen.count == 5)
        #expect(try episodes.batch(Array(240..<252), nil) == nil)
    }

    @Test("Episodes of too few classes, and batches of other sizes, are refused")
    func refusals() throws {
        func message(_ body: () throws -> Void) -> String {
            do { try body() } catch { return "\(error)" }
            return "no error"
        }
        #expect(
            message { _ = try EpisodeSource(source, ways: 6, samplesPerClass: 2) }
                .contains("expected 6 or more, got 5"))
        #expect(
            message { _ = try EpisodeSource(source, ways: 2, samplesPerClass: 9) }
                .contains("too few classes with 9 samples"))
        #expect(
            message { _ = try EpisodeSource(source, ways: 0, samplesPerClass: 1) }.contains("invalid ways"))
        let episodes = try EpisodeSource(source, ways: 3, samplesPerClass: 4)
        #expect(
            message { _ = try episodes.batch(Array(0..<32), nil) }
                .contains("a batch is not an episode; expected batchSize: 12, got 32 samples"))
        #expect(message { _ = try episodes.batch(Array(4..<16), nil) }.contains("not an episode"))
    }

    @Test("Made-up characters are the same at every call, and those of the two parts differ")
    func characters() throws {
        let characters = DrawnCharacters(classCount: 6, size: 24)
        let batch = try #require(try characters.source(count: 24).batch(Array(0..<24), nil))
        #expect(batch.inputs[0].shape == [24, 24, 24, 1])
        #expect(batch.targets[0].scalars == (0..<24).map { Float($0 % 6) })
        #expect((0..<24).map(characters.hand) == (0..<24).map { $0 / 6 % 2 })
        for picture in 0..<24 {
            let ink = batch.inputs[0][picture].mean()
            #expect((0.02...0.4).contains(ink))
        }
        #expect(characters.sample(at: 5).input == batch.inputs[0][5])
        let others = DrawnCharacters(split: .test, classCount: 6, size: 24)
        #expect(others.sample(at: 5).input != characters.sample(at: 5).input)
    }

    @Test("Shapes with attributes: each class has three, no two the same")
    func attributes() throws {
        let rows = ShapeAttributes.attributes
        #expect(rows.shape == [240, 21] && rows.sum(axis: 1) == Tensor(repeating: 3, shape: [240]))
        #expect(Set((0..<240).map { rows[$0].scalars }).count == 240)
        let place = try #require(ShapeAttributes.classNames.firstIndex(of: "large blue star"))
        let names = ShapeAttributes.attributeNames
        let own = rows[place].scalars.enumerated().filter { $0.element == 1 }.map { names[$0.offset] }
        #expect(own == ["star", "blue", "large"])
        let drawn = ShapeAttributes(classes: [place, 3])
        let (x, targets) = drawn.sample(at: 2)
        #expect(x.shape == [32, 32, 3] && targets == [Tensor(Float(place))])
        // Blue ink on grey.
        let channels = x.mean(axes: [0, 1]).scalars
        #expect(channels[2] > channels[0])
    }
}
