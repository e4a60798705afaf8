import CognitronKernels

// A batch has one target for each output, or only the targets that a loss or metric reads.

extension SupervisedStep {
    /// The outputs whose target a loss or metric reads.
    private var outputsWithTarget: [Int] { objectives.indices.filter { objectives[$0].needsTarget } }

    /// Whether a batch may have so many targets.
    func takesTargets(count: Int) -> Bool {
        count == objectives.count || count == outputsWithTarget.count
    }

    /// The position of an output's target among `count` targets; nil where there is none.
    func targetPosition(_ output: Int, count: Int) -> Int? {
        count == objectives.count ? output : outputsWithTarget.firstIndex(of: output)
    }

    /// The target of an output with a loss or metrics.
    func target(_ output: Int, of batch: Batch) -> Tensor {
        guard let position = targetPosition(output, count: batch.targets.count) else {
            fail("output \(objectives[output].name) has no target")
        }
        return batch.targets[position]
    }

    /// Targets in the order of the outputs, from targets by name: of all outputs where all have one, else of
    /// those with a loss or metrics.
    ///
    /// - Throws: `CognitronError` where a name is not an output's, or a target is missing.
    func ordered(_ targets: [String: any Samples], _ model: Model) throws -> [any Samples] {
        let names = objectives.map(\.name)
        try Self.requireKnown(targets.keys, names, "targets", model)
        let all = names.compactMap { targets[$0] }
        if all.count == names.count { return all }
        return try outputsWithTarget.map { output in
            if let target = targets[names[output]] { return target }
            throw CognitronError(
                .data, model.displayName, "output \(names[output]) has no target",
                expected: outputsWithTarget.map { names[$0] }.joined(separator: ", "),
                got: targets.isEmpty ? "none" : targets.keys.sorted().joined(separator: ", "))
        }
    }

    /// Sample weights in the order of the outputs, from weights by name.
    func ordered(_ weights: [String: Tensor], _ model: Model) throws -> [Tensor?] {
        let names = objectives.map(\.name)
        try Self.requireKnown(weights.keys, names, "sampleWeights", model)
        return weights.isEmpty ? [] : names.map { weights[$0] }
    }

    private static func requireKnown(
        _ given: some Collection<String>, _ names: [String], _ argument: String, _ model: Model
    ) throws {
        guard let unknown = given.sorted().first(where: { !names.contains($0) }) else { return }
        throw CognitronError(
            .argument, model.displayName, "\(argument) names an output that the model does not have",
            expected: "one of \(names.joined(separator: ", "))", got: unknown)
    }

    func wrongCounts(inputs: Int, targets: Int, _ model: Model) -> CognitronError {
        let read = outputsWithTarget
        let fewer =
            read.count == objectives.count
            ? "" : ", or \(read.count) for the outputs with a loss or metrics"
        return CognitronError(
            .data, model.displayName, "wrong number of inputs or targets",
            expected: "\(model.graph.inputs.count) inputs and \(objectives.count) targets\(fewer)",
            got: "\(inputs) and \(targets)")
    }

    /// Throws where targets or weights have shapes that cannot belong to the model's outputs: before the
    /// first batch.
    func validateShapes(of source: SampleSource, _ model: Model) throws {
        guard let shapes = model.outputShapes(for: source.inputs.map(\.sampleShape)) else { return }
        for (index, objective) in objectives.enumerated() {
            let shape = shapes[index].batched(source.count)
            if let loss = objective.loss, let position = targetPosition(index, count: source.targets.count),
                let error = loss.mismatch(shape, source.targets[position].shape)
            {
                throw error
            }
            if source.weights.indices.contains(index), let weights = source.weights[index],
                let problem = Loss.weightProblem(weights.shape, shape)
            {
                throw CognitronError(.data, "sampleWeight", problem)
            }
        }
    }
}
