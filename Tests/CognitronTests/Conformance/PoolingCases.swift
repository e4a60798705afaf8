import CognitronTesting

@testable import Cognitron

private let image: Shape = [2, 6, 5, 3]

extension ConformanceCase {
    static let pooling: [ConformanceCase] = [
        .choosing("max pooling", image) { MaxPooling2D(poolSize: 3, strides: 2) },
        .choosing("max pooling same", image) { MaxPooling2D(poolSize: 2, padding: .same) },
        ConformanceCase("average pooling", image) {
            AveragePooling2D(poolSize: 3, strides: 1, padding: .same)
        },
        .choosing("Lp pooling p = 1", image) { LpPooling2D(p: 1) },
        ConformanceCase("Lp pooling p = 2", image) { LpPooling2D(poolSize: 3, strides: 1) },
        ConformanceCase("Lp pooling p = 3", image) { LpPooling2D(p: 3) },
        ConformanceCase("global average", image) { GlobalAveragePooling2D() },
        .choosing("global max", image) { GlobalMaxPooling2D() },
    ]
}
