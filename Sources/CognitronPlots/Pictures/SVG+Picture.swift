import Cognitron
import CognitronData
import CognitronImages
import Foundation

extension SVG {
    /// A picture as a part of the drawing, as large as fits into a square, in its middle.
    ///
    /// Small pictures are enlarged before they are stored, for not every program draws pixels as squares.
    ///
    /// - Parameter tip: shown under the pointer, and read to those who do not see the picture.
    static func picture(
        _ picture: Picture, _ x: Double, _ y: Double, side: Double, tip: String = ""
    ) throws -> SVG {
        let longest = Double(max(picture.height, picture.width))
        let (width, height) = (
            side * Double(picture.width) / longest, side * Double(picture.height) / longest
        )
        let stored = picture.enlarged(by: Int((2 * side / longest).rounded(.up)))
        let bytes = try PictureFile.encode(stored, as: .png)
        return SVG(
            "image",
            [
                "x": x + (side - width) / 2, "y": y + (side - height) / 2, "width": width, "height": height,
                "preserveAspectRatio": "none",
                "href": "data:image/png;base64,\(Data(bytes).base64EncodedString())",
            ], tip.isEmpty ? [] : [SVG("title", text: tip)])
    }
}

extension Picture {
    /// Each pixel as a square of so many pixels a side.
    func enlarged(by factor: Int) -> Picture {
        guard factor > 1 else { return self }
        var result = [UInt8]()
        result.reserveCapacity(pixels.count * factor * factor)
        let size = width * channels
        for row in 0..<height {
            var line = [UInt8]()
            line.reserveCapacity(size * factor)
            for column in 0..<width {
                let pixel = pixels[row * size + column * channels..<row * size + (column + 1) * channels]
                for _ in 0..<factor { line += pixel }
            }
            for _ in 0..<factor { result += line }
        }
        return Picture(height: height * factor, width: width * factor, channels: channels, pixels: result)
    }

    /// A sample of a model's input (H, W, C) as a picture: as it is with values in 0…1 and 1 or 3 channels,
    /// else stretched to that range, and as the mean of its channels.
    init(sample: Tensor) {
        let channels = sample.shape[2]
        let shown = [1, 3].contains(channels) ? sample : sample.mean(axes: [2], keepingDimensions: true)
        let (low, high) = shown.finiteRange
        let isInRange = low >= -1e-3 && high <= 1 + 1e-3
        self.init(isInRange ? shown : (shown - low) / max(high - low, 1e-12))
    }

    /// Numbers (H, W) as colours.
    ///
    /// - Parameter range: the numbers of the colours at the ends.
    init(map: Tensor, _ colors: ColorMap, range: ClosedRange<Float>) {
        let span = max(range.upperBound - range.lowerBound, .leastNormalMagnitude)
        let pixels = map.scalars.flatMap { colors.bytes(($0 - range.lowerBound) / span) }
        self.init(height: map.shape[0], width: map.shape[1], channels: 3, pixels: pixels)
    }

    /// The picture in grey under colours of heat, which cover it where the map is high.
    ///
    /// - Parameters:
    ///   - picture: (H, W, C) in 0…1.
    ///   - heat: (h, w), 0…1; stretched to the picture's size.
    init(_ picture: Tensor, under heat: Tensor) {
        let (height, width) = (picture.shape[0], picture.shape[1])
        let stretched = heat.resizedMap(height, width).scalars
        let gray = Picture(sample: picture.mean(axes: [2], keepingDimensions: true)).pixels
        let pixels = zip(gray, stretched).flatMap { gray, heat -> [UInt8] in
            let opacity = 0.35 + 0.5 * min(max(heat, 0), 1)
            return ColorMap.inferno.bytes(heat).map {
                UInt8((Float(gray) * (1 - opacity) + Float($0) * opacity).rounded())
            }
        }
        self.init(height: height, width: width, channels: 3, pixels: pixels)
    }
}

extension Tensor {
    /// The smallest and largest finite element; 0 and 1 without any.
    var finiteRange: (low: Float, high: Float) {
        withUnsafeScalars { scalars in
            var (low, high) = (Float.infinity, -Float.infinity)
            for value in scalars where value.isFinite {
                (low, high) = (Swift.min(low, value), Swift.max(high, value))
            }
            return low <= high ? (low, high) : (0, 1)
        }
    }

    /// A map (h, w) in another size, linear between its places.
    func resizedMap(_ height: Int, _ width: Int) -> Tensor {
        let image = reshaped([1, shape[0], shape[1], 1])
        return Resizing(height, width).forward(image, .inference).output.reshaped([height, width])
    }

    /// The same numbers divided by the largest, where that is above 0.
    var scaledToOne: Tensor {
        let high = finiteRange.high
        return high > 0 ? self / high : self
    }
}
