/// A value whose state is saved in checkpoints: `Stateful` for values. The default state is empty.
public protocol ResumableValue {
    /// The state that `restore` needs to make a value with the same arguments equal to this one.
    var state: StateTree { get }

    /// Restores a saved state.
    ///
    /// - Throws: `CognitronError` where the state is of another value.
    mutating func restore(_ state: StateTree) throws
}

extension ResumableValue {
    public var state: StateTree { [:] }
    public mutating func restore(_ state: StateTree) throws {}
}
