import Cognitron
import CognitronData
import CognitronTesting
import Foundation
import Testing

@testable import CognitronImages

/// Gives damaged files to a reader, which must read them or throw `CognitronError`, within five seconds each.
private func expectSurvival(
    of files: [[UInt8]], seed: UInt64, sourceLocation: SourceLocation = #_sourceLocation,
    _ read: ([UInt8]) throws -> Void
) {
    let failures = FileMutator.failures(of: files, seed: seed, read)
    #expect(failures.isEmpty, sourceLocation: sourceLocation)
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
