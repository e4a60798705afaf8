import CognitronKernels

/// Runs a recurrent layer forwards and a second one backwards in time, and merges their outputs.
///
///     output = merge(layer(x), flipped(backwardLayer(x)))
///
///     let both = Bidirectional(LSTM(64, returnSequences: true))(x)        // (N, T, C) → (N, T, 128)
///
/// The outputs of a masked step are zeros where all steps are given.
///
/// - Input shapes: `(N, T, …)`, optionally the first states of the forward and then of the backward layer as
///   further inputs; output shapes: the merged output, with `mergeMode: nil` both, and with `returnState` the
///   last states of both layers.
/// - Parameters: those of the layers, under `forward_layer` and `backward_layer`.
/// - Throws: from `build`, a `CognitronError` where the layers go in the same direction or give different
///   things, or no backward layer can be made.
/// - Source: Keras `Bidirectional`; Schuster and Paliwal, "Bidirectional Recurrent Neural Networks" (1997).
public final class Bidirectional: AnyLayer {
    /// How two outputs become one.
    public enum MergeMode: String, Hashable, Sendable, Codable {
        /// Side by side along the last axis.
        case concat
        case sum
        case mul
        /// Their mean.
        case ave
    }

    public let forwardLayer: any RecurrentLayer
    /// Nil where none was given and the layer's cell has no `copy`.
    public let backwardLayer: (any RecurrentLayer)?
    public let mergeMode: MergeMode?
    public let name: String?

    public var children: [(name: String, layer: any AnyLayer)] {
        [("forward_layer", forwardLayer)] + (backwardLayer.map { [("backward_layer", $0)] } ?? [])
    }
    public var outputCount: Int { forwardLayer.outputCount * 2 - (mergeMode == nil ? 0 : 1) }

    /// - Parameters:
    ///   - layer: the layer that runs forwards; this very one.
    ///   - mergeMode: what is made of the two outputs; nil keeps both.
    ///   - backwardLayer: the layer that runs backwards; by default one like `layer` with `goBackwards` and
    ///     parameters of its own.
    ///   - name: what messages, summaries and files call the layer; by default they number its type.
    public init(
        _ layer: any RecurrentLayer, mergeMode: MergeMode? = .concat,
        backwardLayer: (any RecurrentLayer)? = nil, name: String? = nil
    ) {
        forwardLayer = layer
        self.mergeMode = mergeMode
        self.name = name
        var options = layer.options
        options.goBackwards = true
        self.backwardLayer = backwardLayer ?? layer.copy(options)
    }

