// The activation functions that a graph's outputs end in. A loss that matches one is computed from the values
// before it.

/// A layer that only changes its input's shape.
protocol ReshapingLayer: Layer {}

extension Flatten: ReshapingLayer {}
extension Reshape: ReshapingLayer {}

extension Graph {
    /// The activation function that an output ends in: that of its last layer, not counting layers that only
    /// reshape. nil where another layer reads a value in between.
    ///
    /// - Parameter shapes: of one sample of each value. A softmax counts only where reshaping has kept its
    ///   axis.
    func activation(ofOutput index: Int, _ shapes: [Shape]) -> ActivationFunction? {
        let value = linearValue(ofOutput: index)
        guard let node = node(giving: value), isOnlyOutput(index, through: value) else { return nil }
        let activation: ActivationFunction?
        if let inner = node.inner, node.outputs.count == 1 {
            activation = inner.valueShapes(for: node.inputs.map { shapes[$0] })
                .flatMap { inner.graph.activation(ofOutput: 0, $0) }
        } else {
            // The loss knows no second input, such as a softmax's mask, and charges nothing for the output.
            let layer = node.layer as? any ActivatedLayer
            activation =
                node.inputs.count == 1 && layer?.activityRegularizer == nil ? layer?.activation : nil
        }
        guard activation == .softmax, shapes[value].last != shapes[outputs[index]].last else {
            return activation
        }
        return nil
    }

    /// The value whose layer runs without its activation function, for an output before its activation.
    func linearValue(ofOutput index: Int) -> Int {
        var value = outputs[index]
        while let node = node(giving: value), node.layer is any ReshapingLayer { value = node.inputs[0] }
        return value
    }

    /// Whether each value from `value` to an output is read once.
    private func isOnlyOutput(_ index: Int, through value: Int) -> Bool {
        let counts = readerCounts
        var current = outputs[index]
        while counts[current] == 1 {
            guard current != value, let node = node(giving: current) else { return true }
            current = node.inputs[0]
        }
        return false
    }

    private func node(giving value: Int) -> Node? { nodes.last { $0.outputs.contains(value) } }
}
