/// A white sheet for pictures and short texts.
struct ContactSheet {
    var picture: Picture

    init(height: Int, width: Int) {
        picture = Picture(
            height: height, width: width, channels: 3,
            pixels: Array(repeating: 255, count: height * width * 3))
    }

    mutating func draw(_ other: Picture, top: Int, left: Int, _ scale: Int) {
        for row in 0..<other.height * scale {
            for column in 0..<other.width * scale {
                for channel in 0..<3 {
                    picture[top + row, left + column, channel] =
                        other[row / scale, column / scale, min(channel, other.channels - 1)]
                }
            }
        }
    }

    mutating func write(_ text: String, top: Int, left: Int, _ scale: Int) {
        for (number, character) in text.enumerated() {
            let rows = PixelFont.rows(of: character)
            for (row, bits) in rows.enumerated() {
                for column in 0..<5 where bits >> (4 - column) & 1 == 1 {
                    for pixel in 0..<scale * scale {
                        let (y, x) = (row * scale + pixel / scale, column * scale + pixel % scale)
                        for channel in 0..<3 {
                            picture[top + y, left + number * 6 * scale + x, channel] = 40
                        }
                    }
                }
            }
        }
    }
}
