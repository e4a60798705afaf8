import CognitronKernels

// Transposed convolutions. Each is the gradient, with respect to its input, of a convolution with the same
// window: that convolution takes the transposed one's output to its input.

extension Window {
    /// The size of a transposed convolution's output along an axis with `input` pixels.
    ///
    ///     .valid: (input − 1) · stride + span + outputPadding       (default max(span, stride) − span)
    ///     .same: (input − 1) · stride + span mod 2 + outputPadding  (default: input · stride in all)
    ///     .explicit: (input − 1) · stride + span − before − after + outputPadding    (default 0)
    ///
    /// - Source: Keras `compute_conv_transpose_output_shape`; for explicit padding, PyTorch
    ///   `ConvTranspose2d`.
    func transposedSize(_ axis: Int, _ input: Int, outputPadding: Int? = nil) -> Int {
        let (stride, span) = (strides.axes[axis], span(axis))
        let inner = (input - 1) * stride
        switch padding {
        case .valid, .causal: return inner + span + (outputPadding ?? max(span, stride) - span)
        case .same: return outputPadding.map { inner + span % 2 + $0 } ?? input * stride
        case .explicit, .margins:
            let (before, after) = margins(axis, input)
            return inner + span - before - after + (outputPadding ?? 0)
        }
    }

    /// The output's sizes for an input's, first axis first.
    func transposedSizes(_ input: [Int], outputPadding: WindowSize? = nil) -> [Int] {
        input.indices.map { transposedSize($0, input[$0], outputPadding: outputPadding?.axes[$0]) }
    }

    /// What is cut off before and after all pixels that windows reach, (input − 1) · stride + span of them;
    /// negative where zeros are added. It is the padding of the convolution that goes back.
    func transposedMargins(
        _ axis: Int, _ input: Int, outputPadding: Int? = nil
    ) -> (before: Int, after: Int) {
        let reached = (input - 1) * strides.axes[axis] + span(axis)
        let cut = reached - transposedSize(axis, input, outputPadding: outputPadding)
        let before =
            switch padding {
            case .valid, .causal: 0
            case .same: max(0, cut) / 2
            case .explicit, .margins: margins(axis, input).before
            }
        return (before, cut - before)
    }

    /// The convolution whose data gradient is the transposed convolution of sequences (N, L, C) or images (N,
    /// H, W, C), or of one plane of each volume (N, D, H, W, C).
    ///
    /// Its `filters` are the input's channels and its channels the output's, so a kernel (KH, KW, filters, C)
    /// is its weights as it lies. Output = its data gradient; of the way back, the input's gradient = it,
    /// forwards; the kernel's = its weight gradient of the output's gradient (as x) and the input (as dy).
    ///
    /// - Parameter filters: the channels of the output.
    func transposedConvolution(
        _ input: Shape, filters: Int, outputPadding: WindowSize? = nil
    ) -> ConvolutionGeometry {
        let rows = rank == 1 ? nil : transposedAxis(rank - 2, input, outputPadding)
        let columns = transposedAxis(rank - 1, input, outputPadding)
        return ConvolutionGeometry(
            batch: input[0], input: ImageSize(rows?.size ?? 1, columns.size, channels: filters),
            kernel: (size.height, size.width), filters: input[rank + 1],
            strides: (strides.height, strides.width), dilation: (dilationRate.height, dilationRate.width),
            padding: Border(rows: rows?.margins ?? (0, 0), columns: columns.margins))
    }

    /// The same for volumes (N, D, H, W, C).
    func transposedVolumeConvolution(
        _ input: Shape, filters: Int, outputPadding: WindowSize? = nil
    ) -> VolumeGeometry {
        let depth = transposedAxis(0, input, outputPadding)
        return VolumeGeometry(
            plane: transposedConvolution(input, filters: filters, outputPadding: outputPadding),
            depth: depth.size, kernelDepth: size.depth, stride: strides.depth, dilation: dilationRate.depth,
            padding: (depth.margins.before, depth.margins.after))
    }

    /// - Parameter input: of a batch.
    private func transposedAxis(
        _ axis: Int, _ input: Shape, _ outputPadding: WindowSize?
    ) -> (size: Int, margins: (before: Int, after: Int)) {
        (
            transposedSize(axis, input[axis + 1], outputPadding: outputPadding?.axes[axis]),
            transposedMargins(axis, input[axis + 1], outputPadding: outputPadding?.axes[axis])
        )
    }

    /// Throws unless the arguments of a transposed convolution make sense and its output has a size.
    ///
    /// - Parameter input: one sample, with `rank` axes and then its channels.
    func checkTransposed(_ input: Shape, outputPadding: WindowSize? = nil, _ context: BuildContext) throws {
        try checkArguments(context)
        if let margins = padding.explicitMargins { try context.require("padding", margins, rank: rank) }
        guard padding != .causal else {
            throw context.error(
                .argument, "invalid padding of a transposed convolution",
                expected: ".valid, .same or .explicit(…)", got: ".causal")
        }
        if let outputPadding {
            try context.require("outputPadding", outputPadding, rank: rank, atLeast: 0)
            guard zip(outputPadding.axes, strides.axes).allSatisfy({ $0 < $1 }) else {
                throw context.error(
                    .argument, "invalid outputPadding", expected: "less than the strides \(strides)",
                    got: "\(outputPadding)")
            }
        }
        let sizes = transposedSizes((0..<rank).map { input[$0] }, outputPadding: outputPadding)
        guard sizes.allSatisfy({ $0 > 0 }) else {
            throw context.error(
                .shape, "its output has no pixels", expected: "sizes of at least 1",
                got: sizes.map(String.init).joined(separator: "×"),
                advice: "use less padding, more outputPadding or a larger kernel")
        }
    }
}
