import Cognitron
import CognitronData

extension Plot {
    /// Pictures, and below them what an autoencoder gives back, with its mean squared error.
    ///
    /// - Parameters:
    ///   - pictures: (N, H, W, C), as the model takes them.
    ///   - references: what errors are measured from; by default the pictures. Of noisy pictures, the clean
    ///     ones.
    /// - Throws: `CognitronError` where the model takes other pictures, or gives no such.
    public static func reconstructions(
        of pictures: Tensor, by model: Model, references: Tensor? = nil, title: String = "Reconstructions"
    ) throws -> Plot {
        let given = try model.predict(pictures)
        guard given.shape == pictures.shape, given.rank == 4 else {
            throw CognitronError(
                .model, model.name ?? "the model", "does not give back its pictures",
                expected: "an autoencoder, whose output has the shape of its input, \(pictures.shape.sample)",
                got: "\(given.shape.sample)")
        }
        let errors = (given - (references ?? pictures)).squared.mean(axes: [1, 2, 3]).scalars
        let rows = stride(from: 0, to: errors.count, by: columns).map { $0..<min($0 + columns, errors.count) }
        let sections = rows.flatMap { row in
            [
                PictureSheet.Section("Pictures", row.map { .init(Picture(sample: pictures[$0])) }),
                PictureSheet.Section(
                    "Given back",
                    row.map {
                        .init(Picture(sample: given[$0]), caption: [Double(errors[$0]).significant(2)])
                    }),
            ]
        }
        return try PictureSheet(
            title, subtitle: "below, the mean squared error of each", sections: sections, side: 64
        ).plot()
    }

    /// What an autoencoder makes of the codes on the line from one picture to another, a row for each pair.
    ///
    /// - Parameters:
    ///   - pairs: pictures (H, W, C), as the model takes them; they stand at the ends of the rows.
    ///   - steps: the codes of a line, those of the two pictures included; at least 2.
    /// - Throws: `CognitronError` where the model is no autoencoder or takes other pictures.
    public static func interpolation(
        between pairs: [(Tensor, Tensor)], by model: Model, steps: Int = 8, title: String = "Interpolation"
    ) throws -> Plot {
        let halves = try Autoencoder(model)
        let sections = try pairs.map { first, last in
            let codes = try halves.encoder.predict(Tensor.stacked([first, last]))
            let between = try halves.decoder.predict(
                Autoencoder.codes(from: codes[0], to: codes[1], count: steps))
            let pictures = [first] + (0..<steps).map { between[$0] } + [last]
            return PictureSheet.Section("", pictures.map { .init(Picture(sample: $0)) })
        }
        return try PictureSheet(
            title,
            subtitle: "left and right a picture; between them what codes at equal distances stand for",
            sections: sections, side: 52
        ).plot()
    }

    private static let columns = 8
}
