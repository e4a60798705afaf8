import Cognitron
import CognitronKernels
import Testing

@testable import CognitronData

/// The data sets that the program draws sample by sample.
@Suite("Drawn data sets", .serialized)
struct DrawnDatasetTests {
    private static let sets: [any DrawnSamples] = [
        ShapeMasks(), ShapeScenes(), ShapeBoxes(), ShapeEdges(), ShapeCaptions(), ShapeVideo(frames: 3),
    ]

    @Test("Samples depend on their number alone, not on the batch or the number of threads", arguments: sets)
    func numbersAlone(_ samples: any DrawnSamples) throws {
        let source = samples.source(count: 40)
        let whole = try #require(try source.batch(Array(0..<20), nil))
        let some = try #require(try source.batch([7, 3], nil))
        for (all, two) in zip(whole.inputs + whole.targets, some.inputs + some.targets) {
            #expect(two == all.gathering([7, 3], axis: 0))
        }
        let single = try WorkerPool.withoutWorkers { try source.batch(Array(0..<20), nil) }
        #expect(single?.inputs == whole.inputs && single?.targets == whole.targets)
        let trained = try source.batch([7, 3], Draw(epoch: 4, key: RandomKey(seed: 9)))
        #expect(trained?.inputs == some.inputs)
    }

    @Test("Batches have the forms that tasks promise, in 0…1", arguments: sets)
    func forms(_ samples: any DrawnSamples) throws {
        let batch = try #require(try samples.source(count: 4).batch([0, 3], nil))
        #expect(batch.inputs.map(\.shape) == [samples.inputShape.batched(2)])
        let picture = samples.inputShape
        let expected: [Shape] =
            switch samples.task {
            case .segmentation: [[2, picture[0], picture[1]]]
            case .detection: [[2, 5, 5]]
            case .instances: [[2, 5, 5], [2, picture[0], picture[1]]]
            case .text: [[2, ShapeCaptions.length]]
            case .pictures where picture.rank == 4: [picture.batched(2)]
            default: [[2, picture[0], picture[1], 3]]
            }
        #expect(batch.targets.map(\.shape) == expected)
        #expect(batch.inputs[0].scalars.allSatisfy { (0...1).contains($0) })
    }

    @Test(
        "Each is a data set of as many samples as it says, in any size from 32 on",
        arguments: [
            "shapes-masks", "shapes-scenes", "shapes-boxes", "shapes-edges", "shapes-captions",
            "shapes-video",
        ])
    func parts(_ name: String) throws {
        let dataset = try Dataset(named: name)
        let (train, test) = (try dataset.part(.train), try dataset.part(.test))
        #expect(dataset.counts == [.train: train.count, .test: test.count])
        #expect(train.count >= 4_000 && test.count >= 1_000)
        #expect(train.task == dataset.task && train.name == name)
        let (first, other) = (try train.source.batch([0], nil), try test.source.batch([0], nil))
        #expect(first?.inputs != other?.inputs)
        let isVideo = name == "shapes-video"
        let part = try dataset.part(.test, shape: isVideo ? [4, 40, 40, 3] : [40, 40, 3])
        #expect(try part.source.batch([5], nil)?.inputs[0].shape == part.inputShape.batched(1))
        #expect(part.inputShape.suffix(3) == [40, 40, 3])
        for shape: Shape in [[16, 16, 3], [40, 32, 3], [40, 40, 2], [40, 40], [0, 40, 40, 3]] {
            let error = #expect(throws: CognitronError.self) { try dataset.part(.train, shape: shape) }
            #expect(error?.kind == .shape && error?.place == name)
        }
    }

    @Test("A source without samples is refused before training")
    func empty() throws {
        let error = #expect(throws: CognitronError.self) { try ShapeMasks().source(count: 0).validate() }
        #expect(error?.kind == .data && error?.place == "shapes-masks")
        try ShapeMasks().source(count: 1).validate()
    }

