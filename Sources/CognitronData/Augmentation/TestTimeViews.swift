import Cognitron
import CognitronKernels

extension Images {
    /// Views of the images as in training with flip and crop, with weights for averaging their predictions:
    /// unshifted, and shifted by a pixel up and left or down and right with half the weight; each of these
    /// also mirrored.
    ///
    ///     let predictions = try test.images.testTimeViews().map { try model.predict($0.images) * $0.share }
    ///     let probabilities = predictions.dropFirst().reduce(predictions[0], +)
    ///
    /// Averages six predictions instead of one: a network's errors differ between views. Test-time
    /// augmentation as in Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU" (2024).
    ///
    /// - Parameter fillMode: fills the edges of shifted images.
    public func testTimeViews(_ fillMode: FillMode = .reflect) -> [(images: Images, share: Float)] {
        let size = imageSize
        return [self, changed { size.mirror($0, into: $1) }].flatMap { images in
            [(0, 0.25), (-1, 0.125), (1, 0.125)].map { shift, share in
                let view =
                    shift == 0
                    ? images
                    : images.changed {
                        size.move(
                            $0, into: $1, down: shift, right: shift, fillMode.edge(), fill: 0)
                    }
                return (view, Float(share))
            }
        }
    }

    /// Returns the images with each one rewritten by `change`.
    private func changed(
        _ change: (_ old: UnsafePointer<UInt8>, _ new: UnsafeMutablePointer<UInt8>) -> Void
    ) -> Images {
        let size = max(1, imageSize.count)
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

extension Images {
    var imageSize: ImageSize { ImageSize(height, width, channels: channels) }
}
