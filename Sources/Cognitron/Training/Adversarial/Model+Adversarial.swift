// A generator and a discriminator as one model, which has one file.

extension Model {
    /// A model that holds a generator and a discriminator as its layers of these names.
    ///
    ///     let gan = try Model.adversarial(generator: g, discriminator: d)
    ///     try gan.compile(Trainer(networks: ["generator": g, "discriminator": d], …))
    ///     try gan.fit(source, epochs: 20)
    ///     try gan.save("gan.safetensors")
    ///
    ///     let generator = try Model.load("gan.safetensors").layer(named: "generator") as? Model
    ///
    /// Inputs are those of the generator, then those of the discriminator; outputs are `generated` and
    /// `judged`. The networks are trained, and used, one by one.
    ///
    /// - Throws: `CognitronError` where the networks have other names or are not built.
    public static func adversarial(
        generator: Model, discriminator: Model, name: String? = nil
    ) throws -> Model {
        let parts = [(generator, "generator"), (discriminator, "discriminator")]
        for (network, part) in parts where network.name != part {
            throw CognitronError(
                .argument, name ?? "adversarial", "the \(part) has another name", expected: part,
                got: network.name ?? "none", advice: "give the model that name")
        }
        let inputs = try parts.map { try $0.0.freshInputs() }
        return try Model(
            inputs: inputs.flatMap { $0 },
            outputs: ["generated": generator(inputs[0]), "judged": discriminator(inputs[1])], name: name)
    }

    /// The shape of the inputs that the model is trained on: of an adversarial model, the pictures that are
    /// translated, or else the samples that its discriminator judges. Nil while it is not built or where an
    /// axis is free.
    package var sampleShape: Shape? {
        (translator ?? layer(named: "discriminator") as? Model ?? self).inputShape
    }

    /// The part that makes a picture of another: the model inside it called `generator`, where it takes a
    /// picture.
    package var translator: Model? {
        guard let network = layer(named: "generator") as? Model, network.inputShape?.rank == 3,
            network.outputShape?.rank == 3
        else { return nil }
        return network
    }

    /// Inputs of the shapes that this model takes.
    private func freshInputs() throws -> [Input] {
        try (self as? Sequential)?.buildFromInput()
        guard let sizes = declaredInputSizes else { throw notBuilt }
        return sizes.map { Input(sizes: $0) }
    }

    /// Compiles the model with a trainer of networks inside it: `fit` and `evaluate` are the trainer's, and
    /// callbacks get this model, so that what they save holds all networks.
    ///
    /// - Throws: `CognitronError` where a network of the trainer is no layer of this model.
    public func compile(_ trainer: Trainer) throws {
        let inner = layers.compactMap { $0 as? Model }
        for (name, network) in trainer.networks where !inner.contains(where: { $0 === network }) {
            throw CognitronError(
                .argument, displayName, "the trainer's network \(name) is no layer of this model",
                advice: "make the trainer of the networks that the model was made of")
        }
        attachment = trainer
        trainer.whole = self
    }
}
