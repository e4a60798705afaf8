import CognitronTesting

@testable import Cognitron

extension ConformanceCase {
    static let regularization: [ConformanceCase] = [
        ConformanceCase("dropout", [2, 6, 5, 3]) { Dropout(0.4) },
        ConformanceCase("dropout, one mask for all steps", [3, 4, 5]) {
            Dropout(0.4, noiseShape: [nil, 1, nil])
        },
        ConformanceCase("alpha dropout", [3, 4]) { AlphaDropout(0.3) },
        ConformanceCase("alpha dropout of steps", [3, 4, 5]) {
            AlphaDropout(0.3, noiseShape: [nil, nil, 1])
        },
        ConformanceCase("Gaussian dropout", [3, 4]) { GaussianDropout(0.3) },
        ConformanceCase("Gaussian noise", [3, 4]) { GaussianNoise(0.3) },
        ConformanceCase("sampling", [3, 4], [3, 4]) { GaussianSampling(weight: 0.4) },
        ConformanceCase("sampling of maps", [2, 3, 2, 4], [2, 3, 2, 4]) { GaussianSampling() },
        ConformanceCase("spatial dropout 1D", [3, 4, 5]) { SpatialDropout1D(0.4) },
        ConformanceCase("spatial dropout 2D", [3, 4, 2, 5]) { SpatialDropout2D(0.4) },
        ConformanceCase("spatial dropout 3D", [3, 2, 2, 2, 5]) { SpatialDropout3D(0.4) },
        .choosing("activity regularization", [3, 4]) { ActivityRegularization(l1: 0.2, l2: 0.3) },
        ConformanceCase("dense with an activity regularizer", [3, 4]) {
            Dense(3, activation: .tanh, activityRegularizer: .l2(0.3))
        },
        ConformanceCase("convolution with an activity regularizer", [2, 4, 4, 2]) {
            Conv2D(3, kernelSize: 2, activation: .softplus, activityRegularizer: .l2(0.3))
        },
    ]
}
