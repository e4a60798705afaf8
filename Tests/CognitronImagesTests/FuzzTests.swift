import Cognitron
import CognitronData
import Foundation
import Testing

@testable import CognitronImages

/// The number of mutated files for each reader: 300, or what the environment asks for.
let mutationCount = ProcessInfo.processInfo.environment["COGNITRON_FUZZ"].flatMap(Int.init) ?? 300

/// Changes a few random bytes, cuts or lengthens, copies parts over others.
private struct Mutator {
    var random: RandomGenerator

    mutating func mutate(_ original: [UInt8]) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            // Headers are short: half of the changes go there.
            let end = Bool.random(using: &random) ? min(64, bytes.count) : bytes.count
            let place = Int.random(in: 0..<end, using: &random)
            if Bool.random(using: &random) {
                bytes[place] ^= UInt8(1) << UInt8.random(in: 0..<8, using: &random)
            } else {
                bytes[place] =
                    [0, 1, 0x7F, 0x80, 0xFF, .random(in: 0...255, using: &random)]
                    .randomElement(using: &random) ?? 0
            }
        }
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes.removeLast(Int.random(in: 0...bytes.count, using: &random))
        case 1:
            bytes += (0..<Int.random(in: 1...40, using: &random)).map { _ in
                .random(in: 0...255, using: &random)
            }
        case 2 where bytes.count > 8:
            let count = Int.random(in: 1...bytes.count / 4, using: &random)
            let (from, to) = (
                Int.random(in: 0...bytes.count - count, using: &random),
                Int.random(in: 0...bytes.count - count, using: &random)
            )
            bytes.replaceSubrange(to..<to + count, with: Array(bytes[from..<from + count]))
        default: break
        }
        return bytes
    }
}

/// Gives mutated files to a reader, which must read them or throw `CognitronError`, within ten seconds each.
private func expectSurvival(
    of files: [[UInt8]], seed: UInt64, sourceLocation: SourceLocation = #_sourceLocation,
    _ read: ([UInt8]) throws -> Void
) {
    var mutator = Mutator(random: RandomKey(seed: seed).generator())
    for number in 0..<mutationCount {
        let bytes = mutator.mutate(files[number % files.count])
        let began = ContinuousClock.now
        do {
            try read(bytes)
        } catch is CognitronError {
        } catch {
            Issue.record("file \(number): \(error)", sourceLocation: sourceLocation)
        }
        #expect(ContinuousClock.now - began < .seconds(10), sourceLocation: sourceLocation)
    }
}

@Suite("Mutated files are read or refused")
struct FuzzTests {
    @Test(
        "Pictures",
        arguments: [
            ["rgb.png", "grey1.png", "rgba.png", "palette-transparent.png", "grey16.png", "gamma.png"],
            ["rgb.jpg", "progressive.jpg", "grey.jpg", "cmyk.jpg", "orientation6.jpg", "restarts.jpg"],
            ["lossy.webp", "lossless.webp", "animation.webp", "lossy-alpha.webp"],
            ["rgb.bmp", "palette.bmp", "bits.bmp", "masks.bmp"],
        ])
    func pictures(_ names: [String]) throws {
        // Enough for the files as they are, so that larger sizes are declared and refused.
        let limit = 1 << 20
        expectSurvival(of: try names.map(Fixtures.bytes), seed: 1) { bytes in
            let picture = try PictureFile.read(bytes, pixelLimit: limit)
            #expect(picture.height * picture.width <= limit)
        }
        expectSurvival(of: try names.map(Fixtures.bytes), seed: 2) { bytes in
            _ = try PictureFile.read(bytes, channels: .rgb, leastSize: [3, 3], pixelLimit: limit)
        }
    }

    @Test("Masks")
    func masks() throws {
        let names = ["palette.png", "grey.png", "grey1.png", "palette-transparent.png", "rgb.png"]
        expectSurvival(of: try names.map(Fixtures.bytes), seed: 3) { bytes in
            _ = try MaskClasses(names: ["a", "b"]).numbers(
                PictureFile.readMask(bytes, pixelLimit: 1 << 20), "a.png")
        }
    }

    @Test("Two pictures side by side")
    func halves() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("pair")
        let source = try PictureSource([path], .rightHalf, shape: [3, 3, 1])
        expectSurvival(of: try ["rgb.png", "rgb.jpg", "grey.jpg", "lossy.webp"].map(Fixtures.bytes), seed: 8)
        {
            bytes in
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            _ = try source.batch([0], nil)
        }
    }

    @Test("COCO")
    func coco() {
        let text = """
            {"images": [{"id": 1, "file_name": "a.png", "width": 20, "height": 10},
              {"id": 2, "file_name": "b"}],
             "annotations": [{"id": 1, "image_id": 1, "category_id": 7, "bbox": [2, 3.5, 4e0, 5],
               "iscrowd": 0},
              {"id": 2, "image_id": 2, "category_id": 3, "bbox": [-5, -5, 100, 8], "segmentation": [[1, 2]]}],
             "categories": [{"id": 7, "name": "c\\u00e9"}, {"id": 3, "name": "dog"}]}
            """
        expectSurvival(of: [Array(text.utf8)], seed: 4) { bytes in
            _ = try COCOFile(bytes: bytes, "a.json").boxes("a.json")
        }
    }

    @Test("Pascal VOC")
    func voc() {
        let text = """
            <?xml version="1.0"?><annotation><!-- x --><filename>a.jpg</filename><size><width>20</width>
            <height>10</height></size><object a="b"><name>c&amp;d</name><bndbox><xmin>1</xmin><ymin>2.5</ymin>
            <xmax>5</xmax><ymax>6</ymax></bndbox><part/></object><x><![CDATA[<y>]]></x></annotation>
            """
        expectSurvival(of: [Array(text.utf8)], seed: 5) { bytes in _ = try VOCFile(bytes: bytes, "a.xml") }
    }

    @Test("YOLO and names of classes")
    func yolo() {
        let text = "0 0.5 0.5 0.25 0.25\n1 0.1 0.1 0.2 0.2 0.3 0.1\n\n12 1 1 1e-1 .5\r\n"
        expectSurvival(of: [Array(text.utf8)], seed: 6) { bytes in _ = try YOLOFile(bytes: bytes, "a.txt") }
        let names = ["names: ['a', \"b\"]\nnc: 2", "x: y\nnames:\n  0: a\n  1: b\n", "names:\n- a\n- b\n"]
        expectSurvival(of: names.map { Array($0.utf8) }, seed: 7) { bytes in
            _ = try ClassNames.yaml(bytes, "data.yaml")
            _ = try ClassNames.lines(bytes, "classes.txt")
        }
    }
}
