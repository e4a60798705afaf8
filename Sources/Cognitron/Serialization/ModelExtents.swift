/// Counts the layers that run in a model with all inner models expanded. A small file can describe a model
/// whose number of runs grows exponentially with its depth: each level uses the next one twice.
struct ModelExtents {
    private struct Extent {
        /// The levels of inner models.
        var depth = 0
        /// The layers that run in one forward pass, models among them, and their outputs.
        var runs = 0
    }

    /// The largest depth: recursion over a deeper model could overflow the stack.
    static let deepest = 64
    private static let mostRuns = 1 << 21

    /// Retains the models, since the identifier of a freed object may be reused.
    private var known: [ObjectIdentifier: (model: Model, extent: Extent)] = [:]

    /// Throws where a model is nested too deeply or runs too many layers.
    mutating func measure(_ model: Model, _ place: String) throws { _ = try extent(of: model, 0, place) }

    static func require(depth: Int, _ place: String) throws {
        guard depth > deepest else { return }
        throw CognitronError(
            .model, place, "models are nested too deeply", expected: "at most \(deepest) within one another")
    }

    private static func require(runs: Int, _ place: String) throws {
        guard runs > mostRuns else { return }
        throw CognitronError(
            .model, place, "too many layers run, those of models used several times counted as often",
            expected: "at most \(mostRuns) with the values they give", got: "\(runs)")
    }

    private mutating func extent(of model: Model, _ level: Int, _ place: String) throws -> Extent {
        if let found = known[ObjectIdentifier(model)] { return found.extent }
        try Self.require(depth: level, place)
        var extent = Extent()
        for node in model.graph.nodes {
            extent.runs += 1 + node.outputs.count
            guard let inner = node.layer as? Model else { continue }
            let part = try self.extent(of: inner, level + 1, place)
            extent.depth = max(extent.depth, part.depth + 1)
            extent.runs += part.runs
            try Self.require(runs: extent.runs, place)
        }
        try Self.require(depth: extent.depth, place)
        try Self.require(runs: extent.runs, place)
        known[ObjectIdentifier(model)] = (model, extent)
        return extent
    }
}
