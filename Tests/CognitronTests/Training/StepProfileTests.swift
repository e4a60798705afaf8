import Foundation
import Testing

@testable import Cognitron

/// Passes its input on, in a known time.
private final class Slow: Layer {
    static let forward = 0.004
    static let backward = 0.008
    let name: String? = "slow"

    func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape { input }

    func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        Thread.sleep(forTimeInterval: Self.forward)
        return (
            input,
            { gradient in
                Thread.sleep(forTimeInterval: Self.backward)
                return gradient
            }
        )
    }
}

/// Waits, then runs a slow layer and a model inside it.
private final class Composed: Layer {
    static let seconds = 0.006
    let name: String? = "composed"
    let slow = Slow()
    let model = Sequential { Dense(2) }
    var children: [(name: String, layer: any AnyLayer)] { [("first", slow), ("second", model)] }

    func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try context.child("second", model, try context.child("first", slow, input))
    }

    func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        Thread.sleep(forTimeInterval: Self.seconds)
        let (hidden, firstPullback) = pass.child("first", slow, input)
        let (outputs, secondPullback) = pass.child("second", model, [hidden])
        return (
            outputs[0],
            { gradient in
                Thread.sleep(forTimeInterval: Self.seconds)
                return firstPullback(secondPullback([gradient])[0])
            }
        )
    }
}

/// Samples that take longer to make than a step takes.
private struct SlowSamples: Samples {
    static let seconds = 0.03
    let tensor: Tensor
    var shape: Shape { tensor.shape }

    func batch(_ indices: some Collection<Int>) -> Tensor { tensor.batch(indices) }

    func trainingBatch(_ indices: some Collection<Int>, epoch: Int, _ key: RandomKey) -> Tensor {
        Thread.sleep(forTimeInterval: Self.seconds)
        return batch(indices)
    }
}

/// Profiles every batch, and times it by a clock of its own.
private final class Stopwatch: Callback {
    let profile = StepProfile()
    var seconds: [Double] = []
    private var began = ContinuousClock.now

    func onTrainBatchBegin(_ batch: Int, _ model: Model) {
        began = .now
        model.profile = profile
        profile.begin()
    }

    func onTrainBatchEnd(_ batch: Int, _ scores: Scores, _ model: Model) {
        profile.end()
        seconds.append((.now - began) / .seconds(1))
    }
}

@Suite("The profile of training steps")
struct StepProfileTests {
    private static func makeModel() throws -> Sequential {
        let inner = Sequential { Dense(8) }
        let model = Sequential {
            Input(8, 8, 1)
            Conv2D(4, kernelSize: 3)
            Slow()
            ReLU()
            Flatten()
            inner
            Dense(3, activation: .softmax)
        }
        try model.compile(
            optimizer: SGD(), loss: .sparseCategoricalCrossentropy, metrics: [.accuracy], seed: 1)
        return model
    }

    private static func fit(_ x: some Samples) throws -> Stopwatch {
        let stopwatch = Stopwatch()
        let y = Tensor((0..<x.sampleCount).map { $0 % 3 })
        try makeModel().fit(x, y, batchSize: 4, callbacks: [stopwatch], verbose: .silent)
        return stopwatch
    }

    private static let x = Tensor.randomUniform([24, 8, 8, 1], seed: 1)

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    @Test("Its parts add up to the step to within 5 %")
    func sum() throws {
        let stopwatch = try Self.fit(Self.x)
        let profile = stopwatch.profile
        let others: [StepProfile.Part] = [.data, .loss, .check, .optimizer, .rest]
        let parts = profile.layers.flatMap { [.forward($0), .backward($0)] } + others
        var sums = [Double](repeating: 0, count: stopwatch.seconds.count)
        for part in parts {
            for (step, seconds) in profile.seconds(in: part).enumerated() { sums[step] += seconds }
        }
        var kinds = [Double](repeating: 0, count: stopwatch.seconds.count)
        for kind in StepProfile.Kind.allCases {
            for (step, seconds) in profile.seconds(ofKind: kind).enumerated() { kinds[step] += seconds }
        }
        for sums in [sums, kinds, profile.seconds] {
            let differences = zip(sums, stopwatch.seconds).map { abs($0 / $1 - 1) }
            #expect(Self.median(differences) < 0.05)
        }
    }

