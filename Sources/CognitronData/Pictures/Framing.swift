import Cognitron

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// How a picture of any size becomes one of the wanted size.
///
///     let framing = Framing.randomResizedCrop()
///     let frame = framing.frame(height: 375, width: 500, into: [224, 224])        // in evaluation
///     let small = frame.applied(to: picture)
public enum Framing: Hashable, Sendable, Codable {
    /// The whole picture, its axes scaled by themselves. Keras: `image_dataset_from_directory`'s default.
    case stretch
    /// The whole picture with its proportions, centred; the rest has the value `fill` in every channel
    /// ("letterbox"). Keras: `pad_to_aspect_ratio=True`. Masks are void there: such pixels have weight 0.
    case fit(fill: UInt8 = 0)
    /// The largest part in the middle with the wanted proportions. Keras: `crop_to_aspect_ratio=True`.
    case centerCrop
    /// In training a random part; in evaluation as `centerCrop`. The part has a share of the area drawn
    /// from `scale`, and a ratio of width to height whose logarithm is drawn from that of `ratio`.
    ///
    /// - Source: torchvision's `RandomResizedCrop`; Szegedy et al., "Going Deeper with Convolutions" (2015).
    case randomResizedCrop(scale: ClosedRange<Double> = 0.08...1, ratio: ClosedRange<Double> = 3 / 4...4 / 3)

    /// Where the pixels of a picture go.
    ///
    /// - Parameters:
    ///   - height: of the picture.
    ///   - width: of the picture.
    ///   - size: height and width of the result.
    ///   - random: the sample's random numbers in training; nil in evaluation.
    public func frame(
        height: Int, width: Int, into size: Shape, random: RandomGenerator? = nil
    ) -> PictureFrame {
        let (h, w) = (size[0], size[1])
        let whole = PictureWindow(x: 0, y: 0, width: width, height: height)
        let target = PictureWindow(x: 0, y: 0, width: w, height: h)
        switch self {
        case .stretch: return PictureFrame(whole, onto: target, height: h, width: w)
        case .fit(let fill):
            let scale = min(Double(h) / Double(height), Double(w) / Double(width))
            let rows = max(1, min(h, Int((Double(height) * scale).rounded())))
            let columns = max(1, min(w, Int((Double(width) * scale).rounded())))
            let part = PictureWindow(x: (w - columns) / 2, y: (h - rows) / 2, width: columns, height: rows)
            return PictureFrame(whole, onto: part, height: h, width: w, fill: fill)
        case .randomResizedCrop(let scale, let ratio):
            if var random {
                let window = Self.randomWindow(height, width, scale, ratio, &random)
                return PictureFrame(window, onto: target, height: h, width: w)
            }
            fallthrough
        case .centerCrop:
            let window = Self.central(height, width, ratio: Double(w) / Double(h))
            return PictureFrame(window, onto: target, height: h, width: w)
        }
    }

    /// The largest window in the middle with a ratio of width to height.
    private static func central(_ height: Int, _ width: Int, ratio: Double) -> PictureWindow {
        let columns = max(1, min(width, Int((Double(height) * ratio).rounded())))
        let rows = max(1, min(height, Int((Double(width) / ratio).rounded())))
        return PictureWindow(x: (width - columns) / 2, y: (height - rows) / 2, width: columns, height: rows)
    }

    /// Ten tries to find a window that fits, as torchvision has it; else a central one.
    private static func randomWindow(
        _ height: Int, _ width: Int, _ scale: ClosedRange<Double>, _ ratio: ClosedRange<Double>,
        _ random: inout RandomGenerator
    ) -> PictureWindow {
        let logarithms = log(ratio.lowerBound)...log(ratio.upperBound)
        for _ in 0..<10 {
            let area = Double(height) * Double(width) * Double.random(in: scale, using: &random)
            let aspect = exp(Double.random(in: logarithms, using: &random))
            let columns = (area * aspect).squareRoot().rounded()
            let rows = (area / aspect).squareRoot().rounded()
            guard columns >= 1, rows >= 1, columns <= Double(width), rows <= Double(height) else { continue }
            let (w, h) = (Int(columns), Int(rows))
            return PictureWindow(
                x: Int.random(in: 0...width - w, using: &random),
                y: Int.random(in: 0...height - h, using: &random), width: w, height: h)
        }
        let own = Double(width) / Double(height)
        return central(height, width, ratio: min(max(own, ratio.lowerBound), ratio.upperBound))
    }

    /// What is wrong with its numbers; nil where nothing is.
    package var problem: (expected: String, got: String)? {
        guard case .randomResizedCrop(let scale, let ratio) = self else { return nil }
        if !(scale.lowerBound > 0 && scale.upperBound <= 1) {
            return ("shares of the area between 0 and 1", "\(scale)")
        }
        if !(ratio.lowerBound > 0 && ratio.upperBound < .infinity) {
            return ("positive ratios of width to height", "\(ratio)")
        }
        return nil
    }
}
