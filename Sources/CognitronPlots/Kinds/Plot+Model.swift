import Cognitron

extension Plot {
    /// A model as boxes and arrows, with the shape that each layer gives and its number of parameters. Also
    /// written as Graphviz (.dot) and Mermaid (.mmd).
    ///
    ///     try Plot.diagram(of: model).write(to: "model.svg")
    ///
    /// - Throws: `CognitronError` where the model is not built.
    /// - Source: Keras `plot_model`.
    public static func diagram(of model: Model, title: String? = nil) throws -> Plot {
        guard let wiring = model.wiring else {
            throw CognitronError(
                .model, model.name ?? "the model", "is not built, so its shapes are not known",
                advice: "give it an Input, or call build(_:) first")
        }
        let diagram = ModelDiagram(wiring)
        let drawing = DiagramDrawing(diagram)
        return Plot(
            title ?? model.name ?? "Model",
            subtitle: "\(model.parameterCount.grouped) parameters, \(wiring.multiplyAdds.grouped) "
                + "multiply-adds a sample",
            width: drawing.width, height: drawing.height, content: drawing.content,
            texts: ["dot": diagram.dot, "mmd": diagram.mermaid])
    }
}
