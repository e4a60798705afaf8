// NumPy's `RandomState(seed).shuffle`, for splits with the same samples as Keras's loaders.

/// The Mersenne Twister MT19937 as NumPy seeds it with a whole number.
///
/// - Source: M. Matsumoto, T. Nishimura, "Mersenne Twister" (1998); numpy/random/src/mt19937.
struct MersenneTwister {
    private var state: [UInt32]
    private var next = Self.size

    private static let size = 624
    private static let offset = 397

    init(seed: UInt32) {
        state = [seed]
        for i in 1..<Self.size {
            let last = state[i - 1]
            state.append(1_812_433_253 &* (last ^ (last >> 30)) &+ UInt32(i))
        }
    }

    mutating func word() -> UInt32 {
        if next == Self.size { refill() }
        var y = state[next]
        next += 1
        y ^= y >> 11
        y ^= (y << 7) & 0x9D2C_5680
        y ^= (y << 15) & 0xEFC6_0000
        return y ^ (y >> 18)
    }

    private mutating func refill() {
        for i in 0..<Self.size {
            let y = (state[i] & 0x8000_0000) | (state[(i + 1) % Self.size] & 0x7FFF_FFFF)
            state[i] = state[(i + Self.offset) % Self.size] ^ (y >> 1) ^ (y & 1 == 1 ? 0x9908_B0DF : 0)
        }
        next = 0
    }

    /// A whole number from 0 to `largest`: the first draw, cut to as many bits, that is not above it.
    mutating func draw(upTo largest: UInt32) -> UInt32 {
        let mask = largest == 0 ? 0 : UInt32.max >> largest.leadingZeroBitCount
        while true {
            let value = word() & mask
            if value <= largest { return value }
        }
    }

    /// 0 to `count` − 1 in random order, as `shuffle` leaves `np.arange(count)`.
    mutating func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        for i in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(i, Int(draw(upTo: UInt32(i))))
        }
        return order
    }
}
