import CognitronKernels

// The kernels' geometries of a window. Sequences are images with one row, volumes are stacks of planes.

extension Window {
    /// The convolution of a batch of sequences (N, L, C) or images (N, H, W, C), or of one plane of each
    /// volume (N, D, H, W, C).
    func convolution(_ input: Shape, filters: Int, groups: Int = 1) -> ConvolutionGeometry {
        ConvolutionGeometry(
            batch: input[0], input: input.planeSize(rank: rank), kernel: (size.height, size.width),
            filters: filters,
            strides: (strides.height, strides.width), dilation: (dilationRate.height, dilationRate.width),
            padding: border(input), groups: groups)
    }

    /// The convolution of a batch of volumes (N, D, H, W, C).
    func volumeConvolution(_ input: Shape, filters: Int, groups: Int = 1) -> VolumeGeometry {
        let (front, back) = margins(0, input[1])
        return VolumeGeometry(
            plane: convolution(input, filters: filters, groups: groups), depth: input[1],
            kernelDepth: size.depth, stride: strides.depth, dilation: dilationRate.depth,
            padding: (front, back))
    }

    /// The pooling of a batch of sequences (N, L, C) or images (N, H, W, C), or of one plane of each volume
    /// (N, D, H, W, C).
    func pooling(_ input: Shape) -> PoolingGeometry {
        PoolingGeometry(
            batch: input[0], input: input.planeSize(rank: rank), pool: (size.height, size.width),
            strides: (strides.height, strides.width), padding: border(input))
    }

    /// The pooling of a batch of volumes (N, D, H, W, C).
    func volumePooling(_ input: Shape) -> VolumePooling {
        let (front, back) = margins(0, input[1])
        return VolumePooling(
            plane: pooling(input), depth: input[1], poolDepth: size.depth, stride: strides.depth,
            padding: (front, back))
    }

    /// The pooling of a batch of sequences, images or volumes.
    func windowPooling(_ input: Shape) -> any WindowPooling {
        rank == 3 ? volumePooling(input) : pooling(input)
    }

    private func border(_ input: Shape) -> Border {
        Border(
            rows: rank == 1 ? (0, 0) : margins(rank - 2, input[rank - 1]),
            columns: margins(rank - 1, input[rank]))
    }
}

extension Shape {
    /// The last two axes and the channels of a batch with `rank` axes between batch and channels; a sequence
    /// has one row.
    func planeSize(rank: Int) -> ImageSize {
        ImageSize(rank == 1 ? 1 : self[rank - 1], self[rank], channels: self[rank + 1])
    }
}
