import Cognitron

extension Images {
    /// The pictures as training with flip and crop might show them, and the share of each view in an average of predictions:
    /// as they are, and moved by a pixel up and left or down and right with half the share; each of these also in a mirror.
    ///
    ///     let predictions = try test.images.testTimeViews().map { try model.predict($0.images) * $0.share }
    ///     let probabilities = predictions.dropFirst().reduce(predictions[0], +)
    ///
    /// Six predictions instead of one: a network errs differently about each. Test-time augmentation as in Jordan, "94% on
    /// CIFAR-10 in 3.29 Seconds on a Single GPU" (2024).
    ///
    /// - Parameter fillMode: what comes in at the edges.
    public func testTimeViews(_ fillMode: FillMode = .reflect) -> [(images: Images, share: Float)] {
        [false, true].flatMap { isMirrored in
            [(0, 0.25), (-1, 0.125), (1, 0.125)].map { shift, share in
                (view(isMirrored: isMirrored, shiftedBy: shift, fillMode), Float(share))
            }
        }
    }

    /// Every picture moved down and right by `shift` pixels (up and left where that is negative), in a mirror or not.
    private func view(isMirrored: Bool, shiftedBy shift: Int, _ fillMode: FillMode) -> Images {
        guard isMirrored || shift != 0 else { return self }
        let size = height * width * channels
        let rows = (0..<height).map { fillMode.source(of: $0 - shift, count: height) }
        let columns = (0..<width).map { column in
            fillMode.source(of: column - shift, count: width).map { isMirrored ? width - 1 - $0 : $0 }
        }
        let result = [UInt8](unsafeUninitializedCapacity: pixels.count) { target, count in
            target.initialize(repeating: 0)
            for picture in 0..<self.count {
                for case (let row, let fromRow?) in rows.enumerated() {
                    for case (let column, let fromColumn?) in columns.enumerated() {
                        let from = picture * size + (fromRow * width + fromColumn) * channels
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
