import CognitronKernels

/// A layer's state from one batch to the next, as in stateful recurrent layers.
///
/// A layer has it in a stored property and lists it in `states`. A training step that fails restores it, a
/// checkpoint saves it, and `Model.resetStates` clears it.
public final class LayerState: Sendable {
    private let stored = Locked<Tensor?>(nil)

    public init() {}

    /// The state; nil before the first batch and after a reset.
    public var value: Tensor? {
        get { stored.withLock { $0 } }
        set { stored.withLock { $0 = newValue } }
    }
}
