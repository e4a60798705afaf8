import Cognitron
import CognitronData

extension Plot {
    /// What the channels of a layer look for: for each the picture that it responds to most, found by
    /// ascending its gradient from grey noise (`Model.maximizedInput`), with its response before and after.
    ///
    /// - Parameters:
    ///   - layer: by default the last that gives maps. A path for one inside another model.
    ///   - limit: the most channels that are drawn.
    ///   - steps: of the ascent.
    ///   - seed: of the noise.
    /// - Throws: `CognitronError` where the model has no such layer, or takes no pictures of a fixed size.
    public static func features(
        of model: Model, layer: String? = nil, limit: Int = 16, steps: Int = 60, seed: UInt64 = 1,
        title: String = "Features"
    ) throws -> Plot {
        let layer = try layer ?? model.lastMapLayer()
        let part = try model.featureExtractor([layer])
        guard let input = part.inputShape, input.rank == 3, [1, 3].contains(input[2]),
            let channels = part.outputShape?.last
        else {
            throw CognitronError(
                .shape, model.name ?? "the model", "does not take pictures of one size",
                expected: "an input of height × width × 1 or 3", got: part.inputShape?.description)
        }
        let noise = Tensor.randomUniform(input.batched(1), in: 0.45..<0.55, seed: seed)
        let count = min(limit, channels)
        let cells = (0..<count).map { channel in
            let (pictures, responses) = part.maximizedInput(from: noise, channel: channel, steps: steps)
            let ends = [responses[0], responses[responses.count - 1]].map { Double($0).significant(2) }
            return PictureSheet.Cell(
                Picture(pictures[0]), caption: ["\(channel)", ends.joined(separator: " → ")])
        }
        return try PictureSheet(
            title,
            subtitle: "\(layer): \(count) of \(channels) channels, mean response before and after \(steps) "
                + "steps", sections: [PictureSheet.Section("", cells)], side: 96
        ).plot()
    }
}
