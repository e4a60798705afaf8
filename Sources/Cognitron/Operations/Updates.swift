import CognitronKernels

// The steps of optimizers: each changes the parameter that it is called on, and the slots, in place.

/// An array that an optimizer keeps beside a parameter, held by reference so that one step can write several
/// of them.
final class Slot {
    var value: Tensor

    init(_ value: Tensor) { self.value = value }

    /// An array with storage of its own, so that writing to it or to `value` copies nothing later.
    init(copying value: Tensor) {
        self.value = value
        _ = self.value.mutablePointer
    }

    fileprivate var pointer: UnsafeMutablePointer<Float> { value.mutablePointer }
}

extension Tensor {
    /// Moves every element towards `other`'s: a ← a + share · (other − a).
    mutating func blend(toward other: Tensor, share: Float) {
        UpdateKernels.blend(mutablePointer, toward: other.pointer, share: share, count: count)
        withExtendedLifetime(other) {}
    }

    /// a ← a − factor · other
    mutating func subtract(_ other: Tensor, times factor: Float) {
        UpdateKernels.subtract(other.pointer, times: factor, from: mutablePointer, count: count)
        withExtendedLifetime(other) {}
    }

    /// One step of `SGD`; `velocity` is nil without momentum.
    mutating func take(_ step: UpdateKernels.SGDStep, _ gradient: Tensor, velocity: Slot?) {
        UpdateKernels.apply(
            step, to: mutablePointer, gradient: gradient.pointer, velocity: velocity?.pointer, count: count)
        withExtendedLifetime((gradient, velocity)) {}
    }

    /// One step of `Adam`; `largestSquare` is nil without AMSGrad.
    mutating func take(
        _ step: UpdateKernels.AdamStep, _ gradient: Tensor, mean: Slot, square: Slot,
        largestSquare: Slot? = nil
    ) {
        UpdateKernels.apply(
            step, to: mutablePointer, gradient: gradient.pointer, mean: mean.pointer, square: square.pointer,
            largestSquare: largestSquare?.pointer, count: count)
        withExtendedLifetime((gradient, mean, square, largestSquare)) {}
    }

    /// One step of `RMSprop`; `mean` is nil unless it is centred, `velocity` without momentum.
    mutating func take(
        _ step: UpdateKernels.RMSpropStep, _ gradient: Tensor, square: Slot, mean: Slot?, velocity: Slot?
    ) {
        UpdateKernels.apply(
            step, to: mutablePointer, gradient: gradient.pointer, square: square.pointer, mean: mean?.pointer,
            velocity: velocity?.pointer, count: count)
        withExtendedLifetime((gradient, square, mean, velocity)) {}
    }

    /// One step of `Muon`, with all axes but the last taken as the rows of a matrix.
    mutating func take(_ step: UpdateKernels.MuonStep, _ gradient: Tensor, velocity: Slot) {
        let columns = shape.last ?? 1
        UpdateKernels.apply(
            step, to: mutablePointer, gradient: gradient.pointer, velocity: velocity.pointer,
            rows: count / Swift.max(1, columns), columns: columns)
        withExtendedLifetime((gradient, velocity)) {}
    }

    /// One step of `Adagrad`.
    mutating func take(_ step: UpdateKernels.AdagradStep, _ gradient: Tensor, accumulator: Slot) {
        UpdateKernels.apply(
            step, to: mutablePointer, gradient: gradient.pointer, accumulator: accumulator.pointer,
            count: count)
        withExtendedLifetime((gradient, accumulator)) {}
    }

    /// One step of `Adadelta`.
    mutating func take(
        _ step: UpdateKernels.AdadeltaStep, _ gradient: Tensor, square: Slot, stepSquare: Slot
    ) {
        UpdateKernels.apply(
            step, to: mutablePointer, gradient: gradient.pointer, square: square.pointer,
            stepSquare: stepSquare.pointer, count: count)
        withExtendedLifetime((gradient, square, stepSquare)) {}
    }

    /// One step of `Adamax`.
    mutating func take(_ step: UpdateKernels.AdamaxStep, _ gradient: Tensor, mean: Slot, largest: Slot) {
        UpdateKernels.apply(
            step, to: mutablePointer, gradient: gradient.pointer, mean: mean.pointer,
            largest: largest.pointer, count: count)
        withExtendedLifetime((gradient, mean, largest)) {}
    }

    /// One step of `Nadam`.
    mutating func take(_ step: UpdateKernels.NadamStep, _ gradient: Tensor, mean: Slot, square: Slot) {
        UpdateKernels.apply(
            step, to: mutablePointer, gradient: gradient.pointer, mean: mean.pointer, square: square.pointer,
            count: count)
        withExtendedLifetime((gradient, mean, square)) {}
    }

    /// One step of `Lion`.
    mutating func take(_ step: UpdateKernels.LionStep, _ gradient: Tensor, mean: Slot) {
        UpdateKernels.apply(
            step, to: mutablePointer, gradient: gradient.pointer, mean: mean.pointer, count: count)
        withExtendedLifetime((gradient, mean)) {}
    }

    /// The direction of a step of `Lamb`; the parameter itself only decays.
    mutating func direction(_ step: UpdateKernels.LambStep, _ gradient: Tensor, mean: Slot, square: Slot)
        -> Tensor
    {
        var direction = Tensor(uninitialized: shape)
        UpdateKernels.apply(
            step, to: mutablePointer, gradient: gradient.pointer, mean: mean.pointer, square: square.pointer,
            direction: direction.mutablePointer, count: count)
        withExtendedLifetime((gradient, mean, square)) {}
        return direction
    }

    /// One step of `ScheduleFreeAdamW`.
    mutating func take(
        _ step: UpdateKernels.ScheduleFreeAdamWStep, _ gradient: Tensor, iterate: Slot, square: Slot
    ) {
        UpdateKernels.apply(
            step, to: mutablePointer, gradient: gradient.pointer, iterate: iterate.pointer,
            square: square.pointer, count: count)
        withExtendedLifetime((gradient, iterate, square)) {}
    }
}
