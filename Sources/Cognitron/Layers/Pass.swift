/// One forward pass as a layer sees it: training or inference, what will be asked of the backward pass, the
/// masks of the layer's inputs, and where the layer adds losses of its own.
public struct Pass: Sendable {
    /// Dropout drops and batch normalisation takes the batch's own statistics; layers may update their state.
    public static let training = Pass(isTraining: true, needsInputGradient: true, needsPullback: true)
    /// Nothing in the layer changes: several threads may run it at once.
    public static let inference = Pass(isTraining: false, needsInputGradient: true, needsPullback: true)
    /// Inference of which only the outputs are wanted, as in `predict`.
    static let prediction = Pass(isTraining: false, needsInputGradient: false, needsPullback: false)

    public let isTraining: Bool

    /// False where nobody reads the gradient with respect to the layer's input, as for the layer that reads
    /// the data. The pullback may then return any tensor; to ignore this is always right. True in layers with
    /// `children`, which hand the pass on.
    public private(set) var needsInputGradient: Bool

    /// False where nobody runs the backward pass. The layer may then return any pullback and keep nothing for
    /// it; to ignore this is always right, because the pullback is released at once.
    public private(set) var needsPullback: Bool

    /// The masks of the layer's inputs; empty where no input has one.
    public private(set) var masks: [Tensor?] = []

    private var losses: LayerLosses?

    /// Where the time goes, if that is measured.
    private(set) var profile: StepProfile.Scope?

    private init(isTraining: Bool, needsInputGradient: Bool, needsPullback: Bool) {
        self.isTraining = isTraining
        self.needsInputGradient = needsInputGradient
        self.needsPullback = needsPullback
    }

    /// The mask of input `index`, `(N, T)` with 1 where a time step counts and 0 where it is padding; nil
    /// where all count.
    public func mask(_ index: Int) -> Tensor? { masks.indices.contains(index) ? masks[index] : nil }

    /// Adds to the loss that the model is trained on: a penalty of the layer's activity, a divergence. The
    /// layer's pullback must add the gradient of `value` to what it returns and accumulates.
    public func add(loss value: Float) { losses?.add(value) }

    /// The same pass, with the layers' own losses gathered in `losses`.
    public func collecting(_ losses: LayerLosses) -> Pass {
        var pass = self
        pass.losses = losses
        return pass
    }

    /// The same pass for a layer whose inputs have these masks: what a layer hands on to one inside it.
    public func masking(_ masks: [Tensor?]) -> Pass {
        var pass = self
        pass.masks = masks
        return pass
    }

    func needingInputGradient(_ needed: Bool) -> Pass {
        var pass = self
        pass.needsInputGradient = needed
        return pass
    }

    func profiled(by profile: StepProfile.Scope?) -> Pass {
        var pass = self
        pass.profile = profile
        return pass
    }
}

@available(*, deprecated, renamed: "Pass")
public typealias Phase = Pass
