import Testing

@testable import Cognitron

@Suite("Convolutions give what those of Keras and PyTorch give")
struct ConvolutionGoldenTests {
    private struct Arguments: Decodable {
        var layer: String
        var filters: Int?
        var kernelSize: [Int]
        var strides: [Int]?
        var padding: String?
        var paddingAmount: Int?
        var outputPadding: [Int]?
        var dilationRate: [Int]?
        var depthMultiplier: Int?
        var useBias: Bool?
        var activation: String?

        var window: (kernel: WindowSize, strides: WindowSize, dilation: WindowSize) {
            let rank = kernelSize.count
            return (
                WindowSize(axes: kernelSize),
                strides.map { WindowSize(axes: $0) } ?? 1.windowSize(rank: rank),
                dilationRate.map { WindowSize(axes: $0) } ?? 1.windowSize(rank: rank)
            )
        }
    }

    @Test(
        "Convolutions of sequences and volumes, transposed and separable ones",
        arguments: try GoldenCase.all("convolutions"))
    func convolution(_ golden: GoldenCase) throws {
        try expectGolden(try layer(try golden.configuration()), golden)
    }

    private func layer(_ a: Arguments) throws -> any AnyLayer {
        let window = a.window
        let activation = try ActivationFunction(keras: a.activation ?? "linear")
        let padding: Padding =
            a.padding == "causal"
            ? .causal : try Padding(keras: a.padding ?? "valid", amount: a.paddingAmount)
        let (multiplier, useBias) = (a.depthMultiplier ?? 1, a.useBias ?? true)
        if a.layer == "DepthwiseConv1D" {
            return DepthwiseConv1D(
                kernelSize: window.kernel, strides: window.strides, padding: padding,
                depthMultiplier: multiplier, dilationRate: window.dilation, activation: activation,
                useBias: useBias)
        }
        let filters = try #require(a.filters)
        switch a.layer {
        case "SeparableConv1D":
            return SeparableConv1D(
                filters, kernelSize: window.kernel, strides: window.strides, padding: padding,
                dilationRate: window.dilation, depthMultiplier: multiplier, activation: activation,
                useBias: useBias)
        case "SeparableConv2D":
            return SeparableConv2D(
                filters, kernelSize: window.kernel, strides: window.strides, padding: padding,
                dilationRate: window.dilation, depthMultiplier: multiplier, activation: activation,
                useBias: useBias)
        default: break
        }
        let arguments = ConvolutionArguments(
            filters: filters, kernelSize: window.kernel, strides: window.strides, padding: padding,
            outputPadding: a.outputPadding.map { WindowSize(axes: $0) }, dilationRate: window.dilation,
            activation: activation, useBias: useBias, kernelInitializer: .zeros, biasInitializer: .zeros,
            kernelRegularizer: nil, biasRegularizer: nil, activityRegularizer: nil, kernelConstraint: nil,
            biasConstraint: nil,
            name: nil)
        let types: [String: any BaseConvolution.Type] = [
            "Conv1D": Conv1D.self, "Conv3D": Conv3D.self, "Conv1DTranspose": Conv1DTranspose.self,
            "Conv2DTranspose": Conv2DTranspose.self, "Conv3DTranspose": Conv3DTranspose.self,
        ]
        return try #require(types[a.layer]).init(arguments)
    }
}
