import Cognitron

/// The size and channels of drawn pictures, from the shape that a program asks for.
struct PictureForm {
    let size: Int
    let channels: Shapes.Channels

    /// - Throws: `CognitronError.shape` unless the shape is a square of 32 pixels or more a side, with 1 or 3
    ///   channels (3 where `needsColour`).
    init(_ dataset: String, _ shape: Shape, needsColour: Bool = false) throws {
        let smallest = 32
        guard shape.rank == 3, shape[0] == shape[1], shape[0] >= smallest,
            let channels = Shapes.Channels(rawValue: shape[2]), channels == .rgb || !needsColour
        else {
            throw CognitronError(
                .shape, dataset, "cannot be drawn in this shape",
                expected: "squares of \(smallest) pixels or more a side, with "
                    + (needsColour ? "3 channels" : "1 or 3 channels"),
                got: "\(shape)", advice: "choose another size")
        }
        (size, self.channels) = (shape[0], channels)
    }
}
