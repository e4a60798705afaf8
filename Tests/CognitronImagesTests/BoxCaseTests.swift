import Cognitron
import CognitronData
import Foundation
import Testing

@testable import CognitronImages

/// Unusual boxes, alike in the files of COCO, Pascal VOC and YOLO; pictures are 20 wide and 10 high.
@Suite("Boxes that are unusual")
struct BoxCaseTests {
    enum Form: CaseIterable {
        case coco, voc, yolo

        var scheme: DatasetScheme {
            switch self {
            case .coco: .coco
            case .voc: .voc
            case .yolo: .yolo
            }
        }

        /// Writes a part with pictures a, which has the boxes (left, top, width, height), and b without any.
        func write(_ boxes: [[Float]], in folder: TemporaryFolder, _ part: String) throws {
            switch self {
            case .coco:
                let rows = boxes.map { #"{"image_id": 1, "category_id": 1, "bbox": \#($0)}"# }
                try folder.write(
                    """
                    {"images": [{"id": 1, "file_name": "a.png"}, {"id": 2, "file_name": "b.png"}],
                     "annotations": [\(rows.joined(separator: ","))],
                     "categories": [{"id": 1, "name": "x"}]}
                    """, "\(part)/boxes.json")
            case .voc:
                let objects = boxes.map { box in
                    let edges = zip(
                        ["xmin", "ymin", "xmax", "ymax"],
                        [box[0] + 1, box[1] + 1, box[0] + box[2], box[1] + box[3]]
                    ).map { "<\($0)>\($1)</\($0)>" }.joined()
                    return "<object><name>x</name><bndbox>\(edges)</bndbox></object>"
                }
                for (name, objects) in [("a", objects.joined()), ("b", "")] {
                    try folder.write(
                        "<annotation><filename>\(name).png</filename>\(objects)</annotation>",
                        "\(part)/\(name).xml")
                }
            case .yolo:
                let lines = boxes.map { box in
                    let (x, y) = ((box[0] + box[2] / 2) / 20, (box[1] + box[3] / 2) / 10)
                    return "0 \(x) \(y) \(box[2] / 20) \(box[3] / 10)"
                }
                try folder.write(lines.joined(separator: "\n"), "\(part)/a.txt")
            }
        }
    }

    private static let usual: [Float] = [2, 3, 4, 5]
    private static let usualRow: [Float] = [2, 3, 6, 8, 0]

    /// The boxes of a and of b.
    private func rows(_ form: Form, _ boxes: [[Float]]) throws -> (a: [Float], b: [Float]) {
        let folder = try TemporaryFolder()
        let picture = Picture(height: 10, width: 20, channels: 3, pixels: .init(repeating: 9, count: 600))
        for part in ["train", "test"] {
            for name in ["a", "b"] {
                try PictureFile.write(picture, to: folder.file("\(part)/\(name).png"))
            }
            try form.write(part == "train" ? boxes : [Self.usual], in: folder, part)
        }
        let part = try form.scheme.open(folder.path).part(.train)
        func rows(_ number: Int) throws -> [Float] {
            try #require(try part.source.batch([number], nil)).targets[0].scalars
        }
        return (try rows(0), try rows(1))
    }

    @Test(
        "They are cut at the picture's edges, and left out where less than a pixel is left",
        arguments: [
            ([5, 5, 10, 4], [5, 5, 15, 9, 0]), ([-5, -5, 15, 10], [0, 0, 10, 5, 0]),
            ([10, 5, 25, 12], [10, 5, 20, 10, 0]), ([30, 2, 5, 5], []), ([-9, 2, 5, 5], []),
            ([5, 5, 0, 3], []), ([5, 5, 3, 0], []), ([5, 5, -2, 3], []), ([5, 5, 0.5, 3], []),
        ] as [([Float], [Float])])
    func places(_ box: [Float], _ expected: [Float]) throws {
        for form in Form.allCases {
            let found = try rows(form, [box, Self.usual])
            let all = expected + Self.usualRow
            #expect(zip(found.a, all).allSatisfy { abs($0 - $1) < 1e-3 }, "\(form): \(found.a)")
            let rest = found.a.dropFirst(all.count)
            #expect(stride(from: 4, to: rest.count, by: 5).allSatisfy { Array(rest)[$0] == -1 })
            // None in a whole batch.
            #expect(stride(from: 4, to: found.b.count, by: 5).allSatisfy { found.b[$0] == -1 })
            #expect(!found.b.isEmpty)
        }
    }

    @Test("Five thousand in a picture", arguments: Form.allCases)
    func many(_ form: Form) throws {
        let found = try rows(form, Array(repeating: Self.usual, count: 5_000)).a
        #expect(found.count == 25_000)
        #expect(zip(found.suffix(5), Self.usualRow).allSatisfy { abs($0 - $1) < 1e-3 })
    }

    @Test("Pictures that VOC's files name and that are not there")
    func missing() throws {
        let folder = try TemporaryFolder()
        try Form.voc.write([Self.usual], in: folder, "train")
        let wrong = #expect(throws: CognitronError.self) {
            try DatasetScheme.voc.open(folder.path + "/train")
        }
        #expect(wrong?.problem == "the picture a.png is not there", "\(wrong as Any)")
        #expect(wrong?.received == "2 of 2 pictures missing")
    }
}
