extension Pass {
    /// Runs a layer inside the present one, under the name that `children` gives it. A profile then measures
    /// the child's time separately, under `<this layer's path>/<name>`; without a profile this costs nothing.
    ///
    ///     let (outputs, pullback) = pass.child("query", query, [input])
    public func child(
        _ name: String, _ layer: any AnyLayer, _ inputs: consuming [Tensor]
    ) -> (outputs: [Tensor], pullback: MultiPullback) {
        child(name, layer, inputs) { layer.forward(inputs: $0, $1) }
    }

    /// The same for a layer that runs by another function than `forward`.
    func child(
        _ name: String, _ layer: any AnyLayer, _ inputs: consuming [Tensor],
        by forward: (_ inputs: consuming [Tensor], _ pass: Pass) -> (
            outputs: [Tensor], pullback: MultiPullback
        )
    ) -> (outputs: [Tensor], pullback: MultiPullback) {
        guard let observed else { return forward(inputs, self) }
        observed.ownForwardEnded()
        let (outputs, pullback) = forward(inputs, self.observed(at: observed.entering(name)))
        observed.forwardEnded(name, layer, outputs)
        return (
            outputs,
            { outputGradients in
                observed.ownBackwardEnded()
                let gradients = pullback(outputGradients)
                observed.backwardEnded(name, layer, gradients)
                return gradients
            }
        )
    }

    /// The same for a layer with one input and one output.
    public func child(
        _ name: String, _ layer: any Layer, _ input: consuming Tensor
    ) -> (output: Tensor, pullback: Pullback) {
        guard observed != nil else { return layer.forward(input, self) }
        let (outputs, pullback) = child(name, layer, [input])
        return (outputs[0], { pullback([$0])[0] })
    }
}
