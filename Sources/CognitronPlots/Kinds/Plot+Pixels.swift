import Cognitron
import CognitronData

extension Plot {
    /// A small picture beside the numbers that it consists of: a grid of 0…255 for each channel.
    ///
    ///     try Plot.pixels(of: digit).write(to: "digit.svg")
    ///
    /// - Parameter picture: at most 40 pixels a side.
    /// - Throws: `CognitronError` for larger pictures.
    public static func pixels(of picture: Picture, title: String = "A picture and its numbers") throws
        -> Plot
    {
        let limit = 40
        guard max(picture.height, picture.width) <= limit else {
            throw CognitronError(
                .argument, "the picture", "is too large for its numbers to be read",
                expected: "at most \(limit) pixels a side", got: "\(picture.shape)",
                advice: "crop it, or make it smaller")
        }
        func grid(_ channel: Int?) -> NumberGrid {
            NumberGrid(
                cell: 26,
                numbers: (0..<picture.height).map { row in
                    (0..<picture.width).map { column in channel.map { Float(picture[row, column, $0]) } }
                },
                fill: { row, column in
                    let bytes = picture.colour(row, column, channel)
                    let brightness = zip(bytes, [0.299, 0.587, 0.114]).reduce(0) { $0 + Double($1.0) * $1.1 }
                    return ("rgb(\(bytes[0]),\(bytes[1]),\(bytes[2]))", brightness < 140)
                })
        }
        let names = picture.channels == 1 ? ["Grey"] : ["Red", "Green", "Blue", "Opacity"]
        let grids = [("Picture", grid(nil))] + (0..<picture.channels).map { (names[$0], grid($0)) }
        let (step, top) = (grids[0].1.width + 24, 20.0)
        let content = grids.enumerated().flatMap { number, part in
            [Label(part.0, isBold: true).at(Double(number) * step, 12)]
                + part.1.at(Double(number) * step, top)
        }
        return Plot(
            title, subtitle: "\(picture.shape), each number from 0 to 255",
            width: Double(grids.count) * step - 24, height: top + grids[0].1.height, content: content)
    }
}

extension Picture {
    /// Red, green and blue of a pixel, or of one of its channels alone.
    fileprivate func colour(_ row: Int, _ column: Int, _ channel: Int?) -> [UInt8] {
        if channels == 1 || channel == 3 {
            return Array(repeating: self[row, column, channel ?? 0], count: 3)
        }
        return (0..<3).map { channel == nil || channel == $0 ? self[row, column, $0] : 0 }
    }
}
