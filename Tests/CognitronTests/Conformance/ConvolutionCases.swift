import CognitronTesting

@testable import Cognitron

private let image: Shape = [2, 6, 5, 3]
private let sequence: Shape = [2, 7, 3]
private let volume: Shape = [2, 4, 5, 3, 2]

extension ConformanceCase {
    static let convolution: [ConformanceCase] = [
        ConformanceCase("conv 3×3", image) { Conv2D(4, kernelSize: 3) },
        ConformanceCase("conv by a table of connections", image) {
            ConvolutionMap2D(
                [[0, 1], [2], [0, 1, 2], [2, 0]], kernelSize: [3, 2], activation: .scaledTanh)
        },
        ConformanceCase("conv same, stride 2", image) {
            Conv2D(9, kernelSize: 3, strides: 2, padding: .same)
        },
        ConformanceCase("conv dilated", image) { Conv2D(2, kernelSize: 2, padding: .same, dilationRate: 2) },
        ConformanceCase("conv 1×1, stride 2", image) {
            Conv2D(4, kernelSize: 1, strides: 2, activation: .swish)
        },
        ConformanceCase("conv explicit", image) { Conv2D(3, kernelSize: [3, 2], padding: .explicit(2)) },
        ConformanceCase("conv in groups", image) {
            Conv2D(6, kernelSize: 3, strides: 2, padding: .same, groups: 3)
        },
        ConformanceCase("conv in large groups", [2, 4, 3, 20]) { Conv2D(18, kernelSize: 2, groups: 2) },
        ConformanceCase("depthwise conv", [2, 6, 5, 9]) {
            DepthwiseConv2D(kernelSize: [3, 2], padding: .same, activation: .tanh)
        },
        ConformanceCase("depthwise conv, multiplied, stride 2", image) {
            DepthwiseConv2D(kernelSize: 3, strides: 2, padding: .explicit(1), depthMultiplier: 2)
        },
        ConformanceCase("depthwise conv, dilated, of one channel", [2, 6, 5, 1]) {
            DepthwiseConv2D(kernelSize: 2, depthMultiplier: 3, dilationRate: 2, useBias: false)
        },
        ConformanceCase("conv of sequences, causal", sequence) {
            Conv1D(4, kernelSize: 3, padding: .causal, dilationRate: 2, activation: .tanh)
        },
        ConformanceCase("conv of sequences, stride 2", sequence) {
            Conv1D(3, kernelSize: 4, strides: 2, padding: .same, groups: 3)
        },
        ConformanceCase("conv of volumes", volume) { Conv3D(3, kernelSize: [2, 3, 2]) },
        ConformanceCase("conv of volumes, same, stride 2", volume) {
            Conv3D(4, kernelSize: 3, strides: 2, padding: .same, groups: 2, activation: .tanh)
        },
        ConformanceCase("transposed conv of sequences", sequence) {
            Conv1DTranspose(2, kernelSize: 3, strides: 2, padding: .same, outputPadding: 1)
        },
        ConformanceCase("transposed conv", image) { Conv2DTranspose(2, kernelSize: 3, strides: 2) },
        ConformanceCase("transposed conv, explicit", image) {
            Conv2DTranspose(2, kernelSize: 4, strides: 2, padding: .explicit(1), activation: .tanh)
        },
        ConformanceCase("transposed conv of volumes", [2, 2, 3, 2, 2]) {
            Conv3DTranspose(3, kernelSize: 3, strides: 2, padding: .same, useBias: false)
        },
        ConformanceCase("depthwise conv of sequences", sequence) {
            DepthwiseConv1D(kernelSize: 3, padding: .causal, depthMultiplier: 2)
        },
        ConformanceCase("separable conv of sequences", sequence) { SeparableConv1D(4, kernelSize: 3) },
        ConformanceCase("separable conv", image) {
            SeparableConv2D(
                4, kernelSize: 3, strides: 2, padding: .same, depthMultiplier: 2, activation: .tanh)
        },
    ]
}
