import Foundation
import Testing

@testable import Cognitron

/// Models with batch normalisation after what it can be folded into and after what it cannot, and the layers
/// left.
private struct FoldingCase: CustomTestStringConvertible {
    let testDescription: String
    let layers: [String]
    let make: @Sendable () throws -> Model

    init(_ description: String, _ layers: [String], _ make: @escaping @Sendable () throws -> Model) {
        (testDescription, self.layers, self.make) = (description, layers, make)
    }

    static let all = [
        FoldingCase(
            "convolution, normalisation, ReLU", ["Input", "Conv2D", "MaxPooling2D", "Flatten", "Dense"]
        ) {
            Sequential {
                Input(6, 5, 2)
                Conv2D(4, kernelSize: 3, padding: .same, useBias: false)
                BatchNormalization()
                ReLU()
                MaxPooling2D()
                Flatten()
                Dense(3, activation: .softmax)
            }
        },
        FoldingCase(
            "with a bias, strides and another activation",
            ["Input", "Conv2D", "Activation", "Flatten", "Dense"]
        ) {
            Sequential {
                Input(6, 5, 2)
                Conv2D(4, kernelSize: 3, strides: 2)
                BatchNormalization(center: false)
                Activation(.tanh)
                Flatten()
                Dense(3)
                BatchNormalization(scale: false)
            }
        },
        FoldingCase(
            "in groups and channel by channel", ["Input", "Conv2D", "DepthwiseConv2D", "Conv2D", "Flatten"]
        ) {
            Sequential {
                Input(6, 5, 2)
                Conv2D(6, kernelSize: 3, groups: 2, useBias: false)
                BatchNormalization()
                DepthwiseConv2D(kernelSize: 2, depthMultiplier: 2)
                BatchNormalization()
                ReLU()
                Conv2D(9, kernelSize: 1, groups: 3)
                BatchNormalization()
                Flatten()
            }
        },
        FoldingCase(
            "rectifiers with a maximum, and one with a slope",
            ["Input", "Conv2D", "DepthwiseConv2D", "Conv2D", "ReLU"]
        ) {
            Sequential {
                Input(6, 5, 2)
                Conv2D(4, kernelSize: 3, padding: .same)
                BatchNormalization()
                ReLU(maxValue: 0.5)
                DepthwiseConv2D(kernelSize: 3, padding: .same)
                BatchNormalization()
                ReLU(maxValue: 0.2)
                Conv2D(3, kernelSize: 1)
                BatchNormalization()
                ReLU(maxValue: 1, negativeSlope: 0.1)
            }
        },
        FoldingCase("what cannot be folded", ["Input", "BatchNormalization", "Conv2D", "BatchNormalization"])
        {
            Sequential {
                Input(6, 5, 2)
                BatchNormalization()
                Conv2D(4, kernelSize: 3, activation: .relu)
                BatchNormalization()
            }
        },
        FoldingCase("a residual block", ["Conv2D", "Conv2D", "Conv2D", "Add", "ReLU"]) {
            let input = Input(6, 5, 2)
            let a = ReLU()(BatchNormalization()(Conv2D(3, kernelSize: 3, padding: .same)(input)))
            let b = BatchNormalization()(Conv2D(3, kernelSize: 3, padding: .same)(a))
            let shortcut = BatchNormalization()(Conv2D(3, kernelSize: 1)(input))
            return try Model(inputs: input, outputs: ReLU()(Add()(b, shortcut)))
        },
        FoldingCase("a convolution that is read twice", ["Conv2D", "BatchNormalization", "Add"]) {
            let input = Input(6, 5, 2)
            let conv = Conv2D(3, kernelSize: 3)(input)
            return try Model(inputs: input, outputs: Add()(BatchNormalization()(conv), conv))
        },
    ]

    /// Built, with weights and statistics that are neither zero nor one.
    func model() throws -> Model {
        let model = try make()
        if !model.isBuilt { try model.build([6, 5, 2]) }
        model.initialize(RandomKey(seed: 1))
        for (number, parameter) in model.parameters.enumerated() {
            parameter.value = .randomUniform(parameter.shape, in: 0.3..<1, seed: UInt64(number)) - 0.5
            if parameter.ownName == "moving_variance" { parameter.value += 0.5 }
        }
        return model
    }
}

