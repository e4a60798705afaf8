import Cognitron

/// A plane through an autoencoder's latent space: the space itself where codes have two numbers, else the
/// plane along which the codes of some samples vary most.
///
///     code = mean + place₁ · component₁ + place₂ · component₂
struct LatentPlane {
    /// Where the codes of the samples lie: (N, 2).
    let places: Tensor
    /// What the plane's directions are called.
    let axes: (x: String, y: String)
    private let decoder: Model
    /// Nil where codes are places.
    private let components: PrincipalComponents?

    /// - Parameter samples: (N, …), as the model takes them.
    /// - Throws: `CognitronError` where the model is no autoencoder, or its codes have fewer than two numbers
    ///   or are not finite.
    init(of model: Model, _ samples: Tensor) throws {
        let halves = try Autoencoder(model)
        decoder = halves.decoder
        let codes = try halves.encoder.predict(samples)
        guard codes.rank == 2, codes.shape[1] >= 2 else {
            throw CognitronError(
                .model, model.name ?? "the model", "has no plane of codes",
                expected: "codes of two numbers or more", got: "\(codes.shape.sample)")
        }
        guard codes.isFinite else {
            throw CognitronError(.notFinite, "codes", "are not finite", expected: "numbers")
        }
        guard codes.shape[1] > 2 else {
            (places, axes, components) = (codes, ("first number of the code", "second number"), nil)
            return
        }
        let found = try PrincipalComponents(of: codes)
        let shares = found.shares.map { Double($0).percent() }
        (places, components) = (found.transform(codes), found)
        axes = (
            "component 1 of the codes (\(shares[0]) of the variance)", "component 2 (\(shares[1]))"
        )
    }

    /// The samples that codes at places (N, 2) stand for.
    func samples(at places: Tensor) throws -> Tensor {
        try decoder.predict(components.map { $0.mean + places.matmul($0.components) } ?? places)
    }

    /// The range of an axis without the outermost hundredths of the samples.
    func range(_ axis: Int) -> ClosedRange<Float> {
        let numbers = places.slice(axis: 1, axis)
        return numbers.quantile(0.01)...numbers.quantile(0.99)
    }
}
