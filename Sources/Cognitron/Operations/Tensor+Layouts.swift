import CognitronKernels

// From Keras's layout, which is Cognitron's, to PyTorch's, and back.

extension Tensor {
    /// (N, C, H, W) of images (N, H, W, C); likewise with any number of axes between N and C.
    public var channelsFirst: Tensor {
        require(rank >= 2, "channelsFirst of a tensor of shape \(shape); expected (N, …, C)")
        return permuted([0, rank - 1] + (1..<rank - 1))
    }

    /// (N, H, W, C) of images (N, C, H, W).
    public var channelsLast: Tensor {
        require(rank >= 2, "channelsLast of a tensor of shape \(shape); expected (N, C, …)")
        return permuted([0] + (2..<rank) + [1])
    }

    /// (OC, C, FH, FW) of filters (FH, FW, C, OC); likewise with any number of axes before C.
    public var filtersFirst: Tensor {
        require(rank >= 2, "filtersFirst of a tensor of shape \(shape); expected (…, C, OC)")
        return permuted([rank - 1, rank - 2] + (0..<rank - 2))
    }

    /// (FH, FW, C, OC) of filters (OC, C, FH, FW).
    public var filtersLast: Tensor {
        require(rank >= 2, "filtersLast of a tensor of shape \(shape); expected (OC, C, …)")
        return permuted(Array(2..<rank) + [1, 0])
    }
}
