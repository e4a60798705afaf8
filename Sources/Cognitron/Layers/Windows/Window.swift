import CognitronKernels

/// How a window slides over the one, two or three axes between batch and channels, and what comes out.
///
///     span = dilationRate · (size − 1) + 1
///     output = ⌊(before + input + after − span) / stride⌋ + 1
///
/// for each axis, `before` and `after` being the padding. `Window+Checks.swift` refuses what makes no sense,
/// `Window+Geometry.swift` gives the geometries that kernels take, `Window+Transposed.swift` is the way back.
///
/// Source: Keras `BaseConv`, `BasePooling` (`compute_conv_output_shape`, `compute_pooling_output_shape`).
package struct Window: Hashable, Sendable {
    /// What slides. Messages call it so.
    enum Kind: String { case kernel, pool }

    let kind: Kind
    /// The number of axes: 1 of sequences, 2 of images, 3 of volumes.
    let rank: Int
    package let size: WindowSize
    package let strides: WindowSize
    package let dilationRate: WindowSize
    let padding: Padding

    /// The window of a convolution.
    static func kernel(
        rank: Int, _ size: WindowSize, strides: WindowSize, dilationRate: WindowSize, padding: Padding
    ) -> Window {
        Window(
            kind: .kernel, rank: rank, size: size, strides: strides, dilationRate: dilationRate,
            padding: padding)
    }

    /// The window of a pooling.
    static func pool(rank: Int, _ size: WindowSize, strides: WindowSize, padding: Padding) -> Window {
        Window(
            kind: .pool, rank: rank, size: size, strides: strides, dilationRate: ones[rank - 1],
            padding: padding)
    }

    /// Dilation rates of one, made once: windows are made in every forward pass.
    private static let ones = (1...3).map { 1.windowSize(rank: $0) }

    /// The pixels from the first to the last that a window sees along an axis.
    func span(_ axis: Int) -> Int { dilationRate.axes[axis] * (size.axes[axis] - 1) + 1 }

    /// The zeros before and after an axis with `input` pixels.
    package func margins(_ axis: Int, _ input: Int) -> (before: Int, after: Int) {
        switch padding {
        case .valid: (0, 0)
        case .same:
            ConvolutionGeometry.samePadding(
                input, size.axes[axis], strides.axes[axis], dilationRate.axes[axis])
        case .causal: (span(axis) - 1, 0)
        case .explicit(let amount): (amount, amount)
        // Margins of another number of axes are refused by `check`.
        case .margins(let margins): margins.amounts(axis: axis, of: rank) ?? (0, 0)
        }
    }

    /// How many places the window finds along an axis with `input` pixels.
    func outputSize(_ axis: Int, _ input: Int) -> Int {
        let (before, after) = margins(axis, input)
        return ConvolutionGeometry.outputSize(
            before + input + after, size.axes[axis], strides.axes[axis], dilationRate.axes[axis])
    }

    /// The output's sizes for an input's, first axis first.
    func outputSizes(_ input: [Int]) -> [Int] { input.indices.map { outputSize($0, input[$0]) } }

    /// The shape of a batch's output, `channels` last.
    func outputShape(_ input: Shape, channels: Int) -> Shape {
        if rank == 2 { return [input[0], outputSize(0, input[1]), outputSize(1, input[2]), channels] }
        return Shape(
            (0..<rank + 2).map { $0 == 0 ? input[0] : $0 > rank ? channels : outputSize($0 - 1, input[$0]) })
    }
}
