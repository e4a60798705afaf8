import Cognitron

/// Some of a layer's parameters, and the tensors that PyTorch keeps for them.
struct TorchWeights {
    struct Entry {
        /// The name in a state dictionary.
        let name: String
        let shape: Shape
    }

    let entries: [Entry]
    /// The tensors with the parameters' values.
    let written: () -> [Tensor]
    /// The parameters with values of tensors of those shapes.
    let read: ([Tensor]) -> [(parameter: Parameter, value: Tensor)]

    init(
        _ entries: [Entry], written: @escaping () -> [Tensor],
        read: @escaping ([Tensor]) -> [(parameter: Parameter, value: Tensor)]
    ) {
        (self.entries, self.written, self.read) = (entries, written, read)
    }

    /// One parameter as one tensor.
    ///
    /// - Parameters:
    ///   - view: the shape that the parameter is taken as; its own by default.
    ///   - order: the axes of the view in PyTorch's order; unchanged by default.
    ///   - shape: the shape of the result; that of the permuted view by default.
    init(
        _ name: String, _ parameter: Parameter, as view: Shape? = nil, order: [Int]? = nil,
        shape: Shape? = nil
    ) {
        let view = view ?? parameter.shape
        let order = order ?? Array(view.indices)
        let permuted = Shape(order.map { view[$0] })
        let back = order.indices.sorted { order[$0] < order[$1] }
        self.init(
            [Entry(name: name, shape: shape ?? permuted)],
            written: {
                [parameter.value.reshaped(view).permuted(order).reshaped(shape ?? permuted)]
            },
            read: { [(parameter, $0[0].reshaped(permuted).permuted(back).reshaped(parameter.shape))] })
    }
}
