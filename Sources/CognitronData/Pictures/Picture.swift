import Cognitron
import CognitronKernels

/// One picture as bytes: (H, W, C), row-major, with 1 (grey), 3 (red, green, blue) or 4 (and opacity)
/// channels.
///
/// Files of pictures of different sizes are read as `Picture`; `Images` holds many of the same size.
public struct Picture: Hashable, Sendable {
    public let height: Int
    public let width: Int
    public let channels: Int

    /// (H, W, C), row-major.
    public var pixels: [UInt8]

    public init(height: Int, width: Int, channels: Int, pixels: [UInt8]) {
        require(
            height > 0 && width > 0 && [1, 3, 4].contains(channels)
                && pixels.count == height * width * channels,
            "\(pixels.count) bytes for a picture of \(height) × \(width) × \(channels)")
        (self.height, self.width, self.channels, self.pixels) = (height, width, channels, pixels)
    }

    public var shape: Shape { [height, width, channels] }

    public subscript(row: Int, column: Int, channel: Int) -> UInt8 {
        get { pixels[(row * width + column) * channels + channel] }
        set { pixels[(row * width + column) * channels + channel] = newValue }
    }

    /// The picture as (H, W, C), each value in 0…1.
    public var tensor: Tensor { Images(unchecked: pixels, shape: shape.batched(1))[0] }

    /// A picture of values in 0…1 (H, W, C), rounded to bytes; values outside are brought to the nearer end.
    public init(_ tensor: Tensor) {
        let shape = tensor.shape
        require(shape.rank == 3, "a picture of shape \(shape); expected height × width × channels")
        self.init(
            height: shape[0], width: shape[1], channels: shape[2],
            pixels: tensor.scalars.map { UInt8(min(max($0.isNaN ? 0 : $0, 0), 1) * 255 + 0.5) })
    }
}

extension Images {
    /// One of the images.
    public func picture(at index: Int) -> Picture {
        Picture(height: height, width: width, channels: channels, pixels: Array(pixels(at: index)))
    }
}
