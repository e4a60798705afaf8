/// One use of a layer in a model: what it reads and gives. Values are numbered across the model.
package struct LayerUse: Sendable {
    package let name: String
    package let layer: any AnyLayer
    package let inputs: [Int]
    package let outputs: Range<Int>
    /// The shapes of one sample of the outputs, with stand-in sizes for free axes.
    package let outputShapes: [Shape]
    /// The same as texts, with ? for sizes that are free.
    package let shapeTexts: [String]
    package let parameterCount: Int
    /// Multiplications (each with an addition) of one sample's forward pass.
    package let multiplyAdds: Int

    /// The layer's type, such as `Conv2D`.
    package var typeName: String { layer.typeName }
}

/// How the layers of a built model are connected.
package struct Wiring: Sendable {
    /// The numbers of the values that the model reads and gives, and their shapes.
    package let inputs: [(value: Int, shape: String)]
    package let outputs: [Int]
    /// In execution order.
    package let layers: [LayerUse]
    /// The sum over the layers.
    package let multiplyAdds: Int
}

extension Model {
    /// How the layers are connected; nil while the model is not built.
    package var wiring: Wiring? {
        try? (self as? Sequential)?.buildFromInput()
        guard let built = building.withLock({ $0 }), let shapes = built[built.inputShapes] else { return nil }
        let texts = shapeTexts(built, shapes)
        return Wiring(
            inputs: graph.inputs.map { ($0, texts[$0]) }, outputs: graph.outputs,
            layers: graph.nodes.map { node in
                LayerUse(
                    name: node.name, layer: node.layer, inputs: node.inputs, outputs: node.outputs,
                    outputShapes: node.outputs.map { shapes[$0] }, shapeTexts: node.outputs.map { texts[$0] },
                    parameterCount: node.layer.allParameters.reduce(0) { $0 + $1.shape.elementCount },
                    multiplyAdds: node.layer.multiplyAdds(
                        inputs: node.inputs.map { shapes[$0] }, outputs: node.outputs.map { shapes[$0] }))
            }, multiplyAdds: multiplyAdds(inputs: built.inputShapes, outputs: []))
    }

    /// The shapes of all values, with ? for sizes that depend on a free axis: they change when it is doubled.
    private func shapeTexts(_ built: Building, _ shapes: [Shape]) -> [String] {
        let plain = shapes.map(\.description)
        guard built.hasFreeAxes else { return plain }
        let others = zip(built.sizes, built.inputShapes).map { sizes, shape in
            Shape(zip(sizes, shape).map { $0 ?? 2 * $1 })
        }
        guard let changed = valueShapes(for: others) else { return plain }
        return zip(shapes, changed).map { shape, other in
            guard shape.rank == other.rank else { return shape.description }
            return zip(shape, other).map { $0 == $1 ? $0 : nil }.text
        }
    }
}
