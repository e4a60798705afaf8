import Cognitron
import CognitronData
import Foundation
import Testing

@testable import CognitronImages

@Suite("Pictures with boxes")
struct BoxSchemeTests {
    private let picture = Picture(height: 10, width: 20, channels: 3, pixels: .init(repeating: 9, count: 600))

    /// The boxes of a source's first samples at the pictures' own size.
    private func rows(_ part: DatasetPart, _ count: Int) throws -> [Float] {
        try #require(try part.source.batch(Array(0..<count), nil)).targets[0].scalars
    }

    // MARK: - COCO

    private func coco(
        _ annotations: String, categories: String = #"{"id": 7, "name": "cat"}, {"id": 3, "name": "dog"}"#
    ) -> String {
        """
        {"info": {"year": 2024}, "licenses": [],
         "images": [{"id": 1, "file_name": "a.png", "width": 20, "height": 10},
                    {"id": 9, "file_name": "sub/b.PNG", "width": 20, "height": 10}],
         "annotations": [\(annotations)], "categories": [\(categories)]}
        """
    }

    @Test("COCO: categories by their ids, flat boxes left out, crowds apart, boxes cut off at the edges")
    func coco() throws {
        let folder = try TemporaryFolder()
        try PictureFile.write(picture, to: folder.file("images/a.png"))
        try PictureFile.write(picture, to: folder.file("images/sub/b.PNG"))
        let file = try folder.write(
            coco(
                """
                {"id": 1, "image_id": 1, "category_id": 7, "bbox": [2, 3, 4.5, 5], "iscrowd": 0, "area": 22.5,
                 "segmentation": [[2, 3, 6, 3, 6, 8]]},
                {"id": 2, "image_id": 1, "category_id": 3, "bbox": [-5, -5, 100, 8]},
                {"id": 3, "image_id": 1, "category_id": 3, "bbox": [0, 0, 20, 10], "iscrowd": 1,
                 "segmentation": {"counts": [200], "size": [10, 20]}},
                {"id": 4, "image_id": 1, "category_id": 3, "bbox": [5, 5, 0, 3]}
                """), "annotations/instances_train2017.json")
        let dataset = try DatasetScheme.coco.open(file, DatasetOptions(testShare: 0.5, seed: 1))
        #expect(dataset.task == .detection(classNames: ["dog", "cat"]))
        let parts = [try dataset.part(.train), try dataset.part(.test)]
        #expect(parts.map(\.count) == [1, 1] && parts[0].inputShape == [10, 20, 3])
        let all = try parts.flatMap { try rows($0, 1) }
        let boxes = stride(from: 0, to: all.count, by: 5).map { BoxRow(all[$0..<$0 + 5]) }
        #expect(
            Set(boxes) == [
                BoxRow(left: 2, top: 3, right: 6.5, bottom: 8, label: 1),
                BoxRow(left: 0, top: 0, right: 20, bottom: 3, label: 0),
                BoxRow(left: 0, top: 0, right: 20, bottom: 10, label: 0, status: .crowd), .none,
            ])
        let notes = try #require(parts[0].source as? PictureSource).notes
        #expect(
            notes == ["1 box of no size left out", "1 crowd not learnt, and no mistakes where found"])
    }

    @Test(
        "COCO: errors name the file and the annotation",
        arguments: [
            (
                #"{"id": 5, "image_id": 2, "category_id": 7, "bbox": [1, 1, 1, 1]}"#,
                "annotation 5: belongs to no image"
            ),
            (
                #"{"id": 5, "image_id": 1, "category_id": 8, "bbox": [1, 1, 1, 1]}"#,
                "annotation 5: is of no category"
            ),
            (#"{"image_id": 1, "category_id": 7, "bbox": [1, 1, 1]}"#, "annotation [0]: has no box"),
            (#"{"image_id": 1, "category_id": 7, "bbox": [1, 1, 1, 1e30]}"#, "annotation [0]: has no box"),
            (#"{"image_id": 1, "category_id": 7, "bbox": [NaN, 1, 1, 1]}"#, "is no COCO file"),
            (#"{"image_id": 1, "category_id": 7}"#, "annotations.[0]: bbox is missing"),
        ])
    func cocoErrors(_ annotation: String, _ message: String) throws {
        let wrong = error {
            let file = try COCOFile(bytes: Array(coco(annotation).utf8), "a.json")
            return try file.boxes("a.json")
        }
        let text = try #require(wrong).description
        #expect(text.hasPrefix("a.json") && text.contains(message), "\(text)")
    }

    @Test("COCO: missing pictures are named, or left out and counted; folders are parts")
    func cocoFolders() throws {
        let folder = try TemporaryFolder()
        let box = #"{"image_id": 1, "category_id": 7, "bbox": [1, 1, 1, 1]}"#
        try folder.write(coco(box), "train/_annotations.coco.json")
        try folder.write(coco(box), "valid/_annotations.coco.json")
        for part in ["train", "valid"] { try PictureFile.write(picture, to: folder.file("\(part)/a.png")) }
        let missing = try #require(error { try DatasetScheme.coco.open(folder.path) })
        #expect(
            missing.problem == "the picture sub/b.PNG is not there"
                && missing.received == "1 of 2 pictures missing")
        let dataset = try DatasetScheme.coco.open(folder.path, DatasetOptions(skipsDamaged: true))
        #expect(try dataset.part(.train).count == 1 && dataset.part(.test).count == 1)
        #expect(try rows(dataset.part(.test), 1) == [1, 1, 2, 2, 1])
        try folder.write(coco(box, categories: #"{"id": 7, "name": "cow"}"#), "valid/_annotations.coco.json")
        #expect(error { try DatasetScheme.coco.open(folder.path) }?.received == "cow")
        #expect(
            error { try DatasetScheme.coco.open(folder.path + "/no.json") }?.problem
                == "there is no such file")
    }

    // MARK: - Pascal VOC

    private func voc(_ name: String, _ objects: String, size: (Int, Int) = (20, 10)) -> String {
        """
        <?xml version="1.0"?>
        <annotation verified="yes">
          <folder>VOC</folder><!-- by hand -->
          <filename>\(name)</filename>
          <size><width>\(size.0)</width><height>\(size.1)</height><depth>3</depth></size>
          \(objects)
        </annotation>
        """
    }

    private func object(_ name: String, _ box: [String], difficult: Int = 0) -> String {
        let edges = zip(["xmin", "ymin", "xmax", "ymax"], box).map { "<\($0)>\($1)</\($0)>" }.joined()
        return
            "<object><name>\(name)</name><difficult>\(difficult)</difficult><bndbox>\(edges)</bndbox></object>"
    }

    @Test("VOC: pixels count from 1; names are in alphabetical order; lists are the parts")
    func voc() throws {
        let folder = try TemporaryFolder()
        for name in ["a", "b", "c"] {
            try PictureFile.write(picture, to: folder.file("JPEGImages/\(name).jpg"))
        }
        try folder.write(voc("a.jpg", object("tvmonitor", ["1", "1", "20", "10"])), "Annotations/a.xml")
        try folder.write(
            voc(
                "C:\\x\\b.jpg",
                object("R&amp;B cat", ["3.0", "4", "6", "8"]) + object("x", ["9", "9", "3", "3"])),
            "Annotations/b.xml")
        try folder.write(voc("c.jpg", "", size: (0, 0)), "Annotations/c.xml")
        try folder.write("a\nc\n", "ImageSets/Main/train.txt")
        try folder.write("b\n", "ImageSets/Main/val.txt")
        let dataset = try DatasetScheme.voc.open(folder.path)
        #expect(dataset.classNames == ["R&B cat", "tvmonitor"])
        #expect(try rows(dataset.part(.train), 2) == [0, 0, 20, 10, 1, 0, 0, 0, 0, -1])
        #expect(try rows(dataset.part(.test), 1) == [2, 3, 6, 8, 0])
        try folder.write("tvmonitor\n", "classes.txt")
        #expect(error { try DatasetScheme.voc.open(folder.path) }?.received == "R&B cat")
    }

    @Test("VOC: difficult objects are marked, and said to be so")
    func difficult() throws {
        let folder = try TemporaryFolder()
        for name in ["a", "b"] {
            try PictureFile.write(picture, to: folder.file("\(name).png"))
            let objects =
                object("x", ["1", "1", "4", "4"], difficult: 1) + object("y", ["5", "5", "8", "8"])
            try folder.write(voc("\(name).png", objects), "\(name).xml")
        }
        let part = try DatasetScheme.voc.open(folder.path).part(.train)
        #expect(try rows(part, 1) == [0, 0, 4, 4, -2, 4, 4, 8, 8, 1])
        #expect(
            (part.source as? PictureSource)?.notes == [
                "2 difficult objects not learnt, and no mistakes where found"
            ])
    }

    @Test("VOC: a picture of another size than the file says is an error when it is read")
    func vocSize() throws {
        let folder = try TemporaryFolder()
        for name in ["a", "b"] {
            try PictureFile.write(picture, to: folder.file("\(name).png"))
            try folder.write(
                voc("\(name).png", object("x", ["1", "1", "2", "2"]), size: (10, 20)), "\(name).xml")
        }
        let part = try DatasetScheme.voc.open(folder.path).part(.train)
        #expect(error { try part.source.batch([0], nil) }?.expected == "20 × 10")
    }

    @Test(
        "VOC: what is wrong is named with its line or object",
        arguments: [
            ("<annotation><object/></annotation>", "a.xml: object 1: has no class"),
            ("<annotation>\n<object><name>x</name></object>\n</annotation>", "a.xml: object 1: has no box"),
            (
                "<annotation><object><name>x</name><bndbox><xmin>nan</xmin></bndbox></object></annotation>",
                "a.xml: object 1: has no box; expected a number in <xmin> of <bndbox>, got \"nan\""
            ),
            (
                "<annotation>\n\n<object></annotation>",
                "a.xml: line 3: this is no valid XML: </annotation> closes nothing"
            ),
            (
                "<!DOCTYPE a [<!ENTITY b \"bb\">]><annotation/>",
                "a.xml: line 1: this is no valid XML: it has a document type"
            ),
            ("<annotation/><annotation/>", "something follows the outermost element"),
            ("<annotation>", "<annotation> is not closed"), ("", "there is no element"),
            ("<kml></kml>", "is no annotation of Pascal VOC"),
            ("<annotation a=\"", "<annotation does not end"),
            (String(repeating: "<a>", count: 100), "elements are nested too deeply"),
            ("text", "there is text outside of elements"),
        ])
    func vocErrors(_ text: String, _ message: String) throws {
        let wrong = try #require(error { try VOCFile(bytes: Array(text.utf8), "a.xml") })
        #expect(wrong.description.contains(message), "\(wrong)")
    }

    @Test("XML: text, entities, CDATA, comments and elements without content")
    func xml() throws {
        let root = try XMLReader.read(
            Array("\u{FEFF}<a>1<b c='>'/>&lt;&amp;lt;<![CDATA[<x>&amp;]]><!-- <d> --><b>é</b></a>\n".utf8),
            "a.xml")
        #expect(root.name == "a" && root.text == "1<&lt;<x>&amp;")
        #expect(root.all("b").map(\.text) == ["", "é"])
    }

    // MARK: - YOLO

    @Test("YOLO: shares of the size; pictures without a file have no boxes; data.yaml names the classes")
    func yolo() throws {
        let folder = try TemporaryFolder()
        for name in ["train/a.png", "train/b.png", "val/c.png"] {
            try PictureFile.write(picture, to: folder.file("images/\(name)"))
        }
        try folder.write("1 0.5 0.5 0.5 0.4\n\n0 0.25 0 0.1 1\n", "labels/train/a.txt")
        try folder.write("0 0.1 0.1 0.5 0.1 0.3 0.6\n1 0.5 0.5 0 0.1\n", "labels/val/c.txt")
        try folder.write("path: .\nnames:\n  0: cat\n  1: 'big dog'\nnc: 2\n", "data.yaml")
        let dataset = try DatasetScheme.yolo.open(folder.path)
        #expect(dataset.classNames == ["cat", "big dog"])
        let train = try rows(dataset.part(.train), 2)
        let expected: [Float] = [5, 3, 15, 7, 1, 4, 0, 6, 5, 0, 0, 0, 0, 0, -1, 0, 0, 0, 0, -1]
        #expect(zip(train, expected).allSatisfy { abs($0 - $1) < 1e-4 } && train.count == 20)
        let test = try rows(dataset.part(.test), 1)
        #expect(zip(test, [2, 1, 10, 6, 0]).allSatisfy { abs($0 - $1) < 1e-4 } && test.count == 5)
        #expect((try dataset.part(.test).source as? PictureSource)?.notes == ["1 box of no size left out"])
        try folder.write("names: [cat]", "data.yaml")
        #expect(error { try DatasetScheme.yolo.open(folder.path) }?.expected == "0 to 0: cat")
    }

    @Test(
        "YOLO: errors name the line",
        arguments: [
            ("0 0.5 0.5 0.5", "a.txt: line 1: is no box"),
            ("0 .5 .5 .5 .5\ncat 0 0 0 0", "a.txt: line 2: is no box"),
            ("0 320 240 20 20", "a.txt: line 1: is not in shares of the picture's size"),
            ("0 nan 0.5 0.5 0.5", "is not in shares"), ("-1 0.5 0.5 0.5 0.5", "is no box"),
        ])
    func yoloErrors(_ text: String, _ message: String) throws {
        let wrong = try #require(error { try YOLOFile(bytes: Array(text.utf8), "a.txt") })
        #expect(wrong.description.contains(message), "\(wrong)")
    }

    @Test("YOLO: names of classes in every form of YAML that its programs write")
    func yaml() throws {
        for text in [
            "names: [a, 'b c', \"d\"]", "nc: 3\nnames: ['a', 'b c',\n  'd']\n",
            "names:\n- a\n- b c\n- d\ntrain: x",
            "names:\n  # of animals\n  0: a\n  1: b c\n  2: d\n",
        ] {
            #expect(try ClassNames.yaml(Array(text.utf8), "data.yaml") == ["a", "b c", "d"], "\(text)")
        }
        for text in ["", "names:", "names: []", "names: [a, a]", "names:\n  0: a\n  1:\n"] {
            #expect(error { try ClassNames.yaml(Array(text.utf8), "data.yaml") } != nil, "\(text)")
        }
    }
}
