import Cognitron
import CognitronData

extension Plot {
    /// A picture with what is known or guessed about its places.
    public struct Annotated: Sendable {
        /// (H, W, C), values in 0…1.
        public var picture: Tensor
        /// The class of each pixel, (H, W); class 0 is left as it is.
        public var mask: Tensor?
        public var boxes: [BoxRow]
        /// Whether the mask holds numbers of boxes, from 1, instead of classes.
        public var numbersBoxes = false
        /// A line below the picture.
        public var caption: String

        public init(_ picture: Tensor, mask: Tensor? = nil, boxes: [BoxRow] = [], caption: String = "") {
            (self.picture, self.mask, self.boxes, self.caption) = (picture, mask, boxes, caption)
        }
    }

    /// Masks as colours over pictures in grey, and boxes with the names of their classes.
    ///
    /// - Parameter classNames: of the masks' and boxes' classes.
    /// - Throws: `CognitronError` where a mask has another size than its picture.
    public static func overlay(
        _ pictures: [Annotated], classNames: [String] = [], title: String = "Masks and boxes",
        columns: Int? = nil
    ) throws -> Plot {
        func name(_ number: Int) -> String {
            classNames.indices.contains(number) ? classNames[number] : "class \(number)"
        }
        var present: Set<Int> = []
        let cells = try pictures.map { annotated in
            let boxes = annotated.boxes.filter { $0.label >= 0 }
            var picture = Picture(sample: annotated.picture)
            if let mask = annotated.mask {
                if !annotated.numbersBoxes {
                    present.formUnion(mask.scalars.filter { $0 >= 1 && $0 < 1e6 }.map { Int($0) })
                }
                picture = try picture.tinted(by: mask)
            }
            var cell = PictureSheet.Cell(
                picture, caption: annotated.caption.isEmpty ? [] : [annotated.caption])
            cell.boxes = boxes.enumerated().map { number, box in
                SheetBox(
                    box: box, label: name(box.label),
                    color: Palette.series(annotated.numbersBoxes ? number : box.label))
            }
            return cell
        }
        var sheet = PictureSheet(
            title, sections: [PictureSheet.Section("", cells, columns: columns)],
            side: pictures.count > 4 ? 150 : 220)
        sheet.legend = present.sorted().map { (name($0), Palette.series($0 - 1)) }
        return try sheet.plot()
    }
}

extension Picture {
    /// The picture in grey, with a colour over the pixels of each class but 0.
    package func tinted(by mask: Tensor) throws -> Picture {
        guard mask.count == height * width else {
            throw CognitronError(
                .shape, "mask", "does not fit its picture", expected: "\(height) × \(width)",
                got: "\(mask.shape)")
        }
        let gray = converted(to: .grey).pixels
        let pixels = zip(gray, mask.scalars).flatMap { gray, label -> [UInt8] in
            guard label >= 1, label < 1e6 else { return [gray, gray, gray] }
            return Palette.bytes(ofSeries: Int(label) - 1).map { UInt8((Int(gray) + Int($0) * 2) / 3) }
        }
        return Picture(height: height, width: width, channels: 3, pixels: pixels)
    }
}