    @Test("The layers inside recurrent layers, wrappers and transformer blocks have their own time")
    func insideLayers() throws {
        let model = Sequential {
            Input(5, 4)
            Bidirectional(LSTM(2, returnSequences: true), name: "both")
            TransformerEncoder(intermediateDim: 3, numHeads: 2, name: "encoder")
            TimeDistributed(Dense(3), name: "each")
            RNN([SimpleRNNCell(2), GRUCell(3)], name: "loop")
        }
        try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 1)
        let stopwatch = Stopwatch()
        let x = Tensor.randomNormal([4, 5, 4], seed: 1)
        try model.fit(x, Tensor.zeros([4, 3]), callbacks: [stopwatch], verbose: .silent)
        let layers = Set(stopwatch.profile.layers)
        for name in [
            "both/forward_layer", "both/backward_layer", "encoder/self_attention_layer",
            "encoder/self_attention_layer/query", "encoder/feedforward_output_dense", "each/layer",
            "loop/cell", "loop/cell/cell_0", "loop/cell/cell_1",
        ] {
            #expect(layers.contains(name), "no \(name) in \(layers.sorted())")
            #expect(stopwatch.profile.seconds(in: .backward(name)).contains { $0 > 0 })
        }
    }

    @Test("Each layer has its own time, forward and backward, those of a model inside too")
    func layers() throws {
        let profile = try Self.fit(Self.x).profile
        #expect(
            profile.layers == [
                "input", "conv2d", "slow", "re_lu", "flatten", "sequential/dense", "sequential", "dense",
            ])
        for layer in profile.layers {
            let forward = try #require(profile.seconds(in: .forward(layer)).min())
            let backward = profile.seconds(in: .backward(layer)).min()
            #expect((forward >= Slow.forward) == (layer == "slow"), "\(layer) \(forward)")
            // No parameter comes before the layer that hands the data in.
            #expect((backward == nil) == (layer == "input"))
            #expect((backward ?? 0 >= Slow.backward) == (layer == "slow"), "\(layer)")
        }
    }

    @Test("Layers inside a layer have their own time, and it what it spends beside them")
    func children() throws {
        let model = Sequential {
            Input(3)
            Dense(3)
            Composed()
        }
        try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 1)
        let (stopwatch, x) = (Stopwatch(), Tensor.ones([8, 3]))
        try model.fit(x, Tensor.ones([8, 2]), batchSize: 4, callbacks: [stopwatch], verbose: .silent)
        let profile = stopwatch.profile
        #expect(
            profile.layers == [
                "input", "dense", "composed", "composed/first", "composed/second/dense", "composed/second",
            ])
        let bounds = [
            "composed": (Composed.seconds, Composed.seconds), "composed/first": (Slow.forward, Slow.backward),
        ]
        for layer in profile.layers.dropFirst() {
            let (forward, backward) = bounds[layer, default: (0, 0)]
            let spent = (
                profile.seconds(in: .forward(layer)).min() ?? -1,
                profile.seconds(in: .backward(layer)).min() ?? -1
            )
            #expect(spent.0 >= forward && spent.1 >= backward, "\(layer) \(spent)")
            // Sleeping takes longer than asked for on a busy machine, but the other layers do not sleep.
            if bounds[layer] == nil { #expect(spent.0 < Slow.forward && spent.1 < Slow.forward, "\(layer)") }
        }
        #expect(profile.seconds(in: .forward("composed")).min() ?? 1 < Composed.seconds + Slow.forward)
    }

    @Test("Waiting for a batch is time of the data")
    func data() throws {
        func waiting(_ x: some Samples) throws -> Double {
            Self.median(try Self.fit(x).profile.seconds(in: .data))
        }
        let step = Slow.forward + Slow.backward
        #expect(try waiting(SlowSamples(tensor: Self.x)) > (SlowSamples.seconds - step) / 2)
        #expect(try waiting(Self.x) < Slow.forward)
    }

    // Products are timed for the whole process, so this needs one of its own, which older compilers cannot
    // start.
    #if compiler(>=6.2)
        @Test("Matrix products count as such, what is beside them as transforms, all else as elementwise")
        func kinds() async {
            await #expect(processExitsWith: .success) {
                let profile = try Self.fit(Self.x).profile
                for layer in profile.layers {
                    let products = try #require(profile.productSeconds(inLayer: layer).min())
                    #expect(
                        (products > 0) == ["conv2d", "sequential/dense", "dense"].contains(layer), "\(layer)")
                }
                let slow = Slow.forward + Slow.backward
                for kind in StepProfile.Kind.allCases {
                    let seconds = try #require(profile.seconds(ofKind: kind).min())
                    #expect(seconds > 0 && (seconds >= slow) == (kind == .elementwise), "\(kind)")
                }
            }
        }
    #endif
}
