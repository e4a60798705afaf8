import Cognitron
import CognitronData
import CognitronDetection

extension Picture {
    /// The picture with found objects: their boxes with class and score, and their masks as tints.
    ///
    /// Small pictures are enlarged, each pixel to a square, so that labels can be read.
    ///
    /// - Parameters:
    ///   - identities: of the objects in a video, which then have a colour each; nil for a colour a class.
    public func showing(
        _ detections: [Detection], classNames: [String], identities: [Int]? = nil
    ) -> Picture {
        let factor = max(1, Self.leastSide / max(height, width))
        var canvas = BoxCanvas(converted(to: .rgb), factor: factor)
        // The best lie on top.
        for number in detections.indices.reversed() {
            let detection = detections[number]
            let color = Palette.bytes(ofSeries: identities.map { $0[number] } ?? detection.label)
            if let mask = detection.mask { canvas.tint(mask, color) }
            canvas.frame(detection.box, color)
            let name =
                classNames.indices.contains(detection.label)
                ? classNames[detection.label] : "class \(detection.label)"
            let identity = identities.map { " \($0[number])" } ?? ""
            canvas.label("\(name)\(identity) \(Double(detection.score).fixed(2))", detection.box, color)
        }
        return canvas.picture
    }

    private static let leastSide = 480
}

/// A picture in colour that boxes are drawn on.
private struct BoxCanvas {
    private(set) var picture: Picture
    /// Pixels of the canvas for each of the picture.
    private let factor: Int
    /// Of lines and of the dots of letters.
    private let thickness: Int

    init(_ picture: Picture, factor: Int) {
        self.picture = picture.enlarged(by: factor)
        self.factor = factor
        thickness = max(1, (max(picture.height, picture.width) * factor + 200) / 400)
    }

    /// Colours the pixels of a mask (H, W) of the picture's own size.
    mutating func tint(_ mask: Tensor, _ color: [UInt8]) {
        let (pixels, columns) = (mask.scalars, picture.width / factor)
        guard pixels.count == columns * (picture.height / factor) else { return }
        for row in 0..<picture.height {
            for column in 0..<picture.width where pixels[row / factor * columns + column / factor] > 0.5 {
                for channel in 0..<3 {
                    let mixed = (Int(picture[row, column, channel]) * 11 + Int(color[channel]) * 9) / 20
                    picture[row, column, channel] = UInt8(mixed)
                }
            }
        }
    }

    /// Draws a box's edges inside it.
    mutating func frame(_ box: Box, _ color: [UInt8]) {
        let (rows, columns) = (range(box.top, box.bottom), range(box.left, box.right))
        let width = 2 * thickness
        fill(rows.prefix(width), columns, color)
        fill(rows.suffix(width), columns, color)
        fill(rows, columns.prefix(width), color)
        fill(rows, columns.suffix(width), color)
    }

    /// Writes a text on a ground of a colour above a box, or in its upper corner where there is no room.
    mutating func label(_ text: String, _ box: Box, _ color: [UInt8]) {
        let characters = Array(text.lowercased())
        let (height, width) = (9 * thickness, (6 * characters.count + 1) * thickness)
        let edge = range(box.top, box.bottom).lowerBound
        let top = edge >= height ? edge - height : edge
        let left = max(0, min(range(box.left, box.right).lowerBound, picture.width - width))
        fill(top..<top + height, left..<left + width, color)
        let isDark = 299 * Int(color[0]) + 587 * Int(color[1]) + 114 * Int(color[2]) < 140_000
        let ink: [UInt8] = isDark ? [255, 255, 255] : [0, 0, 0]
        for (number, character) in characters.enumerated() {
            for (row, bits) in PixelFont.rows(of: character).enumerated() {
                for column in 0..<5 where bits >> (4 - column) & 1 == 1 {
                    let y = top + (1 + row) * thickness
                    let x = left + (1 + 6 * number + column) * thickness
                    fill(y..<y + thickness, x..<x + thickness, ink)
                }
            }
        }
    }

    /// The canvas's rows or columns between two edges in pixels of the picture; at least one.
    private func range(_ low: Float, _ high: Float) -> Range<Int> {
        let limit = Float(max(picture.height, picture.width))
        let first = Int(min(max(low * Float(factor), 0), limit))
        return first..<max(first + 1, Int(min(max(high * Float(factor), 0), limit)))
    }

    private mutating func fill(_ rows: Range<Int>, _ columns: Range<Int>, _ color: [UInt8]) {
        for row in rows.clamped(to: 0..<picture.height) {
            for column in columns.clamped(to: 0..<picture.width) {
                for channel in 0..<3 { picture[row, column, channel] = color[channel] }
            }
        }
    }
}
