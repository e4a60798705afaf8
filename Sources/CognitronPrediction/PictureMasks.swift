import Cognitron
import CognitronData
import CognitronImages

/// The masks of picture files, each in its picture's own size.
///
/// A picture is read as those of the training were: resized to the network's input, where the data set's
/// files had any sizes, and the mask is brought back. Otherwise one that is larger than the input is
/// predicted in overlapping tiles.
package struct PictureMasks: Sendable {
    package let file: ModelFile
    private let input: Shape
    package let channels: PictureChannels
    private let usesTiles: Bool?

    /// - Parameter usesTiles: whether pictures larger than the network's input are predicted in tiles; nil to
    ///   decide by the data set that the network was trained on.
    /// - Throws: `CognitronError` where the model takes no pictures.
    package init(_ file: ModelFile, usesTiles: Bool?) throws {
        (self.file, self.usesTiles) = (file, usesTiles)
        input = try file.inputShape()
        guard input.rank == 3, let channels = PictureChannels(count: input[2]) else {
            throw CognitronError(
                .argument, file.path, "takes no files of pictures", expected: "pictures as input",
                got: "samples of shape \(input)")
        }
        self.channels = channels
    }

    /// The class of each pixel of a picture that has the model's channels.
    package func mask(of picture: Picture) throws -> Picture {
        if needsTiles(picture) { return try file.model.predict(tilesOf: picture.tensor).mask }
        let resized = picture.resized(height: input[0], width: input[1])
        let mask = try file.model.predict(Tensor.stacked([resized.tensor]))[0].mask
        return mask.resized(height: picture.height, width: picture.width, interpolation: .nearest)
    }

    private func needsTiles(_ picture: Picture) -> Bool {
        // A network without padding says nothing of the border of what it reads.
        if let output = file.model.outputShape, !output.prefix(2).elementsEqual(input.prefix(2)) {
            return true
        }
        guard picture.height > input[0] || picture.width > input[1] else { return false }
        return usesTiles ?? (file.origin?.isOfFiles != true)
    }
}
