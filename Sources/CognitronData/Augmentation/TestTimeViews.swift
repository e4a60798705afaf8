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
        let size = pictureSize
        return [self, changed { size.mirror($0, into: $1) }].flatMap { images in
            [(0, 0.25), (-1, 0.125), (1, 0.125)].map { shift, share in
                let view =
                    shift == 0
                    ? images : images.changed { size.move($0, into: $1, down: shift, right: shift, fillMode) }
                return (view, Float(share))
            }
        }
    }

    /// Every picture as `change` makes it of the old one.
    private func changed(
        _ change: (_ old: UnsafePointer<UInt8>, _ new: UnsafeMutablePointer<UInt8>) -> Void
    ) -> Images {
        let size = max(1, pictureSize.count)
        var result = [UInt8](repeating: 0, count: pixels.count)
        pixels.withUnsafeBufferPointer { old in
            result.withUnsafeMutableBufferPointer { new in
                guard let old = old.baseAddress, let new = new.baseAddress else { return }
                for start in stride(from: 0, to: pixels.count, by: size) { change(old + start, new + start) }
            }
        }
        return Images(unchecked: result, shape: shape)
    }
}
