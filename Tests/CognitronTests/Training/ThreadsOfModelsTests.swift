import Testing

@testable import Cognitron

@Suite("Models and threads", .serialized)
struct ThreadsOfModelsTests {
    /// A layer of each kind, and convolutions for each algorithm that sizes can choose.
    private func model() throws -> Model {
        let input = Input(12, 11, 8)
        let winograd = BatchNormalization()(Conv2D(16, kernelSize: 3, padding: .same, useBias: false)(input))
        let pointwise = Conv2D(16, kernelSize: 1)(input)
        var x = ReLU()(Add()(winograd, pointwise))
        let im2col = Conv2D(24, kernelSize: 3, strides: 2, padding: .same)(x)
        let stridedPointwise = BatchNormalization()(Conv2D(16, kernelSize: 1, strides: 2)(x))
        x = LeakyReLU()(Concatenate()(im2col, stridedPointwise))  // 6 × 6 × 40
        x = DepthwiseConv2D(kernelSize: 3, padding: .same, activation: .relu)(x)
        x = BatchNormalization()(Conv2D(20, kernelSize: 3, groups: 10, useBias: false)(ZeroPadding2D(1)(x)))
        x = Conv2D(32, kernelSize: 3, padding: .same, groups: 2, activation: .swish)(x)
        let few = Conv2D(4, kernelSize: 3, padding: .same)(x)
        x = LpPooling2D(poolSize: 2, strides: 1)(AveragePooling2D(poolSize: 2, strides: 1)(few))
        x = Dropout(0.3)(MaxPooling2D(poolSize: 2)(x))
        let flat = Concatenate()(Flatten()(x), GlobalMaxPooling2D()(few), GlobalAveragePooling2D()(few))
        let dense = Activation(.tanh)(Dense(6)(flat))
        return try Model(inputs: input, outputs: Softmax()(Dense(3)(Reshape([6])(dense))))
    }

    @Test("Training and prediction give the same bits with 1, 2 and 4 threads")
    func sameBits() throws {
        let before = Threads.count
        defer { Threads.count = before }
        let x = Tensor.randomNormal([9, 12, 11, 8], seed: 1)
        let results = try [1, 2, 4].map { threads in
            Threads.count = threads
            let model = try model()
            try model.compile(optimizer: Adam(), loss: .sparseCategoricalCrossentropy, seed: 3)
            for _ in 0..<2 { try model.trainOnBatch(x, Tensor((0..<9).map { Float($0 % 3) })) }
            return try model.parameters.map(\.value) + [1, 7].map { try model.predict(x[0..<$0]) }
        }
        for result in results.dropFirst() { #expect(result == results[0]) }
    }
}
