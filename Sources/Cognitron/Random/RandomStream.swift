import CognitronKernels

/// The random numbers of a layer: a key, from the model's seed unless the stream has its own, and the number
/// of draws.
public final class RandomStream: Sendable {
    struct State: Hashable {
        var key: RandomKey?
        var round = 0
    }

    private let state = Locked(State())
    private let ownShard = Locked(0)

    /// The key of a seed given to the layer; nil for the model's.
    private let ownKey: RandomKey?

    /// - Parameter seed: whose numbers the stream draws, whatever the model's seed is.
    public init(seed: UInt64? = nil) { ownKey = seed.map { RandomKey(seed: $0) } }

    func assign(_ key: RandomKey) { current = State(key: ownKey ?? key) }

    /// Sets the key of a stream that has none: nothing was assigned or drawn.
    func assignIfUnused(_ key: RandomKey) {
        state.withLock { if $0.key == nil { $0.key = ownKey ?? key } }
    }

    /// The part of a batch that the layers run on, where several ranks train: each draws other numbers. Not
    /// part of the saved state, which all ranks have in common.
    var shard: Int {
        get { ownShard.withLock { $0 } }
        set { ownShard.withLock { $0 = newValue } }
    }

    /// The state, to be saved and restored.
    var current: State {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }

    /// The key for the next draw; every call returns another one.
    public func next() -> RandomKey {
        let key = state.withLock {
            // Layers outside a compiled model have no key.
            let base = $0.key ?? ownKey ?? RandomKey.system()
            $0.key = base
            $0.round += 1
            return base.folding($0.round)
        }
        let shard = shard
        return shard == 0 ? key : key.folding("shard").folding(shard)
    }
}

extension RandomKey {
    /// A key from the system's random numbers, which differs in every run.
    static func system() -> RandomKey { RandomKey(seed: .random(in: .min ... .max)) }
}
