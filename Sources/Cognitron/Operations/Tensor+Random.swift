import CognitronKernels

// Tensors of random numbers. The same key gives the same numbers.

extension Tensor {
    /// Numbers evenly spread over `range`, its end left out; where the range is empty, its lower bound.
    public static func randomUniform(_ shape: Shape, in range: Range<Float> = 0..<1, key: RandomKey) -> Tensor
    {
        if range.isEmpty { return Tensor(repeating: range.lowerBound, shape: shape) }
        var result = Tensor(uninitialized: shape)
        key.philox.fillUniform(
            result.mutablePointer, count: result.count, low: range.lowerBound, high: range.upperBound)
        return result
    }

    /// Normally distributed numbers.
    public static func randomNormal(
        _ shape: Shape, mean: Float = 0, standardDeviation: Float = 1, key: RandomKey
    ) -> Tensor {
        var result = Tensor(uninitialized: shape)
        key.philox.fillNormal(
            result.mutablePointer, count: result.count, mean: mean, deviation: standardDeviation)
        return result
    }

    /// Normally distributed numbers, those further than two standard deviations from the mean drawn again.
    public static func randomTruncatedNormal(
        _ shape: Shape, mean: Float = 0, standardDeviation: Float = 1, key: RandomKey
    ) -> Tensor {
        var result = Tensor(uninitialized: shape)
        key.philox.fillTruncatedNormal(
            result.mutablePointer, count: result.count, mean: mean, deviation: standardDeviation)
        return result
    }

    public static func randomUniform(_ shape: Shape, in range: Range<Float> = 0..<1, seed: UInt64) -> Tensor {
        randomUniform(shape, in: range, key: RandomKey(seed: seed))
    }

    public static func randomNormal(
        _ shape: Shape, mean: Float = 0, standardDeviation: Float = 1, seed: UInt64
    ) -> Tensor {
        randomNormal(shape, mean: mean, standardDeviation: standardDeviation, key: RandomKey(seed: seed))
    }

    public static func randomTruncatedNormal(
        _ shape: Shape, mean: Float = 0, standardDeviation: Float = 1, seed: UInt64
    ) -> Tensor {
        randomTruncatedNormal(
            shape, mean: mean, standardDeviation: standardDeviation, key: RandomKey(seed: seed))
    }
}
