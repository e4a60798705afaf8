/// A value whose state a checkpoint keeps: what `Stateful` is for objects. By default there is nothing to
/// keep.
public protocol ResumableValue {
    /// What `restore` needs to bring a value made with the same arguments to where this one is.
    var state: StateTree { get }

    /// Takes over a saved state.
    ///
    /// - Throws: `CognitronError` where the state is not one of such a value.
    mutating func restore(_ state: StateTree) throws
}

extension ResumableValue {
    public var state: StateTree { [:] }
    public mutating func restore(_ state: StateTree) throws {}
}
