extension Model {
    /// Inputs that a channel of the output responds to strongly, found by ascending the response's gradient.
    ///
    ///     response = mean of output[…, channel]
    ///     g = ∂ response / ∂ x
    ///     x ← clamp(x + stepSize · g / √mean(g²), 0, 1)
    ///
    ///     // What channel 3 of a layer looks for:
    ///     let layer = try model.featureExtractor(["conv2d_4"])
    ///     let (pictures, responses) = layer.maximizedInput(from: noise, channel: 3)
    ///
    /// The model predicts meanwhile: dropout is off and statistics stay. Parameters and their gradients are
    /// afterwards as they were.
    ///
    /// - Parameters:
    ///   - start: one input or several `(N, …)` in 0…1, such as grey with a little noise.
    ///   - channel: the number along the last axis of the output.
    ///   - steps: the number of steps.
    ///   - stepSize: the root mean square of a step, in units of the input.
    /// - Returns: the inputs, and the responses before the first step and after each. It ends early where the
    ///   response depends on no input any more.
    /// - Source: Erhan, Bengio, Courville and Vincent, "Visualizing Higher-Layer Features of a Deep Network"
    ///   (2009).
    public func maximizedInput(
        from start: Tensor, channel: Int, steps: Int = 50, stepSize: Float = 0.02
    ) -> (input: Tensor, responses: [Float]) {
        let gradients = parameters.map { $0.hasGradient ? $0.gradient : nil }
        defer {
            for (parameter, gradient) in zip(parameters, gradients) {
                parameter.clearGradient()
                if let gradient { parameter.gradient = gradient }
            }
        }
        var x = start
        var responses: [Float] = []
        while true {
            let (output, pullback) = forward(x, .inference)
            responses.append(output.slice(axis: -1, channel).mean())
            guard responses.count <= steps else { return (x, responses) }
            var dy = Tensor.zeros(output.shape)
            dy.assign(Tensor(1), axis: -1, channel)
            let g = pullback(dy)
            let size = g.squared.mean().squareRoot()
            guard size > 0 else { return (x, responses) }
            x = (x + g * (stepSize / size)).maximum(0).minimum(1)
        }
    }
}
