import Cognitron

/// Brings pictures of any sizes into one batch, as a network was trained to read them.
///
///     output = resize((picture − mean) / deviation), with zeros below and to the right
///
/// - Source: torchvision `GeneralizedRCNNTransform`.
public struct PictureTransform: Sendable {
    /// The length that a picture's shorter side gets, in pixels; nil where pictures keep their size.
    public var shorterSide: Int?

    /// What the longer side may not exceed: the shorter one becomes shorter then.
    public var longestSide: Int

    /// Subtracted from each channel; `deviation` divides it.
    public var mean: [Float]
    public var deviation: [Float]

    /// Height and width of the batch are multiples of this number.
    public var multiple: Int

    public init(
        shorterSide: Int? = nil, longestSide: Int = 1333, mean: [Float] = [0], deviation: [Float] = [1],
        multiple: Int = 32
    ) {
        (self.shorterSide, self.longestSide, self.multiple) = (shorterSide, longestSide, multiple)
        (self.mean, self.deviation) = (mean, deviation)
    }

    /// The published form of detectors trained on photographs: a shorter side of 800, ImageNet's colours.
    public static let imageNet = PictureTransform(
        shorterSide: 800, mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225])
}

/// Pictures of one batch, and the sizes that they had before.
public struct PictureBatch: Sendable {
    /// (N, H, W, C).
    public let pictures: Tensor

    /// Of each picture, in pixels of the batch; `originals` in its own.
    public let sizes: [PictureSize]
    public let originals: [PictureSize]

    public var height: Int { pictures.shape[1] }
    public var width: Int { pictures.shape[2] }

    /// A box of picture `number` in pixels of the batch.
    public func scaled(_ box: Box, _ number: Int) -> Box {
        Self.scaled(box, from: originals[number], to: sizes[number])
    }

    /// A box of the batch in the original pixels of picture `number`.
    public func restored(_ box: Box, _ number: Int) -> Box {
        Self.scaled(box, from: sizes[number], to: originals[number])
    }

    private static func scaled(_ box: Box, from old: PictureSize, to new: PictureSize) -> Box {
        guard old != new else { return box }
        return box.scaled(
            x: Float(new.width) / Float(old.width), y: Float(new.height) / Float(old.height))
    }
}

/// Rows and columns of a picture.
public struct PictureSize: Hashable, Sendable {
    public var height: Int
    public var width: Int

    public init(height: Int, width: Int) { (self.height, self.width) = (height, width) }
}

extension PictureTransform {
    /// The pictures as one batch.
    ///
    /// - Parameter pictures: each (H, W, C), with pixels from 0 to 1; at least one.
    public func batch(_ pictures: [Tensor]) -> PictureBatch {
        let originals = pictures.map { PictureSize(height: $0.shape[0], width: $0.shape[1]) }
        let sizes = originals.map(size)
        let common = padded(
            PictureSize(height: sizes.map(\.height).max() ?? 0, width: sizes.map(\.width).max() ?? 0))
        let changed = zip(pictures, sizes).map { picture, size in
            resized(normalized(picture), size).padded(
                [(0, common.height - size.height), (0, common.width - size.width), (0, 0)])
        }
        return PictureBatch(pictures: .stacked(changed), sizes: sizes, originals: originals)
    }

    /// A map of whole numbers (H, W), such as the numbers of objects, in the size that its picture has in a
    /// batch: each pixel takes the number of the pixel that it lies in.
    func resized(map: Tensor, to size: PictureSize) -> Tensor {
        func places(_ old: Int, _ new: Int) -> [Int] {
            (0..<new).map { min(Int(Float($0) * (Float(old) / Float(new))), old - 1) }
        }
        guard map.shape != [size.height, size.width] else { return map }
        return map.gathering(places(map.shape[0], size.height), axis: 0)
            .gathering(places(map.shape[1], size.width), axis: 1)
    }

    /// The size of a picture within a batch.
    func size(_ original: PictureSize) -> PictureSize {
        guard let shorterSide else { return original }
        let (shortest, longest) = (
            min(original.height, original.width), max(original.height, original.width)
        )
        let scale = min(Double(shorterSide) / Double(shortest), Double(longestSide) / Double(longest))
        func scaled(_ side: Int) -> Int { max(1, Int(Double(side) * scale)) }
        return PictureSize(height: scaled(original.height), width: scaled(original.width))
    }

    /// The size of a batch whose largest picture has the given one.
    func padded(_ size: PictureSize) -> PictureSize {
        func padded(_ side: Int) -> Int { (side + multiple - 1) / multiple * multiple }
        return PictureSize(height: padded(size.height), width: padded(size.width))
    }

    private func normalized(_ picture: Tensor) -> Tensor {
        guard mean != [0] || deviation != [1] else { return picture }
        return (picture - Tensor(mean)) / Tensor(deviation)
    }

    private func resized(_ picture: Tensor, _ size: PictureSize) -> Tensor {
        guard picture.shape[0] != size.height || picture.shape[1] != size.width else { return picture }
        return Resizing(size.height, size.width)
            .forward(picture.expandingDimensions(at: 0), .inference).output.squeezing(0)
    }
}
