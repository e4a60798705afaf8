import Testing

@testable import Cognitron

/// Small models with batch normalisation in every place where it might be fused, and how many layers run in
/// the end.
private struct FusionCase: CustomTestStringConvertible {
    let testDescription: String
    let nodes: Int
    /// Whether sums run in the same order as without fusion.
    let isExact: Bool
    let make: @Sendable () throws -> Model

    init(
        _ description: String, nodes: Int, isExact: Bool = true,
        _ make: @escaping @Sendable () throws -> Model
    ) {
        (testDescription, self.nodes, self.isExact, self.make) = (description, nodes, isExact, make)
    }

    private static func conv(_ filters: Int = 3) -> Conv2D { Conv2D(filters, kernelSize: 3, padding: .same) }

    static let all = [
        FusionCase("normalisation and ReLU", nodes: 4) {
            Sequential {
                Input(5, 4, 2)
                conv(11)
                BatchNormalization()
                ReLU()
                GlobalAveragePooling2D()
            }
        },
        FusionCase("normalisation and another activation", nodes: 4) {
            Sequential {
                Input(5, 4, 2)
                conv()
                BatchNormalization()
                Activation(.tanh)
            }
        },
        FusionCase("a residual block, normalised first", nodes: 2) {
            let input = Input(5, 4, 3)
            return try Model(
                inputs: input, outputs: ReLU()(Add()(BatchNormalization()(conv()(input)), input)))
        },
        FusionCase("a residual block, normalised last", nodes: 2) {
            let input = Input(5, 4, 3)
            return try Model(
                inputs: input, outputs: Activation(.relu)(Add()(input, BatchNormalization()(conv()(input)))))
        },
        FusionCase("both sides normalised", nodes: 4) {
            let input = Input(5, 4, 3)
            return try Model(
                inputs: input,
                outputs: ReLU()(
                    Add()(
                        BatchNormalization()(conv()(input)), BatchNormalization(scale: false)(conv()(input))))
            )
        },
        FusionCase("the input normalised and added to itself", nodes: 1) {
            let input = Input(5, 4, 3)
            return try Model(
                inputs: input, outputs: ReLU()(Add()(BatchNormalization(center: false)(input), input)))
        },
        FusionCase("a normalisation read twice", nodes: 4) {
            let input = Input(5, 4, 3)
            let normalized = BatchNormalization()(conv()(input))
            return try Model(inputs: input, outputs: Add()(ReLU()(normalized), normalized))
        },
        FusionCase("a sum with itself", nodes: 3) {
            let input = Input(5, 4, 3)
            let normalized = BatchNormalization()(input)
            return try Model(inputs: input, outputs: ReLU()(Add()(normalized, normalized)))
        },
        FusionCase("a sum of three", nodes: 3) {
            let input = Input(5, 4, 3)
            return try Model(
                inputs: input, outputs: ReLU()(Add()([BatchNormalization()(input), input, input])))
        },
        FusionCase("a normalisation that is an output", nodes: 3) {
            let input = Input(5, 4, 3)
            let normalized = BatchNormalization()(conv()(input))
            return try Model(inputs: input, outputs: [normalized, ReLU()(normalized)])
        },
        FusionCase("normalisation, ReLU and pooling", nodes: 3, isExact: false) {
            Sequential {
                Input(6, 4, 2)
                conv(11)
                BatchNormalization()
                ReLU()
                MaxPooling2D()
            }
        },
        FusionCase("normalisation and pooling, twice", nodes: 5, isExact: false) {
            Sequential {
                Input(8, 12, 2)
                conv(16)
                BatchNormalization(scale: false)
                MaxPooling2D(padding: .same)
                conv(3)
                BatchNormalization()
                MaxPooling2D()
            }
        },
        FusionCase("pooling with an edge", nodes: 3) {
            Sequential {
                Input(5, 7, 2)
                conv()
                BatchNormalization()
                ReLU()
                MaxPooling2D(padding: .same)
            }
        },
        FusionCase("pooling with other windows", nodes: 4) {
            Sequential {
                Input(6, 6, 2)
                conv()
                BatchNormalization()
                ReLU()
                MaxPooling2D(poolSize: 2, strides: 1)
            }
        },
        FusionCase("within a model", nodes: 3) {
            let inner = Sequential {
                conv()
                BatchNormalization()
                ReLU()
            }
            return Sequential {
                Input(5, 4, 2)
                inner
                conv()
            }
        },
    ]
}

@Suite("Fused layers")
struct FusionTests {
    /// Everything a forward and a backward pass give.
    private func results(_ model: Model, _ graph: Graph, _ pass: Pass) throws -> [Tensor] {
        let shape = try #require(model.inputShape)
        let x = Tensor.randomNormal(shape.batched(6), seed: 1)
        let result = graph.forward([x], pass)
        let (outputs, pullback) = (result.outputs, result.pullback)
        let gradients = outputs.enumerated().map { Tensor.randomNormal($1.shape, seed: UInt64(2 + $0)) }
        let inputGradients = pullback(gradients)
        defer { for parameter in model.parameters { parameter.clearGradient() } }
        return outputs + inputGradients + model.parameters.filter { !$0.isStatistic }.map(\.gradient)
    }

    @Test("do the same to the bit as the layers they stand for", arguments: FusionCase.all)
    private func equalsUnfused(_ one: FusionCase) throws {
        let model = try one.make()
        model.initialize(RandomKey(seed: 5))
        try (model as? Sequential)?.buildFromInput()
        for parameter in model.parameters where !parameter.isStatistic {
            parameter.value = .randomUniform(parameter.shape, in: -1..<1, seed: 9)
        }
        #expect(model.running.nodes.count == one.nodes)
        for pass in [Pass.training, .inference] {
            let (fused, unfused) = (
                try results(model, model.running, pass), try results(model, model.graph, pass)
            )
            if one.isExact {
                #expect(fused == unfused)
            } else {
                for (a, b) in zip(fused, unfused) {
                    expectClose(a, b, "\(pass)", relative: 1e-5, absolute: 1e-5)
                }
            }
        }
    }

    @Test("find the first of equal pixels, whatever the sign of gamma, as pooling by itself does")
    func ties() throws {
        let normalization = BatchNormalization()
        let model = Sequential([Input(4, 6, 9), normalization, ReLU(), MaxPooling2D()])
        try model.build([4, 6, 9])
        normalization.gamma.value = Tensor((0..<9).map { Float($0 - 4) / 2 })
        normalization.beta.value = Tensor((0..<9).map { Float($0 % 3) - 0.5 })
        // Few different values: most windows hold equal ones.
        let random = Tensor.randomUniform([3 * 4 * 6 * 9], in: -2..<2, seed: 3)
        let x = Tensor(random.scalars.map { $0.rounded() }).reshaped([3, 4, 6, 9])
        let (fused, plain) = (model.running.forward([x], .training), model.graph.forward([x], .training))
        #expect(model.running.nodes.count == 2)
        #expect(fused.outputs == plain.outputs)
        let gradient = Tensor.randomNormal(fused.outputs[0].shape, seed: 4)
        expectClose(
            fused.pullback([gradient])[0], plain.pullback([gradient])[0], "gradient", relative: 1e-5,
            absolute: 1e-5)
    }
}
