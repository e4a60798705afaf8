import CognitronKernels

/// The key of a sequence of random numbers, derived from a seed and a purpose.
///
/// A number depends on the key and its position only, not on earlier draws or on threads: the same seed gives
/// the same weights, shuffles and dropout masks. Keys for different purposes are derived by folding:
///
///     let key = RandomKey(seed: 42).folding("shuffle").folding(epoch)
///     var generator = key.generator()
///     let order = (0..<n).shuffled(using: &generator)
///
/// - Source: Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3" (2011); `fold_in` of JAX.
public struct RandomKey: Hashable, Sendable {
    let bits: UInt64

    public init(seed: UInt64) { bits = Self.mix(seed) }
    init(bits: UInt64) { self.bits = bits }

    /// Derives a key from this one and a purpose.
    public func folding(_ name: String) -> RandomKey {
        // FNV-1a, since Swift's hashes differ in every run.
        let hash = name.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return RandomKey(bits: Self.mix(bits ^ Self.mix(hash)))
    }

    /// Derives a key from this one and a number.
    public func folding(_ number: Int) -> RandomKey {
        RandomKey(bits: Self.mix(bits &+ 0x9E37_79B9_7F4A_7C15 &* (UInt64(bitPattern: Int64(number)) &+ 1)))
    }

    /// A generator for Swift's own random functions (`Float.random(in:using:)`, `shuffled(using:)` …).
    public func generator() -> RandomGenerator { RandomGenerator(self) }

    package var philox: Philox { Philox(key: bits) }

    /// SplitMix64's finaliser: every input bit reaches every output bit.
    private static func mix(_ x: UInt64) -> UInt64 {
        var z = x &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// The random numbers of a key in order, for Swift's own random functions.
public struct RandomGenerator: RandomNumberGenerator, Sendable {
    private let philox: Philox
    private var position: UInt64 = 0
    /// The block before `position`, of which the words from `nextWord` on are unused.
    private var block = SIMD4<UInt32>()
    private var nextWord = 4

    init(_ key: RandomKey) { philox = key.philox }

    public mutating func next() -> UInt64 {
        let high = UInt64(word())
        return high << 32 | UInt64(word())
    }

    /// A uniform number from [low, high); rounding may give `high`. Uses half as many random bits as `next`.
    package mutating func uniform(_ low: Float, _ high: Float) -> Float {
        low + (high - low) * Philox.uniform(word())
    }

    private mutating func word() -> UInt32 {
        if nextWord == 4 {
            block = philox.block(position)
            position += 1
            nextWord = 0
        }
        defer { nextWord += 1 }
        return block[nextWord]
    }
}
