import CognitronKernels

// Broadcasting's adjoint, and a rectifier whose slopes are broadcast.

extension Tensor {
    /// The sum over what broadcasting repeated: the gradient of a tensor of shape `target` from that of its
    /// broadcast, self.
    func sum(to target: Shape) -> Tensor {
        guard shape != target else { return self }
        let missing = rank - target.rank
        let axes = shape.indices.filter { $0 < missing || target[$0 - missing] == 1 && shape[$0] != 1 }
        return sum(axes: Array(axes), keepingDimensions: true).reshaped(target)
    }

    /// The same elements with axes of size 1 after the batch's, so that there are `rank` axes.
    func aligned(rank: Int) -> Tensor {
        guard self.rank < rank, let batch = shape.first else { return self }
        let ones = [Int](repeating: 1, count: rank - self.rank)
        return reshaped(Shape([batch] + ones + Array(shape.sample)))
    }

    /// y = x > 0 ? x : slope · x, with self as x; the slope is broadcast.
    func rectified(slope: Tensor) -> Tensor { Self.combined(self, slope, .rectify) }

    /// dy/dx of `rectified`: x > 0 ? 1 : slope.
    func rectifierSlope(_ slope: Tensor) -> Tensor { Self.combined(self, slope, .rectifierSlope) }
}
