import Cognitron
import CognitronKernels

/// A rectangle of whole pixels.
public struct PictureWindow: Hashable, Sendable {
    /// Leftmost column.
    public var x: Int
    /// Topmost row.
    public var y: Int
    public var width: Int
    public var height: Int

    public init(x: Int, y: Int, width: Int, height: Int) {
        (self.x, self.y, self.width, self.height) = (x, y, width, height)
    }

    /// Whether it has pixels, all within a picture of this size.
    package func lies(inHeight height: Int, width: Int) -> Bool {
        self.width > 0 && self.height > 0 && x >= 0 && y >= 0 && x <= width - self.width
            && y <= height - self.height
    }
}

/// How a picture was turned by the camera: the values 1 to 8 of EXIF's tag 274, which say what the stored
/// rows and columns are of the picture as it is shown.
public enum PictureOrientation: Int, Hashable, Sendable, CaseIterable {
    /// As it is shown.
    case upright = 1
    case mirrored, upsideDown, mirroredUpsideDown
    /// Rows are the columns of the picture that is shown.
    case transposed, turnedLeft, transposedUpsideDown, turnedRight

    /// Whether height and width are exchanged.
    public var exchangesAxes: Bool { rawValue >= 5 }
}

extension Picture {
    /// A part of the picture.
    ///
    /// - Parameter window: must lie within the picture.
    public func cropped(to window: PictureWindow) -> Picture {
        require(window.lies(inHeight: height, width: width), "\(window) of a picture \(shape)")
        let row = window.width * channels
        let result = [UInt8](unsafeUninitializedCapacity: window.height * row) { buffer, initialized in
            pixels.withUnsafeBufferPointer { source in
                guard let x = source.baseAddress, let y = buffer.baseAddress else { return }
                let first = x + (window.y * width + window.x) * channels
                for r in 0..<window.height {
                    (y + r * row).update(from: first + r * width * channels, count: row)
                }
            }
            initialized = window.height * row
        }
        return Picture(height: window.height, width: window.width, channels: channels, pixels: result)
    }

    /// The picture as it is shown, of one that is stored with this orientation.
    public func turned(from orientation: PictureOrientation) -> Picture {
        guard orientation != .upright else { return self }
        let (rows, columns) = orientation.exchangesAxes ? (width, height) : (height, width)
        // The stored pixel of (row, column) is first + row · down + column · right.
        let (w, last) = (width, height * width - 1)
        let (first, down, right) =
            switch orientation {
            case .upright: (0, w, 1)
            case .mirrored: (w - 1, w, -1)
            case .upsideDown: (last, -w, -1)
            case .mirroredUpsideDown: (last - (w - 1), -w, 1)
            case .transposed: (0, 1, w)
            case .turnedLeft: (last - (w - 1), 1, -w)
            case .transposedUpsideDown: (last, -1, -w)
            case .turnedRight: (w - 1, -1, w)
            }
        let result = [UInt8](unsafeUninitializedCapacity: pixels.count) { buffer, initialized in
            pixels.withUnsafeBufferPointer { source in
                guard let x = source.baseAddress, var y = buffer.baseAddress else { return }
                for row in 0..<rows {
                    var pixel = x + (first + row * down) * channels
                    for _ in 0..<columns {
                        for c in 0..<channels { y[c] = pixel[c] }
                        y += channels
                        pixel += right * channels
                    }
                }
            }
            initialized = pixels.count
        }
        return Picture(height: rows, width: columns, channels: channels, pixels: result)
    }
}
