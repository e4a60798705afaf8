import Cognitron
import CognitronData

extension Detector {
    /// The objects of a picture of any size, in its own pixels.
    ///
    /// The picture is stretched to the network's input; boxes and masks are brought back, and boxes cut at
    /// the picture's edges.
    ///
    ///     let found = try detector.detections(in: PictureFile.read("street.jpg"))
    ///
    /// - Throws: `CognitronError.shape` where the network takes no pictures.
    public func detections(in picture: Picture) throws -> [Detection] {
        try detections(in: Tensor.stacked([fitted(picture)]))[0].map { brought($0, backTo: picture.shape) }
    }

    /// A picture stretched to the network's input (H, W, C).
    ///
    /// - Throws: `CognitronError.shape` where the network takes no pictures.
    package func fitted(_ picture: Picture) throws -> Tensor {
        let input = inputShape(of: picture.shape)
        guard input.rank == 3, let channels = PictureChannels(count: input[2]) else {
            throw CognitronError(
                .shape, model.name ?? "the detector", "takes no pictures",
                expected: "height × width × channels", got: "\(input)")
        }
        return picture.converted(to: channels).resized(height: input[0], width: input[1]).tensor
    }

    /// An object of a picture that was fitted, in the pixels that the picture has itself.
    package func brought(_ detection: Detection, backTo shape: Shape) -> Detection {
        let (input, height, width) = (inputShape(of: shape), shape[0], shape[1])
        let (x, y) = (Float(width) / Float(input[1]), Float(height) / Float(input[0]))
        var detection = detection
        detection.box = detection.box.scaled(x: x, y: y).clipped(width: Float(width), height: Float(height))
        detection.mask = detection.mask.map { $0.maskResized(height, width) }
        return detection
    }

    private func inputShape(of picture: Shape) -> Shape { model.inputShape ?? picture }
}

extension Tensor {
    /// A mask (H, W) in another size: 1 where the interpolated mask is above ½.
    fileprivate func maskResized(_ height: Int, _ width: Int) -> Tensor {
        if shape[0] == height, shape[1] == width { return self }
        let mask = Picture(reshaped([shape[0], shape[1], 1])).resized(height: height, width: width)
        return Tensor(mask.pixels.map { $0 > 127 ? 1 : 0 }, shape: [height, width])
    }
}
