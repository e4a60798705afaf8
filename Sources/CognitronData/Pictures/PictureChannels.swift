import Cognitron

/// The channels that a picture is wanted in.
public enum PictureChannels: String, Hashable, Sendable, Codable, CaseIterable {
    /// As they are: 1 (grey), 3 (red, green, blue) or 4 (and opacity).
    case asStored
    /// One: 0.299 red + 0.587 green + 0.114 blue, as in Pillow and Keras. Source: ITU-R BT.601.
    case grey
    /// Three; grey is repeated.
    case rgb
    /// Four; pictures without opacity are opaque.
    case rgba

    /// The channels of a network's input; nil unless there are 1, 3 or 4.
    public init?(count: Int) {
        switch count {
        case 1: self = .grey
        case 3: self = .rgb
        case 4: self = .rgba
        default: return nil
        }
    }

    /// The number of channels of a picture that is stored with `stored`.
    public func count(stored: Int) -> Int {
        switch self {
        case .asStored: stored
        case .grey: 1
        case .rgb: 3
        case .rgba: 4
        }
    }
}

extension Picture {
    /// The picture with other channels. Where its opacity is dropped, it is laid over white:
    ///
    ///     y = (opacity · x + (255 − opacity) · 255) / 255, rounded
    public func converted(to wanted: PictureChannels) -> Picture {
        let count = wanted.count(stored: channels)
        guard count != channels else { return self }
        switch (channels, count) {
        case (1, 3): return mapped(3) { x, y in (y[0], y[1], y[2]) = (x[0], x[0], x[0]) }
        case (1, 4): return mapped(4) { x, y in (y[0], y[1], y[2], y[3]) = (x[0], x[0], x[0], 255) }
        case (3, 1): return mapped(1) { x, y in y[0] = Self.luma(x) }
        case (3, 4): return mapped(4) { x, y in (y[0], y[1], y[2], y[3]) = (x[0], x[1], x[2], 255) }
        case (4, 3):
            return mapped(3) { x, y in
                for c in 0..<3 { y[c] = Self.overWhite(x[c], x[3]) }
            }
        default: return converted(to: .rgb).converted(to: .grey)
        }
    }

    /// The weights of BT.601 in units of 2⁻¹⁶, as in Pillow.
    private static func luma(_ x: UnsafePointer<UInt8>) -> UInt8 {
        let (red, green, blue) = (UInt32(x[0]), UInt32(x[1]), UInt32(x[2]))
        let sum: UInt32 = 19595 * red + 38470 * green + 7471 * blue
        return UInt8((sum + 0x8000) >> 16)
    }

    private static func overWhite(_ x: UInt8, _ opacity: UInt8) -> UInt8 {
        let (x, opacity) = (UInt32(x), UInt32(opacity))
        let sum: UInt32 = x * opacity + 255 * (255 - opacity)
        return UInt8((sum + 127) / 255)
    }

    /// The picture whose pixels `body` makes of this one's.
    private func mapped(
        _ count: Int, _ body: (_ x: UnsafePointer<UInt8>, _ y: UnsafeMutablePointer<UInt8>) -> Void
    ) -> Picture {
        let result = [UInt8](unsafeUninitializedCapacity: height * width * count) { buffer, initialized in
            initialized = height * width * count
            pixels.withUnsafeBufferPointer { source in
                guard let x = source.baseAddress, let y = buffer.baseAddress else { return }
                for pixel in 0..<height * width { body(x + pixel * channels, y + pixel * count) }
            }
        }
        return Picture(height: height, width: width, channels: count, pixels: result)
    }
}
