/// Colours that colour-blind readers can tell apart, on a light ground.
enum Palette {
    /// Text, and marks that must be read.
    static let ink = "#1f2328"
    /// Secondary text: 7 : 1 on white.
    static let faint = "#57606a"
    static let rule = "#d8dee4"
    static let frame = "#8c959f"
    static let card = "#ffffff"

    /// Okabe and Ito, "Color Universal Design" (2008), those that are dark enough on white first.
    static let series = [
        "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#f0e442",
    ]

    static func series(_ index: Int) -> String { series[index % series.count] }

    /// Red, green and blue.
    static func bytes(ofSeries index: Int) -> [UInt8] {
        let number = Int(series(index).dropFirst(), radix: 16) ?? 0
        return [16, 8, 0].map { UInt8(number >> $0 & 255) }
    }
}

/// Colours for numbers.
public enum ColorMap: Sendable {
    /// From dark to bright, evenly: van der Walt and Smith, "viridis" (2015).
    case viridis
    /// From black through red to yellow, for heat over pictures: their "inferno".
    case inferno
    /// From black to white.
    case gray
    /// From white to dark blue, for counts.
    case blues
    /// Blue below the middle, white, vermilion above it: for numbers with a sign.
    case diverging

    /// The colour of a number from 0 to 1; numbers outside get the nearer end, NaN grey.
    func bytes(_ value: Float) -> [UInt8] {
        guard !value.isNaN else { return [128, 128, 128] }
        let place = min(max(value, 0), 1) * Float(stops.count - 1)
        let index = min(Int(place), stops.count - 2)
        let share = place - Float(index)
        return [16, 8, 0].map { shift in
            let (a, b) = (Float(stops[index] >> shift & 255), Float(stops[index + 1] >> shift & 255))
            return UInt8((a + (b - a) * share).rounded())
        }
    }

    /// `#0a64c8`
    func text(_ value: Float) -> String {
        "#" + bytes(value).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Whether white text is easier to read on the colour of a number than black text.
    func isDark(_ value: Float) -> Bool {
        let rgb = bytes(value).map(Float.init)
        return 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2] < 140
    }

    private var stops: [Int] {
        switch self {
        case .viridis:
            [
                0x440154, 0x482475, 0x414487, 0x355f8d, 0x2a788e, 0x21918c, 0x22a884, 0x44bf70, 0x7ad151,
                0xbddf26, 0xfde725,
            ]
        case .inferno:
            [
                0x000004, 0x160b39, 0x420a68, 0x6a176e, 0x932667, 0xbc3754, 0xdd513a, 0xf37819, 0xfca50a,
                0xf6d746, 0xfcffa4,
            ]
        case .gray: [0x000000, 0xffffff]
        case .blues: [0xffffff, 0xcfe1f2, 0x93c4de, 0x4a97c9, 0x1764ab, 0x08306b]
        case .diverging: [0x00456e, 0x0072b2, 0x8cc2e0, 0xffffff, 0xf0b080, 0xd55e00, 0x803800]
        }
    }
}
