/// The graph that a model predicts with, and the versions of its weights.
struct PredictionGraph: Sendable {
    var graph: Graph
    /// `Parameter.globalVersion` at the last check that the weights are unchanged.
    var globalVersion: Int
    var versions: [Int]
}

extension Model {
    /// A model with the same predictions and less work: batch normalisation is folded into the weights of the
    /// convolution or dense layer before it, and ReLUs are fused into that layer.
    ///
    /// It has copies of the folded weights; the other layers are shared with this model. `predict` and
    /// `evaluate` fold by themselves. The model can be saved and loaded, without the folded layers.
    ///
    /// - Throws: `CognitronError` where the model is not built.
    public func optimizedForInference() throws -> Model {
        guard let sizes = declaredInputSizes, let shapes = valueShapes else { throw notBuilt }
        var folded = try graph.folded(shapes).renumbered()
        folded.inputSizes = sizes
        let model = Model(graph: folded, name: name, outputNames: givenOutputNames)
        try model.buildDeclared(sizes)
        model.metadata = metadata
        return model
    }

    /// The folded graph, which is made again after a weight has changed.
    func predictionGraph() -> Graph {
        let globalVersion = Parameter.globalVersion
        if let known = prediction.withLock({ $0 }), known.globalVersion == globalVersion {
            return known.graph
        }
        let versions = parameters.map(\.version)
        let known = prediction.withLock { known -> Graph? in
            guard known?.versions == versions else { return nil }
            known?.globalVersion = globalVersion
            return known?.graph
        }
        if let known { return known }
        prediction.withLock { $0 = nil }  // frees the memory of the old folded weights for the new ones
        var folded = graph
        if let shapes = valueShapes {
            // Folding only saves time: where it fails, the graph runs without it.
            folded = ((try? graph.folded(shapes)) ?? graph).poolingInConvolutions(shapes)
        }
        // The version from before the weights were read: another thread may have changed them since.
        let fresh = PredictionGraph(
            graph: folded.fused().keepingFilters(), globalVersion: globalVersion, versions: versions)
        prediction.withLock { $0 = fresh }
        return fresh.graph
    }
}

extension Model {
    /// A model without parameters yet, of which something is asked that needs them.
    var notBuilt: CognitronError {
        CognitronError(
            .model, displayName, "is not built", advice: "give it an Input, or call build(_:) first")
    }
}
