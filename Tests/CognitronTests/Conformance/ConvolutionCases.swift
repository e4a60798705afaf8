import CognitronTesting

@testable import Cognitron

private let image: Shape = [2, 6, 5, 3]

extension ConformanceCase {
    static let convolution: [ConformanceCase] = [
        ConformanceCase("conv 3×3", image) { Conv2D(4, kernelSize: 3) },
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
    ]
}
