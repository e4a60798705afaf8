import CognitronTesting

@testable import Cognitron

extension ConformanceCase {
    static let activations: [ConformanceCase] = [
        ConformanceCase("activation", [3, 5]) { Activation(.gelu) },
        ConformanceCase("GLU as a layer", [3, 6]) { Activation(.glu) },
        .choosing("relu", [3, 5]) { ReLU() },
        .choosing("relu with its arguments", [3, 5]) {
            ReLU(maxValue: 0.12, negativeSlope: 0.2, threshold: 0.04)
        },
        .choosing("leaky relu", [3, 5]) { LeakyReLU() },
        .choosing("elu", [3, 5]) { ELU(alpha: 0.4) },
        .choosing("prelu", [3, 4, 5]) { PReLU(alphaInitializer: .randomUniform) },
        .choosing("prelu, shared", [2, 3, 4, 5]) {
            PReLU(alphaInitializer: .constant(0.3), sharedAxes: [1, 2])
        },
        ConformanceCase("softmax", [3, 5]) { Softmax() },
        ConformanceCase("softmax along the steps", [3, 4, 5]) { Softmax(axis: 1) },
    ]
}
