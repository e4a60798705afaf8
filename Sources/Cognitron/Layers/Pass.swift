/// What a layer knows of a forward pass: training or inference, what the backward pass needs, the masks of
/// the layer's inputs, and where the layer adds losses of its own.
public struct Pass: Sendable {
    /// Dropout is active and batch normalisation uses the batch's statistics; layers may update their state.
    public static let training = Pass(isTraining: true, needsInputGradient: true, needsPullback: true)
    /// Layers do not change: several threads may run them at once.
    public static let inference = Pass(isTraining: false, needsInputGradient: true, needsPullback: true)
    /// Inference without a backward pass, as in `predict`.
    package static let prediction = Pass(isTraining: false, needsInputGradient: false, needsPullback: false)

    public let isTraining: Bool

    /// False if the gradient with respect to the layer's input is not used, as for the layer that reads the
    /// data. The pullback may then return any tensor. Layers may ignore it. True in layers with `children`,
    /// which pass it on.
    public private(set) var needsInputGradient: Bool

    /// False without a backward pass. The layer may then return any pullback and capture nothing in it.
    /// Layers may ignore it, because the pullback is released at once.
    public private(set) var needsPullback: Bool

    /// The masks of the layer's inputs; empty if no input has one.
    public private(set) var masks: [Tensor?] = []

    private var losses: LayerLosses?

    /// What layers keep of the steps before; nil where whole sequences are run.
    private(set) var decoding: DecodingCache?

    /// Follows the step through the layers, to measure their times for example; nil otherwise.
    private(set) var observed: ObservedPath?

    /// The other ranks that run the layers on parts of the same batch; nil where there are none.
    private(set) var ranks: RankShare?

    private init(isTraining: Bool, needsInputGradient: Bool, needsPullback: Bool) {
        self.isTraining = isTraining
        self.needsInputGradient = needsInputGradient
        self.needsPullback = needsPullback
    }

    /// The mask of input `index`, `(N, T)` with 1 for valid time steps and 0 for padding; nil if all are
    /// valid.
    public func mask(_ index: Int) -> Tensor? { masks.indices.contains(index) ? masks[index] : nil }

    /// Adds to the model's loss: an activity penalty, a divergence. The layer's pullback must add the
    /// gradient of `value` to those that it returns and accumulates.
    public func add(loss value: Float) { losses?.add(value) }

    /// The same pass, with the layers' own losses gathered in `losses`.
    public func collecting(_ losses: LayerLosses) -> Pass {
        var pass = self
        pass.losses = losses
        return pass
    }

    /// The same pass with these masks, for a layer inside this one.
    public func masking(_ masks: [Tensor?]) -> Pass {
        var pass = self
        pass.masks = masks
        return pass
    }

    package func needingInputGradient(_ needed: Bool) -> Pass {
        var pass = self
        pass.needsInputGradient = needed
        return pass
    }

    func decoding(_ cache: DecodingCache?) -> Pass {
        var pass = self
        pass.decoding = cache
        return pass
    }

    func sharing(_ ranks: RankShare?) -> Pass {
        var pass = self
        pass.ranks = ranks
        return pass
    }

    func observed(at path: ObservedPath?) -> Pass {
        var pass = self
        pass.observed = path
        return pass
    }
}

/// What a layer that sums over ranks knows of them.
struct RankShare: Sendable {
    let communicator: any Communicator
    /// The share of the batch that this rank has; 0 where it runs on a sample of another.
    let share: Float
    /// Whether all batch normalisation sums over ranks.
    let synchronizes: Bool
}

@available(*, deprecated, renamed: "Pass")
public typealias Phase = Pass
