import CognitronKernels

// Running sums, variances and what is made of exponentials along axes. Negative axes count from the end.

extension Tensor {
    /// The running sum along an axis.
    ///
    ///     output[i] = Σ self[j] over j ≤ i         // j < i where exclusive, j ≥ i where reverse
    ///
    ///     ([1, 2, 3] as Tensor).cumulativeSum(axis: 0)     // [1, 3, 6]
    ///
    /// - Parameters:
    ///   - exclusive: whether each element leaves itself out, so that the first sum is 0.
    ///   - reverse: whether the sums run from the axis's end to its start.
    /// - Source: TensorFlow `cumsum`.
    public func cumulativeSum(axis: Int, exclusive: Bool = false, reverse: Bool = false) -> Tensor {
        scanned(.sum, axis, exclusive, reverse)
    }

    /// The running product along an axis, as `cumulativeSum`; where exclusive, the first product is 1.
    public func cumulativeProduct(axis: Int, exclusive: Bool = false, reverse: Bool = false) -> Tensor {
        scanned(.product, axis, exclusive, reverse)
    }

    /// The product along an axis, which vanishes from the shape; 1 where the axis has no elements.
    public func product(axis: Int) -> Tensor {
        let axis = shape.resolve(axis)
        guard shape[axis] > 0 else { return .ones(shape.removing([axis])) }
        return cumulativeProduct(axis: axis).slice(axis: axis, shape[axis] - 1)
    }

    /// The mean of the squared distances from the mean along `axes`, which vanish unless `keepingDimensions`.
    ///
    ///     variance = Σ (x − mean)² / n             // NumPy's var with ddof 0
    public func variance(axes: [Int], keepingDimensions: Bool = false) -> Tensor {
        (self - mean(axes: axes, keepingDimensions: true)).squared
            .mean(axes: axes, keepingDimensions: keepingDimensions)
    }

    public func variance(axis: Int, keepingDimensions: Bool = false) -> Tensor {
        variance(axes: [axis], keepingDimensions: keepingDimensions)
    }

    /// The square root of the variance.
    public func standardDeviation(axes: [Int], keepingDimensions: Bool = false) -> Tensor {
        variance(axes: axes, keepingDimensions: keepingDimensions).squareRoot
    }

    public func standardDeviation(axis: Int, keepingDimensions: Bool = false) -> Tensor {
        standardDeviation(axes: [axis], keepingDimensions: keepingDimensions)
    }

    /// Shares that sum to 1 along an axis, and cannot overflow.
    ///
    ///     softmax(x)[i] = e^(x[i] − max x) / Σ e^(x[j] − max x)
    public func softmax(axis: Int = -1) -> Tensor {
        let axis = shape.resolve(axis)
        guard axis == rank - 1 else {
            // The kernel works on rows: the axis goes last and comes back.
            var order = Array(0..<rank)
            order.swapAt(axis, rank - 1)
            return permuted(order).softmax(axis: -1).permuted(order)
        }
        let columns = shape[axis]
        var result = Tensor(uninitialized: shape)
        guard columns > 0 else { return result }
        SoftmaxKernel.forward(pointer, into: result.mutablePointer, rows: count / columns, columns: columns)
        withExtendedLifetime((self, result)) {}
        return result
    }

    /// ln Σ eˣ along an axis, which vanishes unless `keepingDimensions`; cannot overflow. The axis has
    /// elements.
    ///
    ///     logSumExp(x) = m + ln Σ e^(x − m), m = max x
    public func logSumExp(axis: Int, keepingDimensions: Bool = false) -> Tensor {
        // ±∞ less itself would be NaN: a largest element that is infinite is not subtracted.
        let largest = max(axis: axis, keepingDimensions: true).mapped {
            $0.replacing(with: 0, where: $0.magnitude .== .infinity)
        }
        let sum = (self - largest).mapped { $0.exponential }.sum(axis: axis, keepingDimensions: true)
        let result = sum.mapped { $0.logarithm } + largest
        return keepingDimensions ? result : result.reshaped(shape.removing([shape.resolve(axis)]))
    }

    private func scanned(_ operation: Scan.Operation, _ axis: Int, _ exclusive: Bool, _ reverse: Bool)
        -> Tensor
    {
        var result = Tensor(uninitialized: shape)
        Scan.apply(
            operation, pointer, into: result.mutablePointer, geometry(shape.resolve(axis)),
            exclusive: exclusive, reverse: reverse)
        withExtendedLifetime((self, result)) {}
        return result
    }
}
