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
        let input = model.inputShape ?? [picture.height, picture.width, picture.channels]
        guard input.rank == 3, let channels = PictureChannels(count: input[2]) else {
            throw CognitronError(
                .shape, model.name ?? "the detector", "takes no pictures",
                expected: "height × width × channels", got: "\(input)")
        }
        let fitted = picture.converted(to: channels).resized(height: input[0], width: input[1])
        let found = try detections(in: Tensor.stacked([fitted.tensor]))[0]
        let (x, y) = (Float(picture.width) / Float(input[1]), Float(picture.height) / Float(input[0]))
        return found.map { detection in
            var detection = detection
            detection.box = detection.box.scaled(x: x, y: y).clipped(
                width: Float(picture.width), height: Float(picture.height))
            detection.mask = detection.mask.map { $0.maskResized(picture.height, picture.width) }
            return detection
        }
    }
}

extension Tensor {
    /// A mask (H, W) in another size: 1 where the interpolated mask is above ½.
    fileprivate func maskResized(_ height: Int, _ width: Int) -> Tensor {
        if shape[0] == height, shape[1] == width { return self }
        let mask = Picture(reshaped([shape[0], shape[1], 1])).resized(height: height, width: width)
        return Tensor(mask.pixels.map { $0 > 127 ? 1 : 0 }, shape: [height, width])
    }
}
