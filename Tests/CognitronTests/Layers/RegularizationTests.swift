import Foundation
import Testing

@testable import Cognitron

@Suite("Regularization layers")
struct RegularizationTests {
    static let noisy: [@Sendable (UInt64?) -> any AnyLayer] = [
        { Dropout(0.5, seed: $0) }, { AlphaDropout(0.5, seed: $0) }, { GaussianDropout(0.5, seed: $0) },
        { GaussianNoise(0.5, seed: $0) }, { SpatialDropout1D(0.5, seed: $0) },
    ]

    @Test("A seed of the layer's own outlives the model's, also in a file; inference changes nothing")
    func seeds() throws {
        let x = Tensor.randomNormal([4, 6, 8], seed: 1)
        for make in Self.noisy {
            func draw(_ layer: any AnyLayer, _ seed: UInt64) throws -> Tensor {
                let model = Sequential([Input(6, 8), layer])
                model.initialize(RandomKey(seed: seed))
                #expect(try model.predict(x) == x)
                return model.forward(x, .training).output
            }
            #expect(try draw(make(3), 1) == draw(make(3), 2))
            #expect(try draw(make(3), 1) != draw(make(4), 1))
            #expect(try draw(make(nil), 1) != draw(make(nil), 2))
            #expect(try draw(make(nil), 1) == draw(make(nil), 1))
            let saved = try JSONEncoder().encode(SavedLayer(make(3)))
            let again = try JSONDecoder().decode(SavedLayer.self, from: saved).layer
            #expect(try draw(again, 7) == draw(make(3), 1))
        }
    }

    @Test("Dropping keeps the mean, alpha dropout the variance too")
    func statistics() throws {
        let x = Tensor.randomNormal([2000, 10], mean: 0.5, seed: 1)
        for layer: any AnyLayer in [
            Dropout(0.3, seed: 1), GaussianDropout(0.3, seed: 1), GaussianNoise(1, seed: 1),
        ] {
            #expect(abs(try output(of: layer, x, pass: .training).mean() - 0.5) < 0.03, "\(layer.typeName)")
        }
        let normal = Tensor.randomNormal([2000, 10], seed: 2)
        let y = try output(of: AlphaDropout(0.3, seed: 1), normal, pass: .training)
        #expect(abs(y.mean()) < 0.05 && abs(y.squared.mean() - 1) < 0.05)
        let deviation = (try output(of: GaussianNoise(2, seed: 1), normal, pass: .training) - normal).squared
            .mean()
        #expect(abs(deviation - 4) < 0.2)
    }

    @Test("Spatial dropout and a noise shape drop all positions together")
    func together() throws {
        let x = Tensor.ones([3, 4, 5, 6])
        let layers: [any AnyLayer] = [
            SpatialDropout2D(0.5, seed: 1), Dropout(0.5, noiseShape: [nil, 1, 1, nil], seed: 1),
        ]
        for layer in layers {
            let y = try output(of: layer, x, pass: .training)
            let first = y.slice(axis: 1, 0..<1).slice(axis: 2, 0..<1)
            #expect(y == first.broadcast(to: y.shape))
            #expect(Set(y.scalars) == [0, 2])
        }
    }

    @Test(
        "The activity's penalty is a mean over the samples, in fit and evaluate, of a dense layer as of the layer alone"
    )
    func activity() throws {
        let (x, y) = (Tensor.randomNormal([6, 3], seed: 1), Tensor.randomNormal([6, 2], seed: 2))
        func model(_ layers: [any AnyLayer]) throws -> Model {
            let model = Sequential([Input(3)] + layers)
            try model.compile(optimizer: SGD(learningRate: 0), loss: .meanSquaredError, seed: 1)
            model.parameters[0].value = Tensor.randomNormal([3, 2], seed: 3)
            return model
        }
        let plain = try model([Dense(2)])
        let charged = try model([Dense(2, activityRegularizer: .l1l2(l1: 0.1, l2: 0.2))])
        let layer = try model([Dense(2), ActivityRegularization(l1: 0.1, l2: 0.2)])
        let activity = try plain.predict(x)
        let penalty = (0.1 * activity.absolute.sum() + 0.2 * activity.squared.sum()) / 6
        let expected = try plain.evaluate(x, y).loss + penalty
        for model in [charged, layer] {
            #expect(abs(try model.evaluate(x, y).loss - expected) < 1e-5)
            #expect(abs(try model.trainOnBatch(x, y).loss - expected) < 1e-5)
        }
        // A softmax at the end is charged for its shares, not for its logits.
        let softmax = Sequential([Input(3), Dense(2, activation: .softmax, activityRegularizer: .l1(1))])
        try softmax.compile(optimizer: SGD(learningRate: 0), loss: .categoricalCrossentropy, seed: 1)
        let target = Tensor([1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0], shape: [6, 2])
        let shares = try softmax.predict(x)
        let loss = -(shares.logarithm * target).sum() / 6 + 1
        #expect(abs(try softmax.evaluate(x, target).loss - loss) < 1e-4)
    }

    @Test("A convolution's penalty counts where prediction would fold, pool or keep filters")
    func activityOfConvolutions() throws {
        let (x, y) = (Tensor.randomNormal([4, 6, 6, 3], seed: 1), Tensor.zeros([4, 4]))
        func model(_ regularizer: Regularizer?) throws -> Model {
            let model = Sequential([
                Input(6, 6, 3),
                Conv2D(4, kernelSize: 3, padding: .same, activityRegularizer: regularizer),
                BatchNormalization(),
                Conv2D(4, kernelSize: 3, padding: .same, activation: .relu, activityRegularizer: regularizer),
                MaxPooling2D(), GlobalAveragePooling2D(),
            ])
            try model.compile(optimizer: SGD(learningRate: 0), loss: .meanSquaredError, seed: 1)
            return model
        }
        let (plain, charged) = (try model(nil), try model(.l2(0.1)))
        let first = plain.layers[1].forward(inputs: [x], .inference).outputs[0]
        let second = plain.layers[3].forward(
            inputs: plain.layers[2].forward(inputs: [first], .inference).outputs, .inference
        ).outputs[0]
        let penalty = 0.1 * (first.squared.sum() + second.squared.sum()) / 4
        #expect(abs(try charged.evaluate(x, y).loss - plain.evaluate(x, y).loss - penalty) < 1e-4 * penalty)
    }

    @Test("Rates, deviations, noise shapes and inputs that do not fit are refused")
    func refused() {
        let cases: [(any AnyLayer, Shape, String)] = [
            (Dropout(1), [3], "invalid rate"), (AlphaDropout(-0.1), [3], "invalid rate"),
            (GaussianDropout(1), [3], "invalid rate"),
            (GaussianNoise(-1), [3], "gaussian_noise: invalid stddev"),
            (SpatialDropout2D(0.5), [3, 4], "needs samples with 3 axes"),
            (Dropout(0.5, noiseShape: [nil, 2]), [3], "expected 2 sizes, the first for the batch"),
            (Dropout(0.5, noiseShape: [nil]), [3], "invalid noiseShape"),
            (AlphaDropout(0.5, noiseShape: [8, 3]), [3], "got [8, 3]"),
            (ActivityRegularization(l1: -1), [3], "invalid activityRegularizer"),
            (Dense(2, activityRegularizer: .l2(-1)), [3], "invalid activityRegularizer"),
        ]
        for (layer, shape, message) in cases {
            let text = buildError(layer, shape)
            #expect(text.contains(message), "\(text)")
        }
    }
}