@Suite("Optimised for inference")
struct InferenceTests {
    private let x = Tensor.randomNormal([3, 6, 5, 2], seed: 2)

    @Test("A folded model predicts the same", arguments: FoldingCase.all)
    private func same(_ one: FoldingCase) throws {
        let model = try one.model()
        let expected = model.forward(x, .inference).output
        let optimized = try model.optimizedForInference()
        #expect(optimized.layers.map(\.typeName).sorted() == one.layers.sorted())
        #expect(optimized.forward(x, .inference).output.isClose(to: expected))
        #expect(try model.predict(x).isClose(to: expected))
        #expect(optimized.outputShape == model.outputShape)
    }

    @Test("A prediction follows the weights and the statistics")
    func follows() throws {
        let model = try FoldingCase.all[0].model()
        try model.compile(optimizer: SGD(learningRate: 0.1), loss: .sparseCategoricalCrossentropy)
        for change in 0..<4 {
            let before = try model.predict(x)
            #expect(try model.predict(x) == before)
            switch change {
            case 0: try model.trainOnBatch(x, [0, 1, 2])
            case 1: model.parameters[0].value *= 2
            case 2: model.parameters[3].value += 1  // the moving mean
            default:
                let parameter = model.layers[1].parameters[0]
                parameter.gradient = .ones(parameter.shape)
                parameter.update { value, gradient in value += gradient }
            }
            let after = try model.predict(x)
            #expect(after != before)
            #expect(after.isClose(to: model.forward(x, .inference).output))
        }
    }

    @Test("Filters that are kept transformed follow the weights, for one image and for many")
    func transformedFilters() throws {
        let model = Sequential {
            Input(12, 9, 8)
            Conv2D(70, kernelSize: 3, padding: .same, activation: .relu)
            Conv2D(9, kernelSize: 3, padding: .same, activation: .tanh)
        }
        let x = Tensor.randomNormal([5, 12, 9, 8], seed: 3)
        for parameter in model.parameters {
            for images in [x, x[0..<1], x] {
                #expect(try model.predict(images).isClose(to: model.forward(images, .inference).output))
            }
            parameter.value += 0.01
        }
        #expect(try model.predict(x).isClose(to: model.forward(x, .inference).output))
    }

    @Test("Filters of sequences and volumes are kept too, for batches of any size")
    func filtersOfOtherRanks() throws {
        let sequences = Sequential {
            Input(30, 16)
            Conv1D(70, kernelSize: 3, activation: .relu)
            Conv1D(9, kernelSize: 1, activation: .tanh)
        }
        let volumes = Sequential {
            Input(6, 20, 20, 8)
            Conv3D(16, kernelSize: 3, padding: .same, activation: .relu)
            Conv3D(5, kernelSize: [2, 1, 1], activation: .tanh)
        }
        for (model, sample) in [(sequences, [30, 16]), (volumes, [6, 20, 20, 8])] {
            let x = Tensor.randomNormal(Shape([5] + sample), seed: 3)
            for parameter in model.parameters {
                for count in [5, 1, 5] {
                    let images = x[0..<count]
                    #expect(try model.predict(images) == model.forward(images, .inference).output)
                }
                parameter.value += 0.01
            }
            #expect(try model.predict(x) == model.forward(x, .inference).output)
        }
    }

    @Test("A layer that goes by another algorithm for one image than for many has filters for both")
    func filtersOfTwoAlgorithms() throws {
        let model = Sequential {
            Input(4, 4, 64)
            Conv2D(70, kernelSize: 3, padding: .same, activation: .relu)
        }
        try model.build([4, 4, 64])
        let layer = try #require(model.layers[1] as? Conv2D)
        #expect(layer.convolution(for: [1, 4, 4, 64]).algorithm == .im2col)
        #expect(layer.convolution(for: [5, 4, 4, 64]).algorithm == .winograd)
        let x = Tensor.randomNormal([5, 4, 4, 64], seed: 3)
        for count in [5, 1, 5, 1] {
            let images = x[0..<count]
            #expect(try model.predict(images) == model.forward(images, .inference).output)
        }
    }

