import Cognitron
import CognitronData
import Foundation
import Testing

@testable import CognitronImages

@Suite("Sources of picture files")
struct PictureSourceTests {
    private let picture = Picture(height: 2, width: 2, channels: 3, pixels: Array(0..<12).map { $0 * 20 })

    @Test("Inputs are in 0…1; grey is repeated, colours are weighted")
    func inputs() throws {
        let folder = try TemporaryFolder()
        let (color, grey) = (try folder.file("a.png"), try folder.file("b.png"))
        try PictureFile.write(picture, to: color)
        try PictureFile.write(picture.converted(to: .grey), to: grey)
        let source = try PictureSource([color, grey], .classes([4, 7]), shape: [2, 2, 3])
        let batch = try #require(try source.batch([1, 0, 1], nil))
        #expect(batch.inputs[0].shape == [3, 2, 2, 3])
        #expect(batch.targets[0].scalars == [7, 4, 7])
        #expect(batch.inputs[0][1] == picture.tensor)
        #expect(batch.inputs[0][0] == picture.converted(to: .grey).converted(to: .rgb).tensor)
        let one = try #require(try PictureSource([color], shape: [2, 2, 1]).batch([0], nil))
        #expect(one.inputs[0][0] == picture.converted(to: .grey).tensor)
        #expect(one.targets.isEmpty)
        #expect(source.unit == "images" && source.sampleCount == 2)
    }

    @Test("Masks follow the framing; pixels of no class have weight 0")
    func masks() throws {
        let folder = try TemporaryFolder()
        let (path, mask) = (try folder.file("a.png"), try folder.file("m.png"))
        try PictureFile.write(picture, to: path)
        try PictureFile.writeMask(
            Picture(height: 2, width: 2, channels: 1, pixels: [0, 1, 255, 2]), to: mask)
        let classes = MaskClasses(names: ["a", "b", "c"])
        let source = try PictureSource([path], .masks([mask], classes), shape: [4, 4, 3])
        let batch = try #require(try source.batch([0], nil))
        #expect(batch.targets[0].shape == [1, 4, 4])
        #expect(batch.targets[0].scalars == [0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 2, 2, 0, 0, 2, 2])
        #expect(batch.weights[0]?.scalars == [1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1])
        let fitted = try PictureSource([path], .masks([mask], classes), shape: [2, 4, 3], framing: .fit())
        let fit = try #require(try fitted.batch([0], nil))
        #expect(fit.targets[0].scalars == [0, 0, 1, 0, 0, 0, 2, 0])
        #expect(fit.weights[0]?.scalars == [0, 1, 1, 0, 0, 0, 1, 0])
        let two = try PictureSource(
            [path], .masks([mask], MaskClasses(names: ["a", "b"])), shape: [2, 2, 3])
        #expect(error { try two.batch([0], nil) }?.problem == "row 1, column 1 is of no class")
        try PictureFile.writeMask(Picture(height: 1, width: 2, channels: 1, pixels: [0, 1]), to: mask)
        #expect(error { try source.batch([0], nil) }?.received == "2 × 2")
    }

    @Test("Boxes have as many rows as the fullest picture; those without a box have class −1")
    func boxes() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("a.png")
        try PictureFile.write(picture, to: path)
        let first = BoxRow(left: 0, top: 0, right: 1, bottom: 2, label: 3)
        let targets = [
            PictureBoxes([first]), PictureBoxes([first, first]),
            PictureBoxes([BoxRow(left: 0.5, top: 0, right: 9, bottom: 0.5, label: 1)], isRelative: true),
            PictureBoxes([], size: [5, 5]),
        ]
        let source = try PictureSource([path, path, path, path], .boxes(targets), shape: [4, 4, 3])
        let batch = try #require(try source.batch([0, 2], nil))
        #expect(batch.targets[0].shape == [2, 2, 5])
        #expect(batch.targets[0].scalars == [0, 0, 2, 4, 3, 0, 0, 0, 0, -1, 2, 0, 4, 2, 1, 0, 0, 0, 0, -1])
        let wrong = try #require(error { try source.batch([3], nil) })
        #expect(wrong.expected == "5 × 5" && wrong.place == path)
    }

    @Test("Random parts depend on the draw and the sample alone")
    func draws() throws {
        let paths = (1...3).map { _ in Fixtures.path("rgb.jpg") }
        let source = try PictureSource(paths, shape: [8, 8, 3], framing: .randomResizedCrop())
        let draw = Draw(epoch: 0, key: RandomKey(seed: 1))
        let all = try #require(try source.batch([0, 1, 2], draw)).inputs[0]
        #expect(all[0] != all[1] && all[1] != all[2])
        #expect(try source.batch([2, 0], draw)?.inputs[0][0] == all[2])
        #expect(try source.batch([0], Draw(epoch: 1, key: draw.key))?.inputs[0][0] != all[0])
        let evaluated = try #require(try source.batch([0, 1], nil)).inputs[0]
        #expect(evaluated[0] == evaluated[1])
    }

    @Test("Damaged files are named and refused; or left out and counted")
    func damaged() throws {
        let folder = try TemporaryFolder()
        let good = try folder.file("good.png")
        try PictureFile.write(picture, to: good)
        let jpeg = try Fixtures.bytes("rgb.jpg")
        let cut = try folder.write(Array(jpeg.prefix(900)), "cut.jpg")
        let empty = try folder.write([], "empty.png")
        let source = try PictureSource([good, cut, empty, good], .classes([0, 1, 2, 3]), shape: [2, 2, 3])
        #expect(error { try source.batch([3, 2, 1, 0], nil) }?.place == empty)
        let rest = try source.withoutDamaged()
        #expect(rest.paths == [good, good])
        #expect(rest.targets == .classes([0, 3]))
        #expect(rest.notes.count == 1)
        #expect(
            rest.notes[0].hasPrefix("2 of 4 pictures cannot be read: \(cut): cannot be read")
        )
        #expect(error { try PictureSource([cut], shape: [2, 2, 3]).withoutDamaged() }?.place == cut)
    }

    @Test("Shapes that are none of pictures, and other numbers of targets, are errors")
    func arguments() {
        for shape in [[8, 8], [8, 8, 2], [0, 8, 3], [1 << 40, 1 << 40, 3]] as [Shape] {
            #expect(error { try PictureSource(["a"], shape: shape) }?.kind == .shape)
        }
        #expect(error { try PictureSource(["a"], .classes([]), shape: [8, 8, 3]) }?.kind == .data)
        #expect(error { try PictureSource([], shape: [8, 8, 3]).validate() }?.problem == "there are none")
    }
}
