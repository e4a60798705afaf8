import Cognitron

/// The colours of a picture in a space, pixel by pixel, for segmentation.
struct PixelPlanes {
    let height: Int
    let width: Int
    let channels: Int
    /// (H, W, C), from 0 to 1.
    private(set) var values: [Float]

    /// - Parameter picture: (H, W, C), from 0 to 1.
    init(_ picture: Tensor, _ space: SelectiveSearch.Space) {
        (height, width) = (picture.shape[0], picture.shape[1])
        let scalars = picture.scalars
        guard space == .shares, picture.shape[2] == 3 else {
            (channels, values) = (picture.shape[2], scalars)
            return
        }
        channels = 3
        values = scalars
        for start in stride(from: 0, to: scalars.count, by: 3) {
            let sum = scalars[start] + scalars[start + 1] + scalars[start + 2]
            let scale = sum > 0 ? 1 / sum : 0
            values[start] = scalars[start] * scale
            values[start + 1] = scalars[start + 1] * scale
            values[start + 2] = sum / 3
        }
    }

    func value(_ y: Int, _ x: Int, _ channel: Int) -> Float {
        values[(min(max(y, 0), height - 1) * width + min(max(x, 0), width - 1)) * channels + channel]
    }

    /// The squared distance of the colours of two pixels.
    func distance(_ a: Int, _ b: Int) -> Float {
        var sum: Float = 0
        for channel in 0..<channels {
            let difference = values[a * channels + channel] - values[b * channels + channel]
            sum += difference * difference
        }
        return sum
    }

    /// Convolved with a Gaussian of deviation 0.8, as the segmentation's authors do; edges are repeated.
    func smoothed() -> PixelPlanes {
        let weights: [Float] = [0.0219, 0.2285, 0.4992, 0.2285, 0.0219]
        var (rows, result) = (self, self)
        for y in 0..<height {
            for x in 0..<width {
                for channel in 0..<channels {
                    var sum: Float = 0
                    for tap in 0..<5 { sum += weights[tap] * value(y, x + tap - 2, channel) }
                    rows.values[(y * width + x) * channels + channel] = sum
                }
            }
        }
        for y in 0..<height {
            for x in 0..<width {
                for channel in 0..<channels {
                    var sum: Float = 0
                    for tap in 0..<5 { sum += weights[tap] * rows.value(y + tap - 2, x, channel) }
                    result.values[(y * width + x) * channels + channel] = sum
                }
            }
        }
        return result
    }
}
