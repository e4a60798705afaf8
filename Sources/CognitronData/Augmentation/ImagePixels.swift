import Cognitron
import CognitronKernels

/// The pixels of one image (H, W, C), row-major, as an `ImageRule` changes them in place.
///
///     image[row, column, channel] *= 0.5
public struct ImagePixels: ~Copyable {
    let size: ImageSize
    private let pixels: UnsafeMutablePointer<Float>
    /// Memory for another image of the same size.
    private let scratch: UnsafeMutablePointer<Float>

    init(
        _ size: ImageSize, _ pixels: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
    ) {
        (self.size, self.pixels, self.scratch) = (size, pixels, scratch)
    }

    public var height: Int { size.height }
    public var width: Int { size.width }
    public var channels: Int { size.channels }

    /// One value. Values of `Images` are in 0…1.
    public subscript(row: Int, column: Int, channel: Int) -> Float {
        get { pixels[place(row, column, channel)] }
        set { pixels[place(row, column, channel)] = newValue }
    }

    private func place(_ row: Int, _ column: Int, _ channel: Int) -> Int {
        require(
            row >= 0 && row < height && column >= 0 && column < width && channel >= 0 && channel < channels,
            "pixel outside the image")
        return (row * width + column) * channels + channel
    }

    /// Replaces every value by what `change` makes of it.
    public mutating func map(_ change: (Float) -> Float) {
        for i in 0..<size.count { pixels[i] = change(pixels[i]) }
    }

    /// Mirrors the image horizontally.
    public mutating func mirror() { size.mirror(copied(), into: pixels) }

    /// Shifts the image; negative numbers shift up and left.
    public mutating func shift(down: Int, right: Int, _ fillMode: FillMode) {
        move(.shift(down: down, right: right, fillMode: fillMode))
    }

    /// Moves the image, bilinearly interpolated.
    public mutating func move(_ warp: Warp) { warp.kernel().gather(copied(), into: pixels, size) }

    /// Changes the image as a layer of that drawing does.
    mutating func change(_ drawing: ImageDrawing, _ generator: inout RandomGenerator) {
        for change in drawing.draw(size, &generator) { change.apply(pixels, scratch: scratch, size) }
    }

    /// Sets a rectangle, cropped to the image, to black.
    public mutating func blacken(rows: Range<Int>, columns: Range<Int>) {
        size.fill(pixels, rows: rows, columns: columns, with: 0)
    }

    private func copied() -> UnsafePointer<Float> {
        scratch.update(from: pixels, count: size.count)
        return UnsafePointer(scratch)
    }
}