    @Test("Other seeds draw other samples")
    func seeds() {
        #expect(ShapeScenes(seed: 1).scene(at: 0) != ShapeScenes(seed: 2).scene(at: 0))
        #expect(ShapeEdges(seed: 1).pair(at: 0).edges != ShapeEdges(seed: 2).pair(at: 0).edges)
        #expect(ShapeVideo(seed: 1).frames(at: 0) != ShapeVideo(seed: 2).frames(at: 0))
        #expect(
            ShapeCaptions(seed: 1).caption(at: 0).picture != ShapeCaptions(seed: 2).caption(at: 0).picture)
    }

    @Test("The class of a pixel is the shape's, or 0")
    func masks() {
        let masks = ShapeMasks(Shapes(seed: 3, size: 40))
        for index in 0..<20 {
            let scene = masks.shapes.scene(at: index)
            let target = masks.sample(at: index).targets[0]
            #expect(Set(target.scalars) == [0, Float(scene.label + 1)])
            #expect(target.scalars.map { $0 > 0 } == scene.mask.map { $0 == 1 })
        }
        #expect(ShapeMasks.classNames.count == 11 && ShapeMasks.classNames[1] == "circle")
    }

    @Test(
        "Boxes fit what is visible of each shape, and every shape is", arguments: [32, 64, 128],
        ShapeOverlap.allCases)
    func scenes(_ size: Int, _ overlap: ShapeOverlap) throws {
        let scenes = ShapeScenes(seed: 5, size: size, objects: 2...6, overlap: overlap)
        var counts: Set<Int> = []
        for index in 0..<40 {
            let scene = scenes.scene(at: index)
            counts.insert(scene.boxes.count)
            #expect(scene.instances.allSatisfy { $0 <= scene.boxes.count })
            for (number, box) in scene.boxes.enumerated() {
                let own = scene.instances.indices.filter { scene.instances[$0] == number + 1 }
                let (rows, columns) = (own.map { $0 / size }, own.map { $0 % size })
                #expect(rows.min() == box.y && rows.max() == box.y + box.height - 1)
                #expect(columns.min() == box.x && columns.max() == box.x + box.width - 1)
                let least = overlap == .limited ? 120 : 200
                #expect(own.count >= size * size / least, "shape \(number) of picture \(index)")
            }
        }
        #expect(counts.isSuperset(of: [2, 3, 4, 5]) && counts.allSatisfy { $0 <= 6 })
    }

    @Test("A shape that others hide is drawn, but is no object and hides others")
    func hidden() {
        var (draws, isSeen) = (RandomKey(seed: 3).generator(), false)
        for _ in 0..<30 {
            let scene = ShapeArrangement(12, radii: (0.12, 0.26), size: 64, overlap: .free, &draws)
            #expect(scene.pixels.count == 12 && scene.boxes.count == scene.shapes.count)
            isSeen = isSeen || scene.shapes.count < 12
            #expect(scene.owners.allSatisfy { $0 <= scene.shapes.count })
            // From front to back: what is left of each shape, and whether that makes it an object.
            var (isTaken, objects) = (Set<Int>(), 0)
            for pixels in scene.pixels {
                let inside = pixels.filter(\.isInside).map(\.at)
                let visible = inside.filter { !isTaken.contains($0) }
                isTaken.formUnion(inside)
                let isObject = Double(visible.count) >= 0.3 * Double(inside.count)
                objects += isObject ? 1 : 0
                #expect(visible.allSatisfy { Int(scene.owners[$0]) == (isObject ? objects : 0) })
            }
            #expect(objects == scene.shapes.count)
        }
        #expect(isSeen)
    }

    @Test("Rows of boxes end in the form of none")
    func rows() {
        let scenes = ShapeScenes(objects: 1...8)
        let (scene, rows) = (scenes.scene(at: 0), scenes.sample(at: 0).targets[0])
        #expect(rows.shape == [8, 5])
        #expect(Array(rows.scalars.prefix(5)) == BoxRow(scene.boxes[0]).scalars)
        #expect(scene.boxes.count < 8 && Array(rows.scalars.suffix(5)) == BoxRow.none.scalars)
    }

    @Test("A picture's colours change where its edges are dark")
    func edges() {
        let pairs = ShapeEdges(seed: 2, size: 48)
        for index in 0..<10 {
            let (edges, picture) = pairs.pair(at: index)
            for row in 0..<48 {
                for column in 1..<48 {
                    let change =
                        (0..<3).map {
                            abs(Int(picture[row, column, $0]) - Int(picture[row, column - 1, $0]))
                        }.max() ?? 0
                    let darkest = min(edges[row, column, 0], edges[row, column - 1, 0])
                    if change > 60 { #expect(darkest < 160, "\(index): \(row), \(column)") }
                }
            }
        }
        #expect(ShapeEdges(size: 32, channels: .rgb).pair(at: 0).edges.channels == 3)
    }

    @Test("Sentences say what there is and where")
    func captions() {
        let captions = ShapeCaptions(seed: 4)
        var seen: Set<String> = []
        for index in 0..<300 {
            let words = captions.caption(at: index).words
            seen.formUnion(words)
            #expect(words.count <= ShapeCaptions.length)
            let tokens = captions.sample(at: index).targets[0].scalars.map { Int($0) }
            #expect(ShapeCaptions.words(tokens) == words)
            let kinds = words.compactMap { ShapeKind(rawValue: $0)?.label }
            #expect(kinds == kinds.sorted() && Set(kinds).count == kinds.count)
        }
        #expect(seen == Set(ShapeCaptions.vocabulary.dropFirst()))
        var draws = RandomKey(seed: 8).generator()
        for _ in 0..<300 {
            let scene = CaptionedScene(&draws)
            guard scene.objects.count == 2 else { continue }
            let way = scene.objects[1].shape.centre - scene.objects[0].shape.centre
            let relation =
                abs(way.x) > abs(way.y)
                ? way.x > 0 ? "left" : "right" : way.y > 0 ? "above" : "below"
            #expect(scene.words.contains(relation))
            let distance = (way * way).sum().squareRoot()
            #expect(distance > scene.objects[0].shape.radius + scene.objects[1].shape.radius)
        }
    }

    @Test("A video's targets are its next frames, and its shapes stay inside and turn back")
    func videos() {
        let videos = ShapeVideo(seed: 6, frames: 30, size: 32, objects: 1...1)
        let sample = videos.sample(at: 0)
        let size = 32 * 32
        #expect(Array(sample.input.scalars.dropFirst(size)) == sample.targets[0].scalars.dropLast(size))
        for index in 0..<5 {
            let centres = videos.frames(at: index).map { frame in
                let bright = frame.pixels.indices.filter { frame.pixels[$0] > 90 }
                #expect(bright.count > 20)
                return Float(bright.reduce(0) { $0 + $1 % 32 }) / Float(bright.count)
            }
            let steps = zip(centres, centres.dropFirst()).map { $1 - $0 }
            #expect(steps.contains { $0 > 0.2 } && steps.contains { $0 < -0.2 })
            #expect(steps.allSatisfy { abs($0) < 4 })
        }
    }
}
