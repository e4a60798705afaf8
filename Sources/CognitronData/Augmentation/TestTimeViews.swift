import Cognitron
import CognitronKernels

// Views of images as in training with flip and crop, with weights for averaging their predictions: unshifted,
// and shifted by a pixel up and left or down and right with half the weight; each of these also mirrored.
//
// A network's errors differ between views. Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU" (2024).

extension Images {
    /// Six views of the images, with weights for averaging their predictions.
    ///
    ///     let predictions = try test.images.testTimeViews().map { try model.predict($0.images) * $0.share }
    ///     let probabilities = predictions.dropFirst().reduce(predictions[0], +)
    ///
    /// - Parameter fillMode: fills the edges of shifted images.
    public func testTimeViews(_ fillMode: FillMode = .reflect) -> [(images: Images, share: Float)] {
        imageSize.views(of: pixels, isShifted: true, fillMode).map {
            (Images(unchecked: $0.pixels, shape: shape), $0.share)
        }
    }
}

extension Tensor {
    /// Views of images (N, H, W, C), as those of `Images`.
    ///
    /// - Parameters:
    ///   - isShifted: whether there are shifted views; otherwise the images and their mirror images only.
    ///   - fillMode: fills the edges of shifted images.
    public func testTimeViews(
        isShifted: Bool = true, _ fillMode: FillMode = .reflect
    ) -> [(images: Tensor, share: Float)] {
        require(rank == 4, "views of a tensor of shape \(shape); expected (N, H, W, C)")
        let size = ImageSize(shape[1], shape[2], channels: shape[3])
        return size.views(of: scalars, isShifted: isShifted, fillMode).map {
            (Tensor($0.pixels, shape: shape), $0.share)
        }
    }
}

extension ImageSize {
    /// The views of all images in `pixels` (N, H, W, C).
    fileprivate func views<Scalar: Numeric>(
        of pixels: [Scalar], isShifted: Bool, _ fillMode: FillMode
    ) -> [(pixels: [Scalar], share: Float)] {
        let shifts: [(Int, Float)] = isShifted ? [(0, 0.25), (-1, 0.125), (1, 0.125)] : [(0, 0.5)]
        return [pixels, changed(pixels) { mirror($0, into: $1) }].flatMap { pixels in
            shifts.map { shift, share in
                let view =
                    shift == 0
                    ? pixels
                    : changed(pixels) {
                        move($0, into: $1, down: shift, right: shift, fillMode.edge(), fill: 0)
                    }
                return (view, share)
            }
        }
    }

    /// Returns the images with each one rewritten by `change`.
    private func changed<Scalar: Numeric>(
        _ pixels: [Scalar],
        _ change: (_ old: UnsafePointer<Scalar>, _ new: UnsafeMutablePointer<Scalar>) -> Void
    ) -> [Scalar] {
        var result = [Scalar](repeating: 0, count: pixels.count)
        pixels.withUnsafeBufferPointer { old in
            result.withUnsafeMutableBufferPointer { new in
                guard let old = old.baseAddress, let new = new.baseAddress else { return }
                for start in stride(from: 0, to: pixels.count, by: max(1, count)) {
                    change(old + start, new + start)
                }
            }
        }
        return result
    }
}

extension Images {
    var imageSize: ImageSize { ImageSize(height, width, channels: channels) }
}
