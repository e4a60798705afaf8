import Cognitron

/// A part of a picture that becomes all or a part of another: where pixels, masks and boxes go.
public struct PictureFrame: Hashable, Sendable {
    /// The part of the picture.
    public let window: PictureWindow
    /// Where it goes.
    public let target: PictureWindow
    /// The size of the result.
    public let height: Int
    public let width: Int
    /// The value of the pixels around the target.
    public let fill: UInt8

    public init(
        _ window: PictureWindow, onto target: PictureWindow, height: Int, width: Int, fill: UInt8 = 0
    ) {
        (self.window, self.target) = (window, target)
        (self.height, self.width, self.fill) = (height, width, fill)
    }

    /// How many times smaller the picture may be read without losing pixels of the result.
    package var shrink: Int { min(window.height / target.height, window.width / target.width) }

    /// The same part of a picture that was read smaller.
    ///
    /// - Parameters:
    ///   - height: of the picture that this frame was made for.
    ///   - width: of that picture.
    package func scaled(to picture: Picture, fromHeight height: Int, width: Int) -> PictureFrame {
        guard picture.height != height || picture.width != width else { return self }
        func scale(_ start: Int, _ count: Int, _ from: Int, _ to: Int) -> (start: Int, count: Int) {
            let factor = Double(to) / Double(from)
            let first = min(to - 1, Int((Double(start) * factor).rounded()))
            return (first, max(1, min(to - first, Int((Double(count) * factor).rounded()))))
        }
        let columns = scale(window.x, window.width, width, picture.width)
        let rows = scale(window.y, window.height, height, picture.height)
        let part = PictureWindow(
            x: columns.start, y: rows.start, width: columns.count, height: rows.count)
        return PictureFrame(part, onto: target, height: self.height, width: self.width, fill: fill)
    }

    /// The picture in the frame.
    ///
    /// - Parameters:
    ///   - interpolation: `.nearest` for masks.
    ///   - fill: the value around the target; nil for the frame's.
    public func applied(
        to picture: Picture, interpolation: Interpolation = .bilinear, fill: UInt8? = nil
    ) -> Picture {
        let part = picture.resized(
            height: target.height, width: target.width, from: window, interpolation: interpolation)
        guard target.height != height || target.width != width else { return part }
        let row = target.width * part.channels
        var pixels = [UInt8](repeating: fill ?? self.fill, count: height * width * part.channels)
        for r in 0..<target.height {
            let first = ((target.y + r) * width + target.x) * part.channels
            pixels.replaceSubrange(first..<first + row, with: part.pixels[r * row..<(r + 1) * row])
        }
        return Picture(height: height, width: width, channels: part.channels, pixels: pixels)
    }

    /// The boxes in the frame, cut off at the target's edges. Boxes of which less than a pixel is left along
    /// an axis are left out.
    public func applied(to boxes: [BoxRow]) -> [BoxRow] {
        let (sx, sy) = (
            Float(target.width) / Float(window.width), Float(target.height) / Float(window.height)
        )
        func x(_ value: Float) -> Float {
            min(max((value - Float(window.x)) * sx, 0), Float(target.width)) + Float(target.x)
        }
        func y(_ value: Float) -> Float {
            min(max((value - Float(window.y)) * sy, 0), Float(target.height)) + Float(target.y)
        }
        return boxes.map {
            $0.with(left: x($0.left), top: y($0.top), right: x($0.right), bottom: y($0.bottom))
        }.filter { $0.right - $0.left >= 1 && $0.bottom - $0.top >= 1 }
    }
}
