import CognitronKernels

extension Tensor {
    /// The elements, each set to zero with probability `rate`, the others scaled by 1 / (1 − rate). In place
    /// where the storage is not shared.
    ///
    /// The mask is a function of the key and an element's position: applied to dy, the same key gives dx.
    ///
    /// - Parameter rate: from 0 to below 1.
    consuming func dropped(rate: Float, key: RandomKey) -> Tensor {
        let count = self.count
        return overwritten { x, y in
            DropoutKernel.apply(key.philox, round: 0, rate: rate, x, into: y, count: count)
        }
    }
}
