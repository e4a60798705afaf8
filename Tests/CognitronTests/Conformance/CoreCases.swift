import CognitronTesting

@testable import Cognitron

private let image: Shape = [2, 6, 5, 3]

extension ConformanceCase {
    static let core: [ConformanceCase] = [
        ConformanceCase("dense", [3, 5]) { Dense(4, activation: .tanh) },
        ConformanceCase("dense, softmax", [3, 2, 5]) { Dense(4, activation: .softmax) },
        ConformanceCase("dense without bias", [3, 5]) { Dense(9, useBias: false) },
        ConformanceCase("activation", [3, 5]) { Activation(.gelu) },
        .choosing("relu", [3, 5]) { ReLU() },
        .choosing("leaky relu", [3, 5]) { LeakyReLU() },
        ConformanceCase("softmax", [3, 5]) { Softmax() },
        ConformanceCase("dropout", image) { Dropout(0.4) },
        ConformanceCase("flatten", image) { Flatten() },
        ConformanceCase("reshape", image) { Reshape([3, -1]) },
        ConformanceCase("zero padding", image) { ZeroPadding2D([1, 2]) },
        ConformanceCase("add", image, image, image) { Add() },
        ConformanceCase("concatenate", image, [2, 6, 5, 4]) { Concatenate() },
        ConformanceCase("concatenate rows", image, [2, 2, 5, 3]) { Concatenate(axis: 1) },
    ]
}
