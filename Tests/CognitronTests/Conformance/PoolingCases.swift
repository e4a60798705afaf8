import CognitronTesting

@testable import Cognitron

private let image: Shape = [2, 6, 5, 3]
private let sequence: Shape = [2, 7, 3]
private let volume: Shape = [2, 4, 5, 3, 2]

extension ConformanceCase {
    static let pooling: [ConformanceCase] = [
        .choosing("max pooling", image) { MaxPooling2D(poolSize: 3, strides: 2) },
        .choosing("max pooling same", image) { MaxPooling2D(poolSize: 2, padding: .same) },
        ConformanceCase("trained sub-sampling", image) { Subsampling2D(activation: .tanh) },
        ConformanceCase("average pooling", image) {
            AveragePooling2D(poolSize: 3, strides: 1, padding: .same)
        },
        .choosing("Lp pooling p = 1", image) { LpPooling2D(p: 1) },
        ConformanceCase("Lp pooling p = 2", image) { LpPooling2D(poolSize: 3, strides: 1) },
        ConformanceCase("Lp pooling p = 3", image) { LpPooling2D(p: 3) },
        ConformanceCase("global average", image) { GlobalAveragePooling2D() },
        .choosing("global max", image) { GlobalMaxPooling2D() },
        ConformanceCase("Lp pooling, averaging", image) { LpPooling2D(p: 3, averaging: true) },
        .choosing("max pooling of sequences", sequence) { MaxPooling1D(poolSize: 3, strides: 2) },
        .choosing("max pooling of volumes", volume) { MaxPooling3D(padding: .same) },
        ConformanceCase("average pooling of sequences", sequence) { AveragePooling1D(padding: .same) },
        ConformanceCase("average pooling of volumes", volume) {
            AveragePooling3D(poolSize: [2, 3, 1], strides: 1)
        },
        .choosing("global max of sequences", sequence) { GlobalMaxPooling1D() },
        .choosing("global max of volumes", volume) { GlobalMaxPooling3D(keepdims: true) },
        ConformanceCase("global average of sequences", sequence) { GlobalAveragePooling1D(keepdims: true) },
        ConformanceCase("global average of volumes", volume) { GlobalAveragePooling3D() },
        .choosing("adaptive max of sequences", sequence) { AdaptiveMaxPooling1D(outputSize: 3) },
        .choosing("adaptive max", image) { AdaptiveMaxPooling2D(outputSize: [4, 7]) },
        .choosing("adaptive max of volumes", volume) { AdaptiveMaxPooling3D(outputSize: 2) },
        ConformanceCase("adaptive average of sequences", sequence) {
            AdaptiveAveragePooling1D(outputSize: 4)
        },
        ConformanceCase("adaptive average", image) { AdaptiveAveragePooling2D(outputSize: [4, 3]) },
        ConformanceCase("adaptive average of volumes", volume) {
            AdaptiveAveragePooling3D(outputSize: [3, 2, 3])
        },
        .choosing("max unpooling of pooled images", image) {
            let x = Input(6, 5, 3)
            let pooled = MaxPooling2DWithIndices(padding: .same).outputs(of: x)
            let back = MaxUnpooling2D(outputSize: [6, 5])(pooled[0], pooled[1])
            return try Model(inputs: x, outputs: back)
        },
        ConformanceCase(
            "max unpooling",
            inputs: [
                Tensor.randomNormal([2, 2, 2, 1], seed: 1),
                Tensor([0, 3, 8, 5, 4, 2, 13, 15], shape: [2, 2, 2, 1]),
            ], excluding: [.gradients, .sharing]
        ) { MaxUnpooling2D() },
        .choosing("max pooling with indices", [2, 4, 6, 2]) { MaxPooling2DWithIndices() },
    ]
}
