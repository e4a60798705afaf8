extension Pass {
    /// Runs a layer inside the present one, under the name that `children` gives it. A profile then measures
    /// the child's time separately, under `<this layer's path>/<name>`; without a profile this costs nothing.
    ///
    ///     let (outputs, pullback) = pass.child("query", query, [input])
    public func child(
        _ name: String, _ layer: any AnyLayer, _ inputs: consuming [Tensor]
    ) -> (outputs: [Tensor], pullback: MultiPullback) {
        guard let profile else { return layer.forward(inputs: inputs, self) }
        profile.lapForward()
        let (outputs, pullback) = layer.forward(inputs: inputs, profiled(by: profile.entering(name)))
        profile.lap(forward: name)
        return (
            outputs,
            { outputGradients in
                profile.lapBackward()
                let gradients = pullback(outputGradients)
                profile.lap(backward: name)
                return gradients
            }
        )
    }

    /// The same for a layer with one input and one output.
    public func child(
        _ name: String, _ layer: any Layer, _ input: consuming Tensor
    ) -> (output: Tensor, pullback: Pullback) {
        guard profile != nil else { return layer.forward(input, self) }
        let (outputs, pullback) = child(name, layer, [input])
        return (outputs[0], { pullback([$0])[0] })
    }
}
