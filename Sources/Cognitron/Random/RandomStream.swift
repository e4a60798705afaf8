import Synchronization

/// A layer's own source of random numbers: a key from the model's seed and a count of the draws so far.
public final class RandomStream: Sendable {
    struct State: Hashable {
        var key: RandomKey?
        var round = 0
    }

    private let state = Mutex(State())

    public init() {}

    func assign(_ key: RandomKey) { current = State(key: key) }

    /// The same where nobody has drawn from the stream or told it a key.
    func assignIfUnused(_ key: RandomKey) {
        state.withLock { if $0.key == nil { $0.key = key } }
    }

    /// How far the stream has come, for whoever wants to take it back there.
    var current: State {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }

    /// The key for the next draw. Each call gives another one.
    public func next() -> RandomKey {
        state.withLock {
            let base = $0.key ?? RandomKey.system()
            $0.key = base
            $0.round += 1
            return base.folding($0.round)
        }
    }
}

extension RandomKey {
    /// A key nobody can repeat.
    static func system() -> RandomKey { RandomKey(seed: .random(in: .min ... .max)) }
}
