/// Applies one layer to every time step.
///
///     outputₜ = layer(xₜ)
///
///     let features = TimeDistributed(Conv2D(8, kernelSize: 3))(video)     // (N, T, H, W, C) → (N, T, …)
///
/// All steps of a batch are one batch to the layer: batch normalisation takes its statistics over all of
/// them, and dropout draws anew for each.
///
/// - Input shape: `(N, T, …)`; output shape: `(N, T, …)`, the rest being the layer's.
/// - Parameters: those of the layer, under `layer`.
/// - Throws: from `build`, a `CognitronError` where the input has no time axis or no step, or the layer does
///   not take one.
/// - Source: Keras `TimeDistributed`.
public final class TimeDistributed: Layer {
    public let layer: any AnyLayer
    public let name: String?

    public var children: [(name: String, layer: any AnyLayer)] { [("layer", layer)] }

    public init(_ layer: any AnyLayer, name: String? = nil) {
        self.layer = layer
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        guard input.rank >= 2, input[0] > 0 else {
            throw context.error(
                .shape, "needs sequences of at least one step", expected: "an input of shape time × …",
                got: "\(input)")
        }
        return try context.child("layer", layer, input.sample).batched(input[0])
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let (batch, count) = (input.shape[0], input.shape[1])
        let shape = input.shape
        let steps = [input.reshaped(shape.sample.sample.batched(batch * count))]
        let (outputs, pullback) = pass.masking([]).decoding(nil).child("layer", layer, steps)
        let output = outputs[0].shape
        return (
            outputs[0].reshaped(output.sample.batched(count).batched(batch)),
            { pullback([$0.reshaped(output)])[0].reshaped(shape) }
        )
    }

    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int {
        inputs[0][0] * layer.multiplyAdds(inputs: [inputs[0].sample], outputs: [outputs[0].sample])
    }
}
