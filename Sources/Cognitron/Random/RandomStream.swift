import Synchronization

/// The random numbers of a layer: a key from the model's seed, and the number of draws.
public final class RandomStream: Sendable {
    struct State: Hashable {
        var key: RandomKey?
        var round = 0
    }

    private let state = Mutex(State())

    public init() {}

    func assign(_ key: RandomKey) { current = State(key: key) }

    /// Sets the key of a stream that has none: nothing was assigned or drawn.
    func assignIfUnused(_ key: RandomKey) {
        state.withLock { if $0.key == nil { $0.key = key } }
    }

    /// The state, to be saved and restored.
    var current: State {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }

    /// The key for the next draw; every call returns another one.
    public func next() -> RandomKey {
        state.withLock {
            // Layers outside a compiled model have no key.
            let base = $0.key ?? RandomKey.system()
            $0.key = base
            $0.round += 1
            return base.folding($0.round)
        }
    }
}

extension RandomKey {
    /// A key from the system's random numbers, which differs in every run.
    static func system() -> RandomKey { RandomKey(seed: .random(in: .min ... .max)) }
}
