import Testing

@testable import Cognitron

/// The courses' worked examples of sizes, receptive fields and parameters.
@Suite("Sizes, fields and parameters of the courses")
struct CourseGeometryTests {
    @Test(
        "Output sizes",
        arguments: [
            (4, 1, 3, 2, 2), (7, 0, 3, 2, 3), (10, 0, 4, 3, 3), (224, 0, 11, 4, 54), (227, 0, 11, 4, 55),
        ])
    func outputSizes(h: Int, p: Int, f: Int, s: Int, expected: Int) {
        #expect(LayerArithmetic.outputSize(h, kernelSize: f, strides: s, padding: p) == expected)
    }

    @Test("Windows that do not fit give nothing; dilated ones take more room; the way back")
    func otherSizes() {
        #expect(LayerArithmetic.outputSize(2, kernelSize: 3) == 0)
        #expect(LayerArithmetic.outputSize(7, kernelSize: 3, dilationRate: 2) == 3)
        for (h, s, f, p) in [(4, 2, 3, 1), (5, 1, 3, 0), (7, 3, 5, 2)] {
            let size = LayerArithmetic.transposedOutputSize(h, kernelSize: f, strides: s, padding: p)
            #expect(size == (h - 1) * s + f - 2 * p)
            #expect(LayerArithmetic.outputSize(size, kernelSize: f, strides: s, padding: p) == h)
        }
    }

