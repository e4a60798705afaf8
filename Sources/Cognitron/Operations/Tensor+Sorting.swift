import CognitronKernels

// Order along an axis. NaN counts as larger than every number, as in PyTorch: it comes last in ascending
// order and first in descending. Equal elements keep their order. Indices are whole numbers in `Float`, exact
// up to 2²⁴.

extension Tensor {
    /// The `k` largest elements along an axis, largest first, and where they were (TensorFlow's and PyTorch's
    /// `topk`).
    ///
    ///     ([3, 9, 5] as Tensor).topK(2)            // values [9, 5], indices [1, 2]
    ///
    /// - Parameter k: from 0 to the axis's size; the axis has this size in the results.
    public func topK(_ k: Int, axis: Int = -1) -> (values: Tensor, indices: Tensor) {
        let axis = shape.resolve(axis)
        require(
            (0...shape[axis]).contains(k), "the \(k) largest along axis \(axis) of a tensor of shape \(shape)"
        )
        var values = Tensor(uninitialized: shape.replacing(axis, with: k))
        var indices = Tensor(uninitialized: values.shape)
        Sorting.sort(
            pointer, geometry(axis), first: k, descending: true, values: values.mutablePointer,
            indices: indices.mutablePointer)
        withExtendedLifetime((self, values, indices)) {}
        return (values, indices)
    }

    /// The elements in order along an axis.
    public func sorted(axis: Int = -1, descending: Bool = false) -> Tensor {
        let axis = shape.resolve(axis)
        var values = Tensor(uninitialized: shape)
        Sorting.sort(
            pointer, geometry(axis), first: shape[axis], descending: descending,
            values: values.mutablePointer, indices: nil)
        withExtendedLifetime((self, values)) {}
        return values
    }

    /// Where the elements of `sorted(axis:descending:)` come from along the axis.
    public func argsorted(axis: Int = -1, descending: Bool = false) -> Tensor {
        let axis = shape.resolve(axis)
        var indices = Tensor(uninitialized: shape)
        Sorting.sort(
            pointer, geometry(axis), first: shape[axis], descending: descending, values: nil,
            indices: indices.mutablePointer)
        withExtendedLifetime((self, indices)) {}
        return indices
    }

    /// The number that a share of the elements do not exceed: at place share · (count − 1) of the sorted
    /// elements, between two of them on the line that joins them. NaN counts as the largest.
    ///
    ///     ([1, 2, 3, 6] as Tensor).quantile(0.5)   // 2.5
    ///
    /// - Parameter share: from 0, the smallest element, to 1, the largest; the tensor has elements.
    /// - Source: NumPy `quantile`.
    public func quantile(_ share: Double) -> Float {
        require((0...1).contains(share) && count > 0, "the \(share) quantile of \(count) elements")
        let ordered = reshaped([count]).sorted().scalars
        let place = share * Double(count - 1)
        let (low, rest) = (Int(place), Float(place - place.rounded(.down)))
        guard rest > 0 else { return ordered[low] }
        return ordered[low] + rest * (ordered[low + 1] - ordered[low])
    }
}
