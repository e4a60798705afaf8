import CognitronKernels

/// The convolution of all gates of a convolutional cell at once, of its input or of its state.
final class GateConvolution: Layer {
    var name: String? { nil }
    let kernel = Parameter()
    let bias = Parameter()
    let window: Window
    let useBias: Bool
    private let filters: Int

    init(_ filters: Int, _ window: Window, useBias: Bool) {
        (self.filters, self.window, self.useBias) = (filters, window, useBias)
    }

    /// Checks the input's shape and the window; the cell declares the parameters.
    func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        _ = try context.requireChannels(input, rank: window.rank)
        try window.check(input, context)
        return outputShape(input)
    }

    /// The shape of one sample's output.
    func outputShape(_ input: Shape) -> Shape {
        window.outputShape(input.batched(1), channels: filters).sample
    }

    func kernelShape(channels: Int) -> Shape { Shape(window.size.axes + [channels, filters]) }

    func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        convolve(input, pass)
    }

    func geometry(_ input: Shape) -> ConvolutionGeometry { window.convolution(input, filters: filters) }

    func convolve(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let convolution = Convolution(geometry(input.shape))
        return LinearConvolution(convolution: convolution, kernel: kernel, bias: useBias ? bias : nil)
            .forward(input, pass)
    }
}
