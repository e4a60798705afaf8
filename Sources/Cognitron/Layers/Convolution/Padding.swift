import CognitronKernels

/// What a convolution or pooling finds beyond the edges of its image.
public enum Padding: Hashable, Sendable, Codable {
    /// Nothing: windows stay on the image.
    case valid
    /// As much as makes the output ⌈size / stride⌉ large. An odd pixel goes at the end, as in Keras (PyTorch has no
    /// such rule).
    case same
    /// This many pixels on every side, as in PyTorch.
    case explicit(Int)

    /// The pixels before and after an axis of `size`.
    func amounts(_ size: Int, _ kernel: Int, _ stride: Int, _ dilation: Int) -> (before: Int, after: Int) {
        switch self {
        case .valid: (0, 0)
        case .same: ConvolutionGeometry.samePadding(size, kernel, stride, dilation)
        case .explicit(let amount): (amount, amount)
        }
    }
}

extension Padding {
    /// The sizes of a convolution of images (N, H, W, C) with this padding.
    func geometry(
        _ input: Shape, _ kernel: Size2D, filters: Int, strides: Size2D, dilation: Size2D, groups: Int
    ) -> ConvolutionGeometry {
        let vertical = amounts(input[1], kernel.height, strides.height, dilation.height)
        let horizontal = amounts(input[2], kernel.width, strides.width, dilation.width)
        return ConvolutionGeometry(
            batch: input[0], input: (input[1], input[2], input[3]), kernel: (kernel.height, kernel.width),
            filters: filters, strides: (strides.height, strides.width),
            dilation: (dilation.height, dilation.width),
            padding: (vertical.before, horizontal.before, vertical.after, horizontal.after), groups: groups)
    }
}

extension BuildContext {
    /// Throws unless the padding is at least 0 and a window of `kernel` finds a place on the padded input.
    func requireFit(
        _ kernelName: String, _ kernel: Size2D, dilation: Size2D = Size2D(1, 1), _ padding: Padding,
        _ input: (height: Int, width: Int, channels: Int)
    ) throws {
        if case .explicit(let amount) = padding { try require("padding", amount, atLeast: 0) }
        guard padding != .same else { return }
        let extra = if case .explicit(let amount) = padding { 2 * amount } else { 0 }
        let span = Size2D(dilation.height * (kernel.height - 1) + 1, dilation.width * (kernel.width - 1) + 1)
        guard span.height > input.height + extra || span.width > input.width + extra else { return }
        let around = trailDescription.map { " (\($0))" } ?? ""
        throw error(
            .shape,
            "\(kernelName) \(span) does not fit its \(input.height + extra)×\(input.width + extra) input\(around)",
            advice: "use padding: .same or a smaller \(kernelName)")
    }
}
