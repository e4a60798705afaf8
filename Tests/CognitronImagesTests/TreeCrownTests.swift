import Cognitron
import Foundation
import Testing

@testable import CognitronData
@testable import CognitronImages

@Suite("Tree crowns")
struct TreeCrownTests {
    private let folder: TemporaryFolder
    private let names = [
        "2019_YELL_2_528000_4978000_image_crop2", "2019_YELL_2_541000_4977000_image_crop", "OSBS_029",
        "SOAP_061",
    ]

    init() throws { folder = try TemporaryFolder() }

    /// A package with a photograph of 410 × 250 and others of 200 × 200.
    private func write(
        boxes: [[Int]], size: [Int] = [250, 410], leavingOut missing: String? = nil
    ) throws {
        var members: [(path: String, bytes: [UInt8])] = [("deepforest/data/other.png", [1])]
        for (number, name) in names.enumerated() where name != missing {
            let (height, width) = number == 0 ? (250, 410) : (200, 200)
            var picture = Picture(
                height: height, width: width, channels: 3,
                pixels: Array(repeating: 0, count: height * width * 3))
            for row in 0..<height {
                for column in 0..<width { picture[row, column, 0] = UInt8(column % 256) }
            }
            members.append(("deepforest/data/\(name).png", try PictureFile.encode(picture, as: .png)))
            let objects = (number == 0 ? boxes : []).map { box in
                let edges = zip(["xmin", "ymin", "xmax", "ymax"], box).map { "<\($0)>\($1)</\($0)>" }
                return "<object><name>Tree</name><bndbox>\(edges.joined())</bndbox></object>"
            }
            let stated = number == 0 ? size : [200, 200]
            let text =
                "<annotation><filename>\(name).png</filename><size><width>\(stated[1])</width>"
                + "<height>\(stated[0])</height></size>\(objects.joined())</annotation>"
            members.append(("deepforest/data/\(name).xml", Array(text.utf8)))
        }
        try folder.write(Archive.zip(members, "w"), "deepforest-2.1.0-py3-none-any.whl")
    }

    @Test("Photographs are cut into crops; a cut crown belongs where half of it is")
    func crops() throws {
        // Pixels count from 1, and the last of a box belongs to it.
        try write(boxes: [[11, 21, 30, 40], [191, 1, 230, 20], [181, 101, 220, 120], [1, 190, 20, 249]])
        let train = try Dataset.treeCrowns.part(.train, from: folder.path)
        #expect(train.count == 3 && train.inputShape == [200, 200, 3])
        let batch = try #require(try train.source.batch([0, 1, 2], nil))
        #expect(batch.targets[0].shape == [3, 2, 5])
        // The second box has 10 of 40 columns in the first crop and 30 in the second, the third 20 in both;
        // the last has 11 of 60 rows.
        #expect(
            batch.targets[0][0].scalars == [10, 20, 30, 40, 0, 180, 100, 200, 120, 0])
        #expect(batch.targets[0][1].scalars == [0, 0, 30, 20, 0, 0, 100, 20, 120, 0])
        #expect(batch.targets[0][2].scalars == Array(repeating: BoxRow.none.scalars, count: 2).flatMap { $0 })
        #expect(batch.inputs[0][0, 0, 7, 0] == 7 / 255 && batch.inputs[0][1, 0, 7, 0] == 207 / 255)
        let test = try Dataset.treeCrowns.part(.test, from: folder.path)
        #expect(test.count == 2)
    }

    @Test("Missing photographs, and annotations of another size, are errors")
    func wrong() throws {
        func error() -> String {
            do { return "\(try Dataset.treeCrowns.part(.train, from: folder.path))" } catch {
                return "\(error)"
            }
        }
        try write(boxes: [], leavingOut: names[1])
        #expect(error().contains("has no \(names[1]).png"))
        try write(boxes: [], size: [100, 410])
        #expect(error().contains("does not have the size"))
        try write(boxes: [[1, 1, 20, 20]])
        #expect(try Dataset.treeCrowns.part(.train, from: folder.path).count == 3)
    }

    @Test("The real package has the crops that the data set says")
    func real() throws {
        guard Dataset.treeCrowns.isAvailable(.train) else { return }
        for split in DatasetSplit.allCases {
            #expect(try Dataset.treeCrowns.part(split).count == Dataset.treeCrowns.counts[split])
        }
    }
}
