/// The two halves of an autoencoder, with its layers: the encoder makes a code of a sample, the decoder a
/// sample of a code.
///
///     let halves = try Autoencoder(model)
///     let codes = try halves.encoder.predict(pictures)                               // (N, D)
///     let line = Autoencoder.codes(from: codes[0], to: codes[1], count: 9)
///     let between = try halves.decoder.predict(line)                                 // (9, H, W, C)
///
/// What the whole model has beside them, such as noise on the picture or on the code, acts while it trains.
public struct Autoencoder: Sendable {
    public let encoder: Model
    public let decoder: Model

    /// - Parameter model: has among its layers models called `encoder` and `decoder`.
    /// - Throws: `CognitronError.model` where it has not.
    public init(_ model: Model) throws {
        guard let encoder = model.layer(named: "encoder") as? Model,
            let decoder = model.layer(named: "decoder") as? Model, encoder.isBuilt, decoder.isBuilt
        else {
            throw CognitronError(
                .model, model.displayName, "is no autoencoder",
                expected: "models called encoder and decoder among its layers",
                got: model.children.prefix(6).map(\.name).joined(separator: ", "),
                advice: "train one, such as cognitron train --model vae")
        }
        (self.encoder, self.decoder) = (encoder, decoder)
    }

    /// Codes at equal distances on the line from one code to another, both included: (count, D).
    ///
    /// - Parameters:
    ///   - first: (D), as `last`.
    ///   - count: at least 2.
    public static func codes(from first: Tensor, to last: Tensor, count: Int) -> Tensor {
        Tensor.stacked(
            (0..<count).map { step in
                let share = Float(step) / Float(max(1, count - 1))
                return first * (1 - share) + last * share
            })
    }
}
