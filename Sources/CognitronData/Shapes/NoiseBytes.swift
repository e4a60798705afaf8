import CognitronKernels

/// Random numbers in −1…1 of one byte each: enough for noise, at a quarter of the cost.
struct NoiseBytes {
    private let philox: Philox
    private var position: UInt64 = 0
    private var block = SIMD16<UInt8>()
    private var left = 0

    init(_ philox: Philox) { self.philox = philox }

    mutating func next() -> Float {
        if left == 0 {
            block = unsafeBitCast(philox.block(position), to: SIMD16<UInt8>.self)
            position += 1
            left = 16
        }
        left -= 1
        return Float(block[left]) / 127.5 - 1
    }
}
