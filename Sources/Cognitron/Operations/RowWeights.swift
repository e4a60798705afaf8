// Weights and masks of samples or rows, of which either may have fewer axes.

extension Tensor {
    /// Weights of samples `(N)` or rows `(N, T)` for values of this shape: repeated along the axes that they
    /// lack.
    func spread(over shape: Shape) -> Tensor {
        guard self.shape != shape, rank < shape.rank else { return self }
        return Tensor.ones(shape) * withAxes(shape.rank)
    }

    /// With axes of size 1 at the end, so that it multiplies a tensor of that many axes.
    func withAxes(_ count: Int) -> Tensor {
        rank < count ? reshaped(Shape(Array(shape) + Array(repeating: 1, count: count - rank))) : self
    }

    /// The product with other weights or masks.
    func weighted(by other: Tensor?) -> Tensor {
        guard let other else { return self }
        return withAxes(other.rank) * other.withAxes(rank)
    }
}

extension Tensor {
    /// The axis goes last; the others keep their order.
    func movingAxisToEnd(_ axis: Int) -> Tensor {
        let axis = shape.resolve(axis)
        guard axis != rank - 1 else { return self }
        return permuted((0..<rank).filter { $0 != axis } + [axis])
    }

    /// The last axis goes to `axis`: undoes `movingAxisToEnd`.
    func movingEnd(toAxis axis: Int) -> Tensor {
        let axis = axis < 0 ? axis + rank : axis
        guard axis != rank - 1 else { return self }
        var order = Array(0..<rank - 1)
        order.insert(rank - 1, at: axis)
        return permuted(order)
    }
}
