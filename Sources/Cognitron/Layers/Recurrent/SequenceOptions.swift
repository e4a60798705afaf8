/// How a recurrent layer goes through a sequence, and what it gives.
public struct SequenceOptions: Hashable, Sendable, Codable {
    /// Whether the output of every step is given instead of the last one.
    public var returnSequences = false
    /// Whether the states after the last step are further outputs.
    public var returnState = false
    /// Whether the last time step is taken first. The outputs then have the order of the steps.
    public var goBackwards = false
    /// Whether a batch starts with the states of the one before.
    public var stateful = false
    /// Whether the output of a masked step is zero instead of the output before.
    public var zeroOutputForMask = false

    /// By default the last output alone, from the first time step on.
    public init(
        returnSequences: Bool = false, returnState: Bool = false, goBackwards: Bool = false,
        stateful: Bool = false, zeroOutputForMask: Bool = false
    ) {
        self.returnSequences = returnSequences
        self.returnState = returnState
        self.goBackwards = goBackwards
        self.stateful = stateful
        self.zeroOutputForMask = zeroOutputForMask
    }
}
