import Cognitron
import CognitronData
import Foundation

/// One XML file of Pascal VOC's form: a picture's name, size and objects.
///
/// - Source: Everingham et al., "The PASCAL Visual Object Classes (VOC) Challenge" (2010); VOC development
///   kit: pixels count from 1, and `xmax`, `ymax` are the last of the box.
struct VOCFile {
    /// As the file says; many programs write paths of another machine.
    let pictureName: String
    let size: Shape?
    let objects: [(name: String, box: BoxRow)]
    /// The number of boxes of no size, which are left out.
    let flatCount: Int

    init(_ path: String) throws {
        if let obstacle = CognitronError.obstacle(toReading: path) { throw obstacle }
        try self.init(bytes: FileBytes.read(path, limit: XMLReader.byteLimit), path)
    }

    init(bytes: [UInt8], _ path: String) throws {
        let root = try XMLReader.read(bytes, path)
        guard root.name == "annotation" else {
            throw CognitronError(
                .file, path, "is no annotation of Pascal VOC", expected: "<annotation>", got: "<\(root.name)>"
            )
        }
        pictureName = root["filename"]?.trimmed ?? ""
        size = BoxRow.size(
            height: root["size"]?["height"].flatMap { Int($0.trimmed) },
            width: root["size"]?["width"].flatMap { Int($0.trimmed) })
        let all = try root.all("object").enumerated().map { number, object in
            try Self.object(object, "\(path): object \(number + 1)")
        }
        objects = all.filter { $0.box.right > $0.box.left && $0.box.bottom > $0.box.top }
        flatCount = all.count - objects.count
    }

    private static func object(_ object: XMLNode, _ place: String) throws -> (name: String, box: BoxRow) {
        guard let name = object["name"]?.trimmed, !name.isEmpty else {
            throw CognitronError(.file, place, "has no class", expected: "<name>")
        }
        let numbers = try ["xmin", "ymin", "xmax", "ymax"].map { edge in
            let text = object["bndbox"]?[edge]?.trimmed
            guard let number = text.flatMap(Float.init), abs(number) < BoxRow.limit else {
                throw CognitronError(
                    .file, place, "has no box", expected: "a number in <\(edge)> of <bndbox>",
                    got: text.map { "\"\($0)\"" } ?? "none")
            }
            return number
        }
        let box = BoxRow(
            left: numbers[0] - 1, top: numbers[1] - 1, right: numbers[2], bottom: numbers[3], label: 0,
            status: object["difficult"]?.trimmed == "1" ? .ignored : .counted)
        return (name, box)
    }
}

extension XMLNode {
    fileprivate var trimmed: String { text.trimmingCharacters(in: .whitespacesAndNewlines) }
}
