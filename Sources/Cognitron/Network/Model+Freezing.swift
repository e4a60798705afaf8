// Which parameters transfer learning freezes: by name, and all but the head.

extension Model {
    /// Freezes or unfreezes the parameters whose paths match one of the patterns.
    ///
    ///     try model.setTrainable(false, matching: ["^conv2d", "layer1"])
    ///
    /// Batch normalisation whose weights are frozen uses its moving statistics, as in Keras. The backward
    /// pass ends at the first layer with a trainable parameter.
    ///
    /// - Parameter patterns: regular expressions, of which one matches a part of the parameter's path,
    ///   `encoder/dense/bias`.
    /// - Returns: the parameters that were changed.
    /// - Throws: `CognitronError` where the model is not built, or a pattern is no regular expression or
    ///   matches no parameter; nothing is changed then.
    @discardableResult
    public func setTrainable(_ isTrainable: Bool, matching patterns: [String]) throws -> [Parameter] {
        Self.set(isTrainable, try parameters(matching: patterns))
    }

    /// The parameters whose paths match one of the patterns.
    ///
    /// - Throws: as `setTrainable`.
    public func parameters(matching patterns: [String]) throws -> [Parameter] {
        let named = try builtParameters()
        var patterns = PathPatterns(patterns)
        try patterns.validate(displayName, "pattern", matching: named.map(\.path))
        return named.filter { patterns.matches($0.path) }.map(\.parameter)
    }

    /// Freezes all parameters but those of `headLayers`.
    ///
    /// - Returns: the parameters that were trainable, for `GradualThawing`.
    /// - Throws: `CognitronError` where the model is not built.
    @discardableResult
    public func freezeBody() throws -> [Parameter] {
        let head = headParameters
        return Self.set(
            false, try builtParameters().map(\.parameter).filter { !head.contains($0.identity) })
    }

    /// The names of the last layers with weights, one before each output: the classifier of a classifier.
    public var headLayers: [String] { headNodes.map(\.name) }

    /// The identities of the parameters of `headLayers`.
    var headParameters: Set<ObjectIdentifier> {
        Set(headNodes.flatMap { $0.layer.allParameters.map(\.identity) })
    }

    private var headNodes: [Graph.Node] {
        let graph = graph.expanded()
        var (open, seen, heads) = (graph.outputs, Set<Int>(), [Graph.Node]())
        while let value = open.popLast() {
            guard seen.insert(value).inserted,
                let node = graph.nodes.first(where: { $0.outputs.contains(value) })
            else { continue }
            if node.layer.hasWeights { heads.append(node) } else { open += node.inputs }
        }
        return heads
    }

    /// Paths and parameters.
    private func builtParameters() throws -> [(path: String, parameter: Parameter)] {
        try (self as? Sequential)?.buildFromInput()
        guard isBuilt else { throw notBuilt }
        return namedParameters
    }

    private static func set(_ isTrainable: Bool, _ parameters: [Parameter]) -> [Parameter] {
        let changed = parameters.filter { $0.isFrozen == isTrainable }
        for parameter in changed { parameter.isTrainable = isTrainable }
        return changed
    }
}

extension AnyLayer {
    /// Whether it has parameters that are no statistics.
    var hasWeights: Bool { allParameters.contains { !$0.isStatistic } }
}
