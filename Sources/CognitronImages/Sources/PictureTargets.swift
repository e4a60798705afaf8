import Cognitron
import CognitronData

/// What is to be learned of each picture of a source, in the order of the pictures.
public enum PictureTargets: Hashable, Sendable {
    /// Nothing: for prediction.
    case none
    /// The number of its class.
    case classes([Int])
    /// The path of its mask, a PNG file of class numbers of the same size.
    case masks([String], MaskClasses)
    /// Its boxes.
    case boxes([PictureBoxes])
    /// The path of another picture of the same size.
    case pictures([String])
    /// The right half of the file's picture; the input is the left one.
    case rightHalf

    /// The number of pictures; nil where the targets do not say it.
    var count: Int? {
        switch self {
        case .none, .rightHalf: nil
        case .classes(let numbers): numbers.count
        case .masks(let paths, _), .pictures(let paths): paths.count
        case .boxes(let boxes): boxes.count
        }
    }

    /// Those of some of the pictures.
    func selecting(_ indices: [Int]) -> PictureTargets {
        switch self {
        case .none, .rightHalf: self
        case .classes(let numbers): .classes(indices.map { numbers[$0] })
        case .masks(let paths, let classes): .masks(indices.map { paths[$0] }, classes)
        case .boxes(let boxes): .boxes(indices.map { boxes[$0] })
        case .pictures(let paths): .pictures(indices.map { paths[$0] })
        }
    }
}

/// What the numbers of masks mean.
public struct MaskClasses: Hashable, Sendable {
    /// The names of classes 0, 1, 2 …
    public let names: [String]

    /// Whether masks are black and white: 255 stands for class 1.
    public let isBlackAndWhite: Bool

    /// The number of pixels that belong to no class, as between the objects of Pascal VOC.
    static let void: UInt8 = 255

    public init(names: [String], isBlackAndWhite: Bool = false) {
        (self.names, self.isBlackAndWhite) = (names, isBlackAndWhite)
    }

    /// The mask with the classes' numbers, and `void`.
    ///
    /// - Throws: `CognitronError.file` where a number is not one of a class.
    func numbers(_ mask: Picture, _ name: String) throws -> Picture {
        var mask = mask
        if isBlackAndWhite {
            for i in mask.pixels.indices where mask.pixels[i] == 255 { mask.pixels[i] = 1 }
        }
        if let place = mask.pixels.firstIndex(where: { $0 >= names.count && $0 != Self.void }) {
            throw CognitronError(
                .file, name, "row \(place / mask.width), column \(place % mask.width) is of no class",
                expected: "0 to \(names.count - 1), or 255 for pixels of no class",
                got: "\(mask.pixels[place])", advice: "name all classes in classes.txt, one a line")
        }
        return mask
    }
}

/// The boxes of one picture.
public struct PictureBoxes: Hashable, Sendable {
    /// In pixels, or in shares of the picture's width and height.
    public let rows: [BoxRow]

    /// Whether they are shares of the picture's size, as in YOLO's files.
    public let isRelative: Bool

    /// Height and width of the picture that the file with the boxes states; nil where it does not.
    public let size: Shape?

    public init(_ rows: [BoxRow], isRelative: Bool = false, size: Shape? = nil) {
        (self.rows, self.isRelative, self.size) = (rows, isRelative, size)
    }

    /// In pixels of a picture of that size.
    func pixels(_ header: PictureHeader) -> [BoxRow] {
        guard isRelative else { return rows }
        let (h, w) = (Float(header.height), Float(header.width))
        return rows.map {
            $0.with(left: $0.left * w, top: $0.top * h, right: $0.right * w, bottom: $0.bottom * h)
        }
    }
}
