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
        (.randomUniform, 0.01 / 12), (.varianceScaling(mode: .fanOut), 1 / 576),
        (.varianceScaling(scale: 3, distribution: .untruncatedNormal), 3 / 288),
        (.varianceScaling(inputAxes: [0]), 1 / 288),
    ]

    /// Those that fit a kernel with four axes only, or have their own seed.
    static let further: [(Initializer, Float)] = [
        (.heUniform(inputAxes: [0, 2], outputAxes: [-1]), 2 / 96),
        (.glorotNormal(inputAxes: [0], outputAxes: [-1]), 2 / 67), (.glorotUniform(seed: 5), 2 / 864),
    ]

    @Test("The scaled ones have their variance", arguments: (variances + further).indices)
    func variance(_ number: Int) {
        let (initializer, expected) = (Self.variances + Self.further)[number]
        let values = initializer.make(kernel, key: key)
        #expect(abs(values.mean()) < 3 * (expected / Float(values.count)).squareRoot() + 1e-6)
        #expect(abs(values.squared.mean() / expected - 1) < 0.05)
    }

    @Test("Between a number and itself there is that number")
    func emptyRange() {
        for value: Float in [0, -3, 1e30] {
            let initializer = Initializer.randomUniform(minval: value, maxval: value)
            #expect(initializer.make([7], key: key) == Tensor(repeating: value, shape: [7]))
        }
    }

    @Test(
        "Arguments that nothing can be drawn from are refused when the layer is built",
        arguments: [
            .randomUniform(minval: 1, maxval: -1), .randomUniform(minval: .nan),
            .randomUniform(maxval: .infinity), .randomUniform(minval: -3e38, maxval: 3e38),
            .constant(.nan), .randomNormal(stddev: -1), .truncatedNormal(mean: .infinity),
            .orthogonal(gain: .nan), .identity(gain: .infinity), .varianceScaling(scale: 0),
            .varianceScaling(inputAxes: [2], outputAxes: [0]), .randomNormal(stddev: -1, seed: 3),
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

    @Test("Dirac filters pass their channels on; those beyond the channels are drawn")
    func dirac() throws {
        // (2, 2, 2, 3): the middle of two taps is the second.
        let kernel = Initializer.dirac.make([2, 2, 2, 3], key: key)
        #expect(kernel[1][1] == [[1, 0, 0], [0, 1, 0]])
        #expect(kernel.sum() == 2)
        let drawn = Initializer.dirac(rest: .ones).make([3, 3, 2, 3], key: key)
        #expect(drawn[1][1] == [[1, 0, 1], [0, 1, 1]] && drawn[0][2] == [[0, 0, 1], [0, 0, 1]])
        #expect(Initializer.dirac.make([3, 1, 1], key: key).scalars == [0, 1, 0])
        let x = Tensor.randomNormal([1, 5, 4, 3], seed: 1)
        let model = Sequential {
            Input(5, 4, 3)
            Conv2D(2, kernelSize: 3, padding: .same, useBias: false, kernelInitializer: .dirac)
        }
        #expect(try model.predict(x).isClose(to: x.slice(axis: 3, 0..<2)))
        #expect(Initializer.dirac.problem(for: [2, 2]) != nil)
    }

    @Test("Bilinear kernels enlarge each channel by interpolation: those of the FCN paper's program")
    func bilinear() throws {
        let kernel = Initializer.bilinear.make([4, 4, 2, 2], key: key)
        let taps: [Float] = [0.25, 0.75, 0.75, 0.25]
        #expect(kernel[1][2] == [[0.5625, 0], [0, 0.5625]])
        #expect(kernel[0].scalars == taps.flatMap { [0.25 * $0, 0, 0, 0.25 * $0] })
        #expect(Initializer.bilinear.make([3, 1, 1], key: key).scalars == [0.5, 1, 0.5])
        #expect(Initializer.bilinear.problem(for: [2, 2]) != nil)
        // Twice as many pixels, their middles a quarter away from those of the picture's.
        let model = Sequential {
            Input(1, 3, 1)
            Conv2DTranspose(
                1, kernelSize: [1, 4], strides: [1, 2], padding: .same, useBias: false,
                kernelInitializer: .bilinear)
        }
        let enlarged = try model.predict(Tensor([0, 4, 8], shape: [1, 1, 3, 1]))
        #expect(enlarged.scalars.dropLast() == [0, 1, 3, 5, 7])
    }

    @Test("The identity is one of matrices only, and may be cut")
    func identity() {
        #expect(Initializer.identity.make([2, 2], key: key) == [[1, 0], [0, 1]])
        #expect(Initializer.identity(gain: 2).make([2, 3], key: key) == [[2, 0, 0], [0, 2, 0]])
        #expect(Initializer.identity.problem(for: [2, 2, 2]) != nil)
        #expect(Initializer.orthogonal.problem(for: [3]) != nil)
    }

    @Test(
        "An initializer's own seed takes the place of the model's",
        arguments: [
            .randomNormal(seed: 7), .truncatedNormal(seed: 7), .randomUniform(seed: 7), .orthogonal(seed: 7),
            .heNormal(seed: 7), .varianceScaling(seed: 7),
        ] as [Initializer])
    func ownSeed(_ initializer: Initializer) throws {
        #expect(initializer.make([4, 3], key: key) == initializer.make([4, 3], key: key.folding(1)))
        #expect(
            Initializer.heNormal(seed: 8).make([9], key: key)
                != Initializer.heNormal(seed: 9).make([9], key: key))
        var kernels: [Tensor] = []
        for seed: UInt64 in 1...2 {
            let model = Sequential([Input(4), Dense(3, kernelInitializer: initializer)])
            try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: seed)
            kernels.append(model.parameters[0].value)
        }
        #expect(kernels[0] == kernels[1])
    }

    @Test("The same key draws the same numbers, another key others")
    func reproducible() {
        for initializer in Self.variances.map(\.0) {
            #expect(initializer.make([5, 5], key: key) == initializer.make([5, 5], key: key))
            #expect(initializer.make([5, 5], key: key) != initializer.make([5, 5], key: key.folding(1)))
        }
    }
}
