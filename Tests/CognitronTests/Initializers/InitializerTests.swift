import Testing

@testable import Cognitron

@Suite("Initializers")
struct InitializerTests {
    private let key = RandomKey(seed: 3)

    /// A convolution's kernel with fanIn 3·3·32 = 288 and fanOut 3·3·64 = 576.
    private let kernel: Shape = [3, 3, 32, 64]

    static let variances: [(Initializer, Float)] = [
        (.glorotUniform, 2 / 864), (.glorotNormal, 2 / 864), (.heUniform, 2 / 288), (.heNormal, 2 / 288),
        (.lecunUniform, 1 / 288), (.lecunNormal, 1 / 288), (.randomNormal, 0.0025),
        (.randomUniform, 0.01 / 12),
    ]

    @Test("The scaled ones have their variance", arguments: variances.indices)
    func variance(_ number: Int) {
        let (initializer, expected) = Self.variances[number]
        let values = initializer.make(kernel, key: key)
        #expect(abs(values.mean()) < 3 * (expected / Float(values.count)).squareRoot() + 1e-6)
        #expect(abs(values.squared.mean() / expected - 1) < 0.05)
    }

    @Test("Between a number and itself there is that number")
    func emptyRange() {
        for value: Float in [0, -3, 1e30] {
            let initializer = Initializer.randomUniform(minimum: value, maximum: value)
            #expect(initializer.make([7], key: key) == Tensor(repeating: value, shape: [7]))
        }
    }

    @Test(
        "Arguments that nothing can be drawn from are refused when the layer is built",
        arguments: [
            .randomUniform(minimum: 1, maximum: -1), .randomUniform(minimum: .nan),
            .randomUniform(maximum: .infinity), .randomUniform(minimum: -3e38, maximum: 3e38),
            .constant(.nan),
            .randomNormal(standardDeviation: -1), .truncatedNormal(mean: .infinity), .orthogonal(gain: .nan),
        ] as [Initializer])
    func impossible(_ initializer: Initializer) {
        let error = #expect(throws: CognitronError.self) {
            try Sequential([Input(2), Dense(1, kernelInitializer: initializer)]).build([2])
        }
        #expect(error?.description.hasPrefix("dense: invalid initializer of kernel; expected ") == true)
    }

    @Test("Uniform numbers stay within their limit")
    func bounds() {
        let limit = (6 / Float(288)).squareRoot()
        let values = Initializer.heUniform.make(kernel, key: key)
        #expect(values.max() <= limit && values.min() >= -limit && values.max() > 0.99 * limit)
        #expect(Initializer.constant(2).make([2], key: key) == [2, 2])
    }

    @Test(
        "Orthogonal kernels have orthonormal columns, or rows where they are wider",
        arguments: [[20, 7], [7, 20], [2, 2, 3, 5]])
    func orthogonal(_ sizes: [Int]) {
        let columns = sizes[sizes.count - 1]
        let matrix = Initializer.orthogonal(gain: 2).make(Shape(sizes), key: key).reshaped([-1, columns])
        let rows = matrix.shape[0]
        let product =
            rows >= columns
            ? matrix.matmul(matrix, transposingSelf: true) : matrix.matmul(matrix, transposingOther: true)
        var identity = Tensor.zeros(product.shape)
        for i in 0..<min(rows, columns) { identity[i, i] = 4 }
        #expect(product.isClose(to: identity, absolute: 1e-4))
    }

    @Test("The same key draws the same numbers, another key others")
    func reproducible() {
        for initializer in Self.variances.map(\.0) {
            #expect(initializer.make([5, 5], key: key) == initializer.make([5, 5], key: key))
            #expect(initializer.make([5, 5], key: key) != initializer.make([5, 5], key: key.folding(1)))
        }
    }
}
