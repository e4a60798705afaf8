// What the networks of an adversarial step get of a batch, and whether it fits them.

extension AdversarialStep {
    /// The real samples of a batch, and the condition where there is one.
    func parts(of batch: Batch) -> (real: Tensor, condition: [Tensor]) {
        switch form {
        case .samples: (batch.inputs[0], [])
        case .labelled: (batch.inputs[0], [batch.targets[0].reshaped([batch.count, 1])])
        case .pairs: (batch.targets[0], [batch.inputs[0]])
        }
    }

    /// Noise of the shape of the generator's first input; none where it takes only the condition.
    func drawnNoise(for generator: Model, _ count: Int, _ key: RandomKey) -> [Tensor] {
        guard takesNoise(generator), let shape = generator.inputShape?.batched(count) else { return [] }
        return switch noise {
        case .normal: [.randomNormal(shape, key: key)]
        case .uniform: [.randomUniform(shape, in: -1..<1, key: key)]
        }
    }

    private var conditionCount: Int { form == .samples ? 0 : 1 }

    private func takesNoise(_ generator: Model) -> Bool { generator.graph.inputs.count > conditionCount }

    public func validate(_ batch: Batch, samples: [Int], _ trainer: Trainer) throws {
        try Self.requireNames(trainer)
        try requireParts(batch)
        let (generator, discriminator) = (trainer.networks["generator"], trainer.networks["discriminator"])
        let (real, condition) = parts(of: batch)
        try batch.requireFiniteInputs(samples)
        try Batch(inputs: [real]).requireFiniteInputs(samples)
        try requireInputs(generator, discriminator)
        let (sample, told) = (real.shape.sample, condition.map(\.shape.sample))
        try discriminator.prepare(for: [sample] + told)
        try discriminator.requireTokens([real] + condition, samples)
        let noiseShapes = takesNoise(generator) ? [try noiseShape(generator)] : []
        try generator.prepare(for: noiseShapes + told)
        guard let made = generator.outputShapes(for: noiseShapes + told)?.first, made != sample else {
            return
        }
        throw CognitronError(
            .shape, generator.displayName, "makes samples of another shape than the data's",
            expected: "\(sample)", got: "\(made)")
    }

    private static func requireNames(_ trainer: Trainer) throws {
        let names = ["generator", "discriminator"]
        guard let missing = names.first(where: { !trainer.networks.names.contains($0) }) else { return }
        throw CognitronError(
            .argument, "AdversarialStep", "the trainer has no network called \(missing)",
            expected: names.joined(separator: ", "), got: trainer.networks.names.joined(separator: ", "))
    }

    private func requireParts(_ batch: Batch) throws {
        let needsTarget = form != .samples
        guard batch.inputs.count == 1, !needsTarget || batch.targets.count >= 1 else {
            throw CognitronError(
                .data, "AdversarialStep", "wrong number of inputs or targets",
                expected: needsTarget ? "one input and a target" : "one input",
                got: "\(batch.inputs.count) and \(batch.targets.count)")
        }
        guard form == .labelled, batch.targets[0].count != batch.count else { return }
        throw CognitronError(
            .data, "AdversarialStep", "the targets are no classes", expected: "one class for each sample",
            got: "targets of shape \(batch.targets[0].shape)")
    }

    private func requireInputs(_ generator: Model, _ discriminator: Model) throws {
        let counts = [
            (generator, conditionCount...conditionCount + 1),
            (discriminator, conditionCount + 1...conditionCount + 1),
        ]
        for (network, range) in counts where !range.contains(network.graph.inputs.count) {
            throw CognitronError(
                .model, network.displayName, "has another number of inputs than the step gives",
                expected: Set([range.lowerBound, range.upperBound]).sorted().map(String.init)
                    .joined(separator: " or "), got: "\(network.graph.inputs.count)")
        }
        for network in [generator, discriminator] where network.outputCount != 1 {
            throw CognitronError(
                .model, network.displayName, "has several outputs", expected: "one",
                got: "\(network.outputCount)")
        }
    }

    private func noiseShape(_ generator: Model) throws -> Shape {
        if let shape = generator.inputShape { return shape }
        throw CognitronError(
            .model, generator.displayName, "does not say how much noise it takes",
            expected: "a first input without free axes", advice: "give the noise an Input of a fixed shape")
    }
}