    /// One image's products are too small to be shared; eight images' of the first layer and twenty's of the
    /// second go in groups of filters, and a hundred's by their rows.
    @Test("Filters that are kept in groups serve batches of other sizes")
    func groupedFilters() throws {
        let model = Sequential {
            Input(12, 12, 16)
            Conv2D(64, kernelSize: 3, strides: 3, activation: .relu)
            Conv2D(20, kernelSize: 2, activation: .tanh)
        }
        let x = Tensor.randomNormal([100, 12, 12, 16], seed: 3)
        for count in [8, 1, 100, 20, 2, 8] {
            let images = x[0..<count]
            #expect(try model.predict(images, batchSize: 100) == model.forward(images, .inference).output)
        }
    }

    /// The sizes, what comes after the convolution, and whether the pooling is done with it.
    private static let poolings:
        [(size: Int, activation: ActivationFunction, pooling: MaxPooling2D, isFused: Bool)] =
            [
                (8, .relu, MaxPooling2D(), true), (12, .linear, MaxPooling2D(padding: .same), true),
                (9, .relu, MaxPooling2D(), false), (8, .tanh, MaxPooling2D(), false),
                (8, .relu, MaxPooling2D(poolSize: 2, strides: 1), false),
                (8, .relu, MaxPooling2D(poolSize: 3), false),
                (8, .relu, MaxPooling2D(padding: .explicit(1)), false),
            ]

    @Test("A convolution with few filters pools its own output", arguments: poolings.indices)
    func pooled(_ number: Int) throws {
        let one = Self.poolings[number]
        let model = Sequential([
            Input(one.size, one.size, 1),
            Conv2D(6, kernelSize: 5, padding: .same, activation: one.activation),
            one.pooling, Flatten(), Dense(3),
        ])
        try model.build([one.size, one.size, 1])
        for (number, parameter) in model.parameters.enumerated() {
            parameter.value = .randomNormal(parameter.shape, seed: UInt64(number))
        }
        let x = Tensor.randomNormal([4, one.size, one.size, 1], seed: 9)
        let prediction = try model.predict(x)
        #expect(prediction == model.forward(x, .inference).output)
        #expect(model.predictionGraph().nodes.count == model.graph.nodes.count - (one.isFused ? 1 : 0))
        model.parameters[0].value *= 2
        #expect(try model.predict(x) == model.forward(x, .inference).output)
        #expect(try model.predict(x) != prediction)
    }

    @Test("A folded model can be saved and keeps its weights when the other is trained")
    func copy() throws {
        let model = try FoldingCase.all[0].model()
        model.metadata["class_names"] = "a\nb\nc"
        let optimized = try model.optimizedForInference()
        let folder = try TemporaryFolder()
        try optimized.save(folder.file("m"))
        let loaded = try Model.load(folder.file("m"))
        #expect(try loaded.predict(x) == optimized.predict(x))
        #expect(loaded.metadata["class_names"] == "a\nb\nc")
        let kernel = optimized.layers[1].parameters[0].value
        try model.compile(optimizer: SGD(learningRate: 0.1), loss: .sparseCategoricalCrossentropy)
        try model.trainOnBatch(x, [0, 1, 2])
        #expect(optimized.layers[1].parameters[0].value == kernel)
    }

    @Test("A folded convolution keeps the algorithm that the layer asks for")
    func algorithm() throws {
        let model = Sequential {
            Input(6, 5, 2)
            Conv2D(3, kernelSize: 3, algorithm: .naive)
            BatchNormalization()
        }
        try model.build([6, 5, 2])
        let folded = try #require(try model.optimizedForInference().layers.last as? Conv2D)
        #expect(folded.algorithm == .naive)
    }

    @Test("A model that is not built says so")
    func unbuilt() {
        #expect(throws: CognitronError.self) { _ = try Sequential([Dense(3)]).optimizedForInference() }
    }
}
