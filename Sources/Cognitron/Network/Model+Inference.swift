/// The graph that a model predicts with, and the weights it was made of.
struct PredictionGraph: Sendable {
    var graph: Graph
    /// `Parameter.globalVersion` when the weights were last found unchanged.
    var globalVersion: Int
    var versions: [Int]
}

extension Model {
    /// A model that predicts the same with less work: batch normalisation is folded into the weights of the
    /// convolution or dense layer before it, and ReLUs run in the same pass.
    ///
    /// It holds the weights of this moment; layers in which nothing was folded are shared with this model.
    /// `predict` and `evaluate` work this way by themselves. The copy can be saved, and loads without what
    /// was folded.
    ///
    /// - Throws: `CognitronError` where the model is not built.
    public func optimizedForInference() throws -> Model {
        guard let sizes = declaredInputSizes, let shapes = valueShapes else {
            throw CognitronError(
                .model, displayName, "is not built", advice: "give it an Input, or call build(_:) first")
        }
        var folded = try graph.folded(shapes).renumbered()
        folded.inputSizes = sizes
        let model = Model(graph: folded, name: name, outputNames: givenOutputNames)
        try model.buildDeclared(sizes)
        model.metadata = metadata
        return model
    }

    /// The folded graph, made anew where weights have changed since it was made.
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
        prediction.withLock { $0 = nil }  // gives its weights' memory to the new ones
        // What cannot be folded is run as it is.
        var folded = graph
        if let shapes = valueShapes {
            folded = ((try? graph.folded(shapes)) ?? graph).poolingInConvolutions(shapes)
        }
        // The number from before the weights were looked at: another thread may have changed them since.
        let fresh = PredictionGraph(
            graph: folded.fused().keepingFilters(), globalVersion: globalVersion, versions: versions)
        prediction.withLock { $0 = fresh }
        return fresh.graph
    }
}