    @Test("Receptive fields of filters in a row, LeNet, AlexNet, VGG16 and the patch discriminator")
    func receptiveFields() {
        func fields(_ windows: (size: Int, stride: Int)...) -> [Int] {
            var field = ReceptiveField()
            return windows.map { window in
                field = field.through(kernelSize: window.size, strides: window.stride)
                #expect(field.size[0] == field.size[1])
                return field.size[0]
            }
        }
        #expect(fields((3, 1), (3, 1), (3, 1)) == [3, 5, 7])
        #expect(fields((5, 2), (3, 1)).last == 9)
        #expect(fields((5, 1), (2, 2), (5, 1), (2, 2)) == [5, 6, 14, 16])
        #expect(
            fields((11, 4), (3, 2), (5, 1), (3, 2), (3, 1), (3, 1), (3, 1), (3, 2)).last == 195)
        #expect(fields((4, 2), (4, 2), (4, 2), (4, 1), (4, 1)).last == 70)
        var vgg = ReceptiveField()
        for count in [2, 2, 3, 3, 3] {
            for _ in 0..<count { vgg = vgg.through(kernelSize: 3) }
            vgg = vgg.through(kernelSize: 2, strides: 2)
        }
        #expect(vgg.size == [212, 212] && vgg.stride == [32, 32])
    }

    @Test("A model knows the receptive fields of its layers")
    func modelFields() throws {
        let model = Sequential {
            Conv2D(6, kernelSize: 5, padding: .same, activation: .relu)
            MaxPooling2D(poolSize: 2)
            Conv2D(16, kernelSize: 5, activation: .relu)
            MaxPooling2D(poolSize: 2)
            Flatten()
            Dense(120)
        }
        #expect(model.receptiveField() == nil)
        try model.build([28, 28, 1])
        let names = ["conv2d", "max_pooling2d", "conv2d_1", "max_pooling2d_1"]
        #expect(names.map { model.receptiveField(of: $0)?.size } == [[5, 5], [6, 6], [14, 14], [16, 16]])
        #expect(model.receptiveField(of: "dense") == nil && model.receptiveField() == nil)
        #expect(model.receptiveField(of: "none") == nil)
    }

    @Test("The field is what gradients of the output reach, through branches and models inside")
    func gradientReach() throws {
        let input = Input(48, 48, 1)
        let inner = Sequential {
            Conv2D(2, kernelSize: 3, padding: .same, dilationRate: 2)
            Activation(.tanh)
        }
        let first = inner(Conv2D(2, kernelSize: [3, 1], padding: .same)(input))
        let pooled = AveragePooling2D(poolSize: 2)(first)
        let wide = DepthwiseConv2D(kernelSize: 5, padding: .same)(pooled)
        let sum = Add()(wide, SeparableConv2D(2, kernelSize: 3, padding: .same)(pooled))
        let up = Conv2D(1, kernelSize: 3, padding: .same)(UpSampling2D(2)(sum))
        let model = try Model(inputs: input, outputs: Conv2DTranspose(1, kernelSize: 3, strides: 2)(up))
        try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 1)
        var reach = [0, 0]
        for place in 46..<54 {
            let (output, pullback) = model.forward(.randomUniform([1, 48, 48, 1], seed: 2), .training)
            var dy = Tensor.zeros(output.shape)
            dy[0, place, place, 0] = 1
            let dx = pullback(dy).squeezing()  // (H, W)
            for axis in 0..<2 {
                let sums = (dx * dx).sum(axis: 1 - axis).scalars
                let reached = sums.indices.filter { sums[$0] > 0 }
                reach[axis] = max(reach[axis], (reached.last ?? 0) - (reached.first ?? 0) + 1)
            }
        }
        #expect(reach == [20, 18])
        #expect(model.receptiveField()?.size == reach)
    }

    @Test("Parameters: the second course's network, a layer of VGG, a dense layer of a million units")
    func parameters() throws {
        let model = Sequential {
            Conv2D(9, kernelSize: 3, padding: .same)
            MaxPooling2D(poolSize: 2)
            Flatten()
            Dense(64)
            Dense(10)
        }
        try model.build([28, 28, 1])
        let counts = model.layers.map { $0.parameters.reduce(0) { $0 + $1.shape.elementCount } }
        #expect(counts == [90, 0, 0, 112_960, 650])
        #expect(model.parameterCount == 113_700)
        #expect(LayerArithmetic.convolutionParameters(kernelSize: 3, channels: 1, filters: 9) == 90)
        #expect(LayerArithmetic.denseParameters(inputs: 14 * 14 * 9, units: 64) == 112_960)
        #expect(
            LayerArithmetic.convolutionParameters(kernelSize: 3, channels: 64, filters: 128, useBias: false)
                == 73_728)
        #expect(LayerArithmetic.denseParameters(inputs: 1_000_000, units: 1_000_000) == 1_000_001_000_000)
    }

    @Test("AlexNet of one course: its convolutions hold 6.0 % of the parameters and do 94.8 % of the work")
    func alexNet() {
        // Output pixels, filter size, channels, filters.
        let convolutions = [
            (55, 11, 3, 96), (27, 5, 96, 256), (13, 3, 256, 384), (13, 3, 384, 384), (13, 3, 384, 256),
        ]
        let dense = [(6 * 6 * 256, 4096), (4096, 4096), (4096, 1000)]
        let inConvolutions = convolutions.reduce(0) {
            $0 + LayerArithmetic.convolutionParameters(kernelSize: $1.1, channels: $1.2, filters: $1.3)
        }
        let parameters = dense.reduce(inConvolutions) {
            $0 + LayerArithmetic.denseParameters(inputs: $1.0, units: $1.1)
        }
        let byConvolutions = convolutions.reduce(0) {
            $0
                + LayerArithmetic.convolutionMultiplyAdds(
                    output: ($1.0, $1.0), kernelSize: $1.1, channels: $1.2, filters: $1.3)
        }
        let multiplyAdds = dense.reduce(byConvolutions) { $0 + $1.0 * $1.1 }
        #expect(parameters == 62_378_344 && multiplyAdds == 1_135_256_096)
        #expect((Double(inConvolutions) / Double(parameters) * 1000).rounded() == 60)
        #expect((Double(byConvolutions) / Double(multiplyAdds) * 1000).rounded() == 948)
    }
}