    private var returnsSequences: Bool { forwardLayer.options.returnSequences }

    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] {
        guard returnsSequences, let mask = masks.first else { return [] }
        let merged = mergeMode == nil ? 2 : 1
        return Array(repeating: mask, count: merged) + Array(repeating: nil, count: outputCount - merged)
    }

    public func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape] {
        let backwardLayer = try checkedBackwardLayer(context)
        let states = forwardLayer.stateCount
        guard inputs.count == 1 || inputs.count == 1 + states + backwardLayer.stateCount else {
            throw context.error(
                .shape, "its initial states do not fit",
                expected:
                    "\(states) of the forward layer and \(backwardLayer.stateCount) of the backward one",
                got: "\(inputs.count - 1)")
        }
        let parts = split(inputs)
        let forward = try context.child("forward_layer", forwardLayer, parts.forward)
        let backward = try context.child("backward_layer", backwardLayer, parts.backward)
        guard mergeMode == .concat || mergeMode == nil || forward[0] == backward[0],
            forward[0].dropLast() == backward[0].dropLast()
        else {
            throw context.error(
                .shape, "its layers' outputs do not merge", expected: "\(forward[0])", got: "\(backward[0])")
        }
        let (a, b) = (forward[0], backward[0])
        let merged =
            mergeMode == nil
            ? [a, b] : [mergeMode == .concat ? a.replacingLast(with: a[a.rank - 1] + b[b.rank - 1]) : a]
        return merged + forward.dropFirst() + backward.dropFirst()
    }

    private func checkedBackwardLayer(_ context: BuildContext) throws -> any RecurrentLayer {
        guard let backwardLayer else {
            throw context.error(
                .argument, "its layer cannot be copied for the way back",
                advice: "give backwardLayer:, or its cell a copy()")
        }
        let (a, b) = (forwardLayer.options, backwardLayer.options)
        guard a.goBackwards != b.goBackwards else {
            throw context.error(
                .argument, "both of its layers go \(a.goBackwards ? "backwards" : "forwards")",
                expected: "one of them with goBackwards")
        }
        guard
            (a.stateful, a.returnSequences, a.returnState) == (b.stateful, b.returnSequences, b.returnState)
        else {
            throw context.error(
                .argument, "its layers differ",
                expected: "one value each of stateful, returnSequences and returnState")
        }
        return backwardLayer
    }

    /// The inputs of the two layers.
    private func split<Value>(_ inputs: [Value]) -> (forward: [Value], backward: [Value]) {
        let count = inputs.count == 1 ? 1 : 1 + forwardLayer.stateCount
        return (Array(inputs[0..<count]), [inputs[0]] + inputs[count...])
    }

    public func forward(
        inputs: consuming [Tensor], _ pass: Pass
    ) -> (outputs: [Tensor], pullback: MultiPullback) {
        guard let backwardLayer else { fail("a Bidirectional layer runs before it is built") }
        let parts = split(inputs)
        let inner = pass.masking(Array(pass.masks.prefix(1)))
        func run(_ name: String, _ layer: any RecurrentLayer, _ inputs: [Tensor]) -> (
            outputs: [Tensor], pullback: MultiPullback
        ) {
            var options = layer.options
            options.zeroOutputForMask = returnsSequences
            return inner.child(name, layer, inputs) { layer.forward(inputs: $0, $1, options) }
        }
        let there = run("forward_layer", forwardLayer, parts.forward)
        let back = run("backward_layer", backwardLayer, parts.backward)
        let merge = BidirectionalMerge(mergeMode, there.outputs[0], turned(back.outputs[0]))
        let stateCount = there.outputs.count - 1
        return (
            merge.outputs + there.outputs.dropFirst() + back.outputs.dropFirst(),
            { [self] gradients in
                let count = merge.outputs.count
                let (a, b) = merge.gradients(Array(gradients[0..<count]))
                let states = gradients[count...]
                let forward = there.pullback([a] + states.prefix(stateCount))
                let backward = back.pullback([turned(b)] + states.dropFirst(stateCount))
                return [forward[0] + backward[0]] + forward.dropFirst() + backward.dropFirst()
            }
        )
    }

    public func receptiveField(
        _ field: ReceptiveField, inputs: [Shape], outputs: [Shape]
    ) -> ReceptiveField? { nil }

    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int {
        let parts = split(inputs)
        return forwardLayer.multiplyAdds(inputs: parts.forward, outputs: outputs)
            + (backwardLayer?.multiplyAdds(inputs: parts.backward, outputs: outputs) ?? 0)
    }

    /// The outputs of the backward layer in the order of time, and its gradients in that of its steps.
    private func turned(_ outputs: Tensor) -> Tensor {
        returnsSequences ? outputs.flipped(axis: 1) : outputs
    }
}

/// Two outputs and what becomes of them.
private struct BidirectionalMerge {
    private let mode: Bidirectional.MergeMode?
    private let a: Tensor
    private let b: Tensor
    let outputs: [Tensor]

    init(_ mode: Bidirectional.MergeMode?, _ a: Tensor, _ b: Tensor) {
        (self.mode, self.a, self.b) = (mode, a, b)
        outputs =
            switch mode {
            case .concat: [.concatenated([a, b])]
            case .sum: [a + b]
            case .mul: [a * b]
            case .ave: [(a + b) / 2]
            case nil: [a, b]
            }
    }

    func gradients(_ gradients: [Tensor]) -> (a: Tensor, b: Tensor) {
        switch mode {
        case .concat:
            let parts = gradients[0].split([a.shape[a.rank - 1], b.shape[b.rank - 1]])
            return (parts[0], parts[1])
        case .sum: return (gradients[0], gradients[0])
        case .mul: return (gradients[0] * b, gradients[0] * a)
        case .ave: return (gradients[0] / 2, gradients[0] / 2)
        case nil: return (gradients[0], gradients[1])
        }
    }
}
