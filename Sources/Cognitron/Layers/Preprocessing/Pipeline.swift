/// Layers one after another, as one layer: the preprocessing of a data set's inputs, for example.
///
///     Pipeline([Rescaling(1 / 127.5, offset: -1), Resizing(64, 64)])
///
/// A `Sequential` is a model, with training and prediction; this is a layer inside one. Masks that its layers
/// make count for the layers after them in the pipeline only.
///
/// - Input shapes: those of the first layer; output shapes: those of the last.
/// - Parameters: those of the layers, under their names.
/// - Throws: from `build`, a `CognitronError` where there are no layers or one does not take its input.
/// - Source: Keras `Pipeline`.
public final class Pipeline: AnyLayer {
    public let layers: [any AnyLayer]
    public let name: String?
    public let children: [(name: String, layer: any AnyLayer)]
    public var outputCount: Int { layers.last?.outputCount ?? 1 }

    /// - Parameters:
    ///   - layers: in the order in which they run.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(_ layers: [any AnyLayer], name: String? = nil) {
        self.layers = layers
        self.name = name
        let names = LayerNames(layers)
        children = layers.map { (names.name(of: $0), $0) }
    }

    public func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape] {
        guard !layers.isEmpty else {
            throw context.error(.argument, "has no layers", expected: "at least one")
        }
        return try children.reduce(inputs) { try context.child($1.name, $1.layer, $0) }
    }

    public func forward(
        inputs: consuming [Tensor], _ pass: Pass
    ) -> (outputs: [Tensor], pullback: MultiPullback) {
        var (values, masks, pullbacks) = (inputs, pass.masks, [MultiPullback]())
        for (name, layer) in children {
            let next = layer.outputMasks(values, masks)
            let (outputs, pullback) = pass.masking(masks).child(name, layer, values)
            (values, masks) = (outputs, next)
            pullbacks.append(pullback)
        }
        return (values, { gradients in pullbacks.reversed().reduce(gradients) { $1($0) } })
    }
}
