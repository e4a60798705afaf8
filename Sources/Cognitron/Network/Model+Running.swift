// Forward passes of a whole model.

import CognitronKernels

extension Model {
    /// Runs a model with several inputs or outputs on a batch.
    ///
    /// - Parameter inputs: one tensor `(N, …)` for each input, of the shapes the model was built for.
    /// - Returns: the outputs, and the pullback that maps their gradients to those of the inputs and adds to
    ///   those of the parameters. The pullback may be called once.
    public func forward(
        inputs: consuming [Tensor], _ pass: Pass
    ) -> (outputs: [Tensor], pullback: MultiPullback) {
        let shapes = inputs.map(\.shape.sample)
        do { try prepare(for: shapes) } catch { fail("\(error)") }
        let result = running.forward(inputs, observedPath.map { pass.observed(at: $0) } ?? pass)
        return (result.outputs, result.pullback)
    }

    /// Runs a model with one input and one output on a batch.
    ///
    /// - Parameter input: `(N, …)`.
    /// - Returns: the output, and the pullback that maps its gradient to that of the input and adds to those
    ///   of the parameters. The pullback may be called once.
    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        require(outputCount == 1, "\(displayName) has \(outputCount) outputs: use forward(inputs:_:)")
        let (outputs, pullback) = forward(inputs: [input], pass)
        return (outputs[0], { pullback([$0])[0] })
    }

    /// Multiplications (each with an addition) in the forward pass of one sample, without elementwise work;
    /// nil while the model is not built or where an axis is free: there `multiplyAdds(inputs:outputs:)` takes
    /// the sizes.
    public var multiplyAdds: Int? { inputShapes.map { multiplyAdds(inputs: $0, outputs: []) } }

    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int {
        guard let shapes = valueShapes(for: inputs) else { return 0 }
        return graph.nodes.reduce(0) { sum, node in
            let added = sum.addingReportingOverflow(
                node.layer.multiplyAdds(
                    inputs: node.inputs.map { shapes[$0] }, outputs: node.outputs.map { shapes[$0] }))
            return added.overflow ? .max : added.partialValue
        }
    }
}
