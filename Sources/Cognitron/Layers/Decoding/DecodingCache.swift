import CognitronKernels

/// What the layers of a model keep from one step of a `Decoding` to the next.
///
/// A layer takes the next slot in every pass. A graph runs its layers in a fixed order, so that a layer gets
/// the same slot each time, and one for each of its uses.
final class DecodingCache: Sendable {
    /// The number of steps before those of this pass.
    let stepsTaken: Int
    private let state: Locked<(slots: [DecodingSlot], next: Int)>

    init(stepsTaken: Int, slots: consuming [DecodingSlot]) {
        self.stepsTaken = stepsTaken
        state = Locked((slots, 0))
    }

    /// Removes the slots, whose tensors then have no other owner.
    func takeSlots() -> [DecodingSlot] {
        state.withLock { state in
            let slots = state.slots
            state.slots = []
            return slots
        }
    }

    /// Calls `body` with the next slot, which is empty in the first pass.
    func withSlot<Result>(_ body: (inout DecodingSlot) -> Result) -> Result {
        var slot = DecodingSlot()
        let place = state.withLock { state in
            if state.next == state.slots.count { state.slots.append(DecodingSlot()) }
            swap(&slot, &state.slots[state.next])
            state.next += 1
            return state.next - 1
        }
        let result = body(&slot)
        state.withLock { swap(&slot, &$0.slots[place]) }
        return result
    }
}

/// What one use of a layer keeps. The samples are the first axis of every tensor.
struct DecodingSlot: Sendable {
    /// Sequences that grow with the steps taken: the keys and values of causal attention.
    var sequences: [StepBuffer] = []
    /// The steps of the sequences that count, once some do not.
    var mask: StepBuffer?
    /// The states of a recurrent layer.
    var states: [Tensor] = []
    /// What depends on the given inputs alone: the keys and values of cross-attention.
    var constants: [Tensor] = []

    /// Keeps the samples at these places, in this order.
    ///
    /// - Parameter keepsConstants: whether each is of the same given input as the one whose place it takes.
    mutating func select(_ rows: [Int], keepsConstants: Bool) {
        for index in sequences.indices { sequences[index].select(rows) }
        mask?.select(rows)
        states = states.map { $0.gathering(rows, axis: 0) }
        if !keepsConstants { constants = constants.map { $0.gathering(rows, axis: 0) } }
    }

    /// Appends steps to the sequences, one tensor (N, T, …) to each.
    mutating func append(_ steps: [Tensor]) {
        guard !sequences.isEmpty else { return sequences = steps.map(StepBuffer.init) }
        for (index, steps) in steps.enumerated() { sequences[index].append(steps) }
    }

    /// Appends the mask (N, T) of steps that are appended to the sequences; nil if all count.
    mutating func append(mask steps: Tensor?, batch: Int, count: Int) {
        guard steps != nil || mask != nil else { return }
        let known = sequences.first?.count ?? 0
        if mask == nil, known > 0 { mask = StepBuffer(.ones([batch, known])) }
        let steps = steps ?? .ones([batch, count])
        if mask == nil { mask = StepBuffer(steps) } else { mask?.append(steps) }
    }
}

extension Pass {
    /// The number of time steps that a `Decoding` has taken before those of this pass; 0 where whole
    /// sequences are run.
    public var stepsTaken: Int { decoding?.stepsTaken ?? 0 }

    /// Runs a recurrent layer from the states that it ended with in the last pass of a `Decoding`; else from
    /// its initial states.
    func continuing(_ initial: () -> [Tensor], _ run: (_ states: [Tensor]) -> SequenceRun) -> SequenceRun {
        guard let decoding else { return run(initial()) }
        return decoding.withSlot { slot in
            let result = run(slot.states.isEmpty ? initial() : slot.states)
            slot.states = result.states
            return result
        }
    }

    /// The same for a layer that goes through its steps itself.
    func continuing(from initial: [Tensor], _ run: (_ states: [Tensor]) -> [Tensor]) {
        guard let decoding else { return _ = run(initial) }
        decoding.withSlot { slot in slot.states = run(slot.states.isEmpty ? initial : slot.states) }
    }
}
