import Synchronization

/// Numbers that a layer carries from one batch to the next, such as the state of a stateful recurrent layer.
///
/// A layer keeps them in a stored property and lists them in `states`. A training step that fails puts them
/// back, a checkpoint saves them, and `Model.resetStates` empties them.
public final class LayerState: Sendable {
    private let stored = Mutex<Tensor?>(nil)

    public init() {}

    /// The numbers; nil before the first batch and after a reset.
    public var value: Tensor? {
        get { stored.withLock { $0 } }
        set { stored.withLock { $0 = newValue } }
    }
}
