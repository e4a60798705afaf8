import Cognitron

extension Images {
    /// The pictures as training with flip and crop might show them, and the share of each view in an average of predictions:
    /// as they are, and moved by a pixel up and left or down and right with half the share; each of these also in a mirror.
    ///
    ///     let predictions = try test.images.testTimeViews.map { try model.predict($0.images) * $0.share }
    ///     let probabilities = predictions.dropFirst().reduce(predictions[0], +)
    ///
    /// Six predictions instead of one: a network errs differently about each. What comes in at the edges is black, as with
    /// `Augmentation.randomCrop`. Test-time augmentation as in Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU"
    /// (2024).
    public var testTimeViews: [(images: Images, share: Float)] {
        [false, true].flatMap { isMirrored in
            [(0, 0.25), (-1, 0.125), (1, 0.125)].map { shift, share in
                (view(isMirrored: isMirrored, shiftedBy: shift), Float(share))
            }
        }
    }

    /// Every picture moved down and right by `shift` pixels (up and left where that is negative), in a mirror or not. What comes
    /// in at the edges is black.
    private func view(isMirrored: Bool, shiftedBy shift: Int) -> Images {
        guard isMirrored || shift != 0 else { return self }
        let size = height * width * channels
        func inside(_ size: Int) -> Range<Int> {
            let start = max(0, shift)
            return start..<max(start, min(size, size + shift))
        }
        let (rows, columns) = (inside(height), inside(width))
        let result = [UInt8](unsafeUninitializedCapacity: pixels.count) { target, count in
            target.initialize(repeating: 0)
            for picture in 0..<self.count {
                for row in rows {
                    for column in columns {
                        let seen = isMirrored ? width - 1 - (column - shift) : column - shift
                        let from = picture * size + ((row - shift) * width + seen) * channels
                        let to = picture * size + (row * width + column) * channels
                        for c in 0..<channels { target[to + c] = pixels[from + c] }
                    }
                }
            }
            count = pixels.count
        }
        return Images(unchecked: result, shape: shape)
    }
}
