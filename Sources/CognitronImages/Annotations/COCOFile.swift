import Cognitron
import CognitronData
import Foundation

/// The parts of a COCO file of boxes that are read.
///
/// - Source: cocodataset.org, "Data format", object detection.
struct COCOFile: Decodable {
    struct Image: Decodable {
        let id: Int
        let fileName: String
        let width: Int?
        let height: Int?

        private enum CodingKeys: String, CodingKey {
            case id, width, height
            case fileName = "file_name"
        }
    }

    struct Annotation: Decodable {
        let id: Int?
        let imageID: Int
        let categoryID: Int
        /// Left, top, width, height.
        let bbox: [Float]
        /// 1 for a region with many objects, which are not told apart.
        let iscrowd: Int?

        private enum CodingKeys: String, CodingKey {
            case id, bbox, iscrowd
            case imageID = "image_id"
            case categoryID = "category_id"
        }
    }

    struct Category: Decodable {
        let id: Int
        let name: String
    }

    let images: [Image]
    let annotations: [Annotation]
    let categories: [Category]

    /// Larger files are refused; that of COCO's own 860,000 boxes with outlines has 450 MB.
    static let byteLimit = 1 << 30

    init(_ path: String) throws {
        if let obstacle = CognitronError.obstacle(toReading: path) { throw obstacle }
        try self.init(bytes: FileBytes.read(path, limit: Self.byteLimit), path)
    }

    init(bytes: [UInt8], _ path: String) throws {
        do {
            self = try JSONDecoder().decode(COCOFile.self, from: Data(bytes))
        } catch {
            throw CognitronError(
                .file, path, "is no COCO file: \(Self.problem(error))",
                expected: "JSON with images, annotations and categories",
                advice: "export the data set as \"COCO JSON\", object detection")
        }
        guard !categories.isEmpty, Set(categories.map(\.id)).count == categories.count else {
            throw CognitronError(
                .file, path, "its categories are wrong", expected: "at least one, each with its own id",
                got: "\(categories.map(\.id))")
        }
        try ClassNames.check(names, path)
    }

    private static func problem(_ error: any Error) -> String {
        let (context, missing): (DecodingError.Context, String?) =
            switch error as? DecodingError {
            case .keyNotFound(let key, let context): (context, "\(key.stringValue) is missing")
            case .typeMismatch(_, let context), .valueNotFound(_, let context),
                .dataCorrupted(let context):
                (context, nil)
            default: (.init(codingPath: [], debugDescription: "it cannot be read"), nil)
            }
        let place = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
        let text = missing ?? context.debugDescription
        return place.isEmpty ? text : "\(place.joined(separator: ".")): \(text)"
    }

    /// In the order of their ids.
    private var sorted: [Category] { categories.sorted { $0.id < $1.id } }

    var names: [String] { sorted.map(\.name) }

    /// The boxes of each picture, in the order of `images`, and what was left out: boxes of no size; of crowds,
    /// how many are judged but not learnt.
    func boxes(_ path: String) throws -> (boxes: [PictureBoxes], notes: [String]) {
        let classes = Dictionary(
            sorted.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { a, _ in a })
        let places = Dictionary(images.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { a, _ in a })
        guard places.count == images.count else {
            throw CognitronError(.file, path, "two images have the same id", expected: "one id for each")
        }
        var rows = [[BoxRow]](repeating: [], count: images.count)
        var (crowds, flat) = (0, 0)
        for (number, annotation) in annotations.enumerated() {
            let name = "annotation \(annotation.id.map(String.init) ?? "[\(number)]")"
            guard let place = places[annotation.imageID] else {
                throw CognitronError(
                    .file, "\(path): \(name)", "belongs to no image", expected: "the id of an image",
                    got: "\(annotation.imageID)")
            }
            guard let label = classes[annotation.categoryID] else {
                throw CognitronError(
                    .file, "\(path): \(name)", "is of no category",
                    expected: "one of \(classes.keys.sorted())",
                    got: "\(annotation.categoryID)")
            }
            guard annotation.bbox.count == 4, annotation.bbox.allSatisfy({ abs($0) < BoxRow.limit }) else {
                throw CognitronError(
                    .file, "\(path): \(name)", "has no box", expected: "left, top, width, height in pixels",
                    got: "\(annotation.bbox)")
            }
            let box = annotation.bbox
            guard box[2] > 0, box[3] > 0 else {
                flat += 1
                continue
            }
            let isCrowd = annotation.iscrowd == 1
            if isCrowd { crowds += 1 }
            rows[place].append(
                BoxRow(
                    left: box[0], top: box[1], right: box[0] + box[2], bottom: box[1] + box[3], label: label,
                    status: isCrowd ? .crowd : .counted))
        }
        let boxes = zip(images, rows).map { image, rows in
            PictureBoxes(rows, size: BoxRow.size(height: image.height, width: image.width))
        }
        return (
            boxes, BoxRow.notes(flat: flat) + BoxRow.notes(crowds, "crowd", "crowds")
        )
    }
}

extension BoxRow {
    /// Numbers beyond it are no pixels.
    static let limit: Float = 1e7

    /// The size that a file says its picture has; nil where it says none, or 0 × 0 as some programs write.
    static func size(height: Int?, width: Int?) -> Shape? {
        guard let height, let width, height > 0, width > 0 else { return nil }
        return [height, width]
    }

    static func notes(flat: Int) -> [String] {
        flat > 0 ? ["\(flat) \(flat == 1 ? "box" : "boxes") of no size left out"] : []
    }

    /// Of objects that do not count.
    static func notes(_ count: Int, _ one: String, _ several: String) -> [String] {
        count > 0 ? ["\(count) \(count == 1 ? one : several) not learnt, and no mistakes where found"] : []
    }
}
