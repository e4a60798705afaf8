import CognitronKernels
import CognitronTesting
import Foundation
import Testing

@testable import Cognitron

/// Ranks that are threads; those of MPI are tested with the program `cognitron-mpi`.
@Suite("Training on several ranks")
struct AllReduceTests {
    /// What a rank has at the end of a training.
    struct Trained: Sendable {
        let weights: [Tensor]
        let history: [String: [Float]]
        let epochs: Int
    }

    enum Network: String, CaseIterable {
        case dense, dropout, normalized, pictures

        var layers: [any AnyLayer] {
            switch self {
            case .dense:
                [
                    Input(3), Dense(6, activation: .tanh, kernelRegularizer: .l2(0.01)),
                    Dense(4, activation: .tanh), Dense(2),
                ]
            case .dropout: [Input(3), Dense(6, activation: .tanh), Dropout(0.3), Dense(2)]
            case .normalized:
                [Input(3), Dense(6), BatchNormalization(), Activation(.relu), Dense(2)]
            // Fused: normalisation with ReLU and pooling, and with a ReLU.
            case .pictures:
                [
                    Input(6, 6, 2), Conv2D(4, kernelSize: 3, padding: .same), BatchNormalization(),
                    Activation(.relu), MaxPooling2D(), Conv2D(3, kernelSize: 3), BatchNormalization(),
                    Activation(.relu), Flatten(), Dense(2),
                ]
            }
        }

        /// Adam takes a full step along what rounding leaves of a gradient, as that of a bias before a
        /// normalisation.
        var optimizer: any Optimizer {
            self == .normalized || self == .pictures ? SGD(learningRate: 0.1) : Adam(learningRate: 0.02)
        }

        func samples(_ count: Int, seed: UInt64 = 1) -> SampleSource {
            let shape: Shape = self == .pictures ? [count, 6, 6, 2] : [count, 3]
            return SampleSource(
                Tensor.randomNormal(shape, seed: seed), Tensor.randomNormal([count, 2], seed: seed + 1))
        }
    }

    private static func train(
        _ network: Network, _ transforms: [any GradientTransform], samples: Int = 22, batchSize: Int = 8,
        epochs: Int = 3, source: (any BatchSource)? = nil, callbacks: [any Callback] = [],
        resumeFrom: String? = nil
    ) throws -> Trained {
        let model = Sequential(network.layers)
        try model.compile(
            optimizer: network.optimizer, loss: .meanSquaredError, metrics: [.meanAbsoluteError],
            gradients: transforms, seed: 7)
        let history = try model.fit(
            source ?? network.samples(samples), batchSize: batchSize, epochs: epochs,
            validation: network.samples(9, seed: 5), callbacks: callbacks, verbose: .silent,
            resumeFrom: resumeFrom)
        return Trained(
            weights: model.parameters.map(\.value), history: history.scores,
            epochs: history.epochs.count)
    }

    private static func onRanks(
        _ count: Int, _ network: Network, samples: Int = 22, batchSize: Int = 8, shards: Int? = nil,
        synchronized: Bool = false, bucketBytes: Int = 1 << 22,
        others: @escaping @Sendable () -> [any GradientTransform] = { [] }
    ) throws -> [Trained] {
        try ThreadCommunicator.run(ranks: count) { communicator in
            try train(
                network,
                [
                    .allReduce(
                        communicator, shards: shards, synchronizedStatistics: synchronized,
                        bucketBytes: bucketBytes)
                ] + others(), samples: samples, batchSize: batchSize)
        }
    }

    private static func largestDifference(_ a: Trained, _ b: Trained) -> Float {
        zip(a.weights, b.weights).map { $0.maximumDifference(from: $1) }.max() ?? .nan
    }

    // MARK: The same training

    @Test(
        "Ranks end with the weights and scores of one process, whatever the sizes of batches and buckets",
        arguments: [(2, 22, 8), (3, 22, 8), (3, 7, 3), (4, 9, 9)], [1, 100, 1 << 22])
    func sameAsOneProcess(sizes: (ranks: Int, samples: Int, batchSize: Int), bucketBytes: Int) throws {
        let alone = try Self.train(.dense, [], samples: sizes.samples, batchSize: sizes.batchSize)
        let ranks = try Self.onRanks(
            sizes.ranks, .dense, samples: sizes.samples, batchSize: sizes.batchSize, bucketBytes: bucketBytes)
        for rank in ranks {
            #expect(rank.weights == ranks[0].weights)
            #expect(Self.largestDifference(rank, alone) < 1e-5)
            for (name, scores) in alone.history {
                let own = try #require(rank.history[name])
                #expect(Tensor(own).isClose(to: Tensor(scores), absolute: 1e-5, relative: 1e-4), "\(name)")
            }
            #expect(rank.history == ranks[0].history)
        }
    }

    @Test("Clipping and accumulation after the sum are those of one process")
    func otherTransforms() throws {
        let others: @Sendable () -> [any GradientTransform] = { [.accumulate(2), .clip(globalNorm: 0.1)] }
        let alone = try Self.train(.dense, others())
        for rank in try Self.onRanks(2, .dense, others: others) {
            #expect(Self.largestDifference(rank, alone) < 1e-5)
        }
    }

    @Test("A frozen layer stays as it is, and one without a loss is updated as by one process")
    func withoutGradient() throws {
        let train: @Sendable (_ transforms: [any GradientTransform]) throws -> [Tensor] = { transforms in
            let input = Input(3)
            let (used, unused) = (Dense(2, name: "used")(input), Dense(2, name: "unused")(input))
            let frozen = Dense(2, name: "frozen")(used)
            let model = try Model(inputs: [input], outputs: ["frozen": frozen, "unused": unused])
            // Weight decay would change a layer whose gradient is 0, not one that has none.
            try model.compile(
                optimizer: AdamW(learningRate: 0.1, weightDecay: 0.5), losses: ["frozen": .meanSquaredError],
                gradients: transforms, seed: 3)
            model.layer(named: "frozen")?.isTrainable = false
            _ = try model.fit(Network.dense.samples(8), batchSize: 4, epochs: 2, verbose: .silent)
            return model.parameters.map(\.value)
        }
        let alone = try train([])
        for rank in try ThreadCommunicator.run(ranks: 2, { try train([.allReduce($0)]) }) {
            for (a, b) in zip(rank, alone) { #expect(a.isClose(to: b, absolute: 1e-5)) }
        }
    }

    // MARK: Statistics and random numbers

    @Test("Statistics of each rank's part are averaged: all ranks have the same")
    func averagedStatistics() throws {
        let ranks = try Self.onRanks(3, .normalized)
        for rank in ranks { #expect(rank.weights == ranks[0].weights) }
        let alone = try Self.train(.normalized, [])
        // Other statistics than those of the whole batch: the test of synchronized ones would see it.
        #expect(Self.largestDifference(ranks[0], alone) > 1e-3)
    }

    @Test(
        "Synchronized statistics are those of one process, also in fused layers and with unequal parts",
        arguments: [Network.normalized, .pictures], [(2, 8), (3, 8), (3, 2)])
    func synchronizedStatistics(network: Network, sizes: (ranks: Int, batchSize: Int)) throws {
        let alone = try Self.train(network, [], samples: 12, batchSize: sizes.batchSize)
        let ranks = try Self.onRanks(
            sizes.ranks, network, samples: 12, batchSize: sizes.batchSize, synchronized: true)
        for rank in ranks { #expect(Self.largestDifference(rank, alone) < 2e-4) }
    }

    @Test("A synchronized layer sums over ranks by itself, and its file says so")
    func synchronizedLayer() throws {
        let layer = BatchNormalization(synchronized: true)
        let copy = try JSONDecoder().decode(BatchNormalization.self, from: JSONEncoder().encode(layer))
        #expect(copy.synchronized)
        let train: @Sendable ([any GradientTransform]) throws -> [Tensor] = { transforms in
            let model = Sequential([Input(3), Dense(4), BatchNormalization(synchronized: true), Dense(2)])
            try model.compile(
                optimizer: SGD(learningRate: 0.1), loss: .meanSquaredError, gradients: transforms, seed: 3)
            _ = try model.fit(Network.dense.samples(12), batchSize: 6, epochs: 2, verbose: .silent)
            return model.parameters.map(\.value)
        }
        let alone = try train([])
        for rank in try ThreadCommunicator.run(ranks: 2, { try train([.allReduce($0)]) }) {
            for (a, b) in zip(rank, alone) { #expect(a.isClose(to: b, absolute: 1e-5)) }
        }
    }

    @Test("Each rank drops other units, and none does after the training")
    func dropout() throws {
        let shards = try ThreadCommunicator.run(ranks: 2) { communicator in
            let layer = Dropout(0.5)
            let model = Sequential([Input(3), layer, Dense(2)])
            try model.compile(
                optimizer: SGD(), loss: .meanSquaredError, gradients: [.allReduce(communicator)], seed: 1)
            let during = Locked(-1)
            let look = LambdaCallback(onTrainBatchEnd: { _, _, _ in
                during.withLock { $0 = layer.randomStreams[0].shard }
            })
            _ = try model.fit(
                Network.dense.samples(4), batchSize: 4, epochs: 1, callbacks: [look], verbose: .silent)
            return (during.withLock { $0 }, layer.randomStreams[0].shard)
        }
        #expect(shards.map(\.0) == [0, 1])
        #expect(shards.map(\.1) == [0, 0])
        let (a, b) = (RandomStream(seed: 1), RandomStream(seed: 1))
        b.shard = 1
        #expect(a.next() != b.next())
    }

    // MARK: The same bits

    @Test(
        "With shards, 1, 2 and 4 ranks give the same bits",
        arguments: [Network.dense, .dropout, .normalized, .pictures], [8, 3])
    func sameBits(network: Network, batchSize: Int) throws {
        let one = try Self.train(
            network, [.allReduce(SoloCommunicator(), shards: 4)], batchSize: batchSize)
        for count in [2, 4] {
            for rank in try Self.onRanks(count, network, batchSize: batchSize, shards: 4) {
                #expect(rank.weights == one.weights, "\(count) ranks")
            }
        }
        let plain = try Self.train(network, [], batchSize: batchSize)
        if network == .dense { #expect(Self.largestDifference(one, plain) < 1e-5) }
    }

    @Test("A checkpoint of two ranks is resumed by four and by one, to the same bits")
    func resumeWithOtherRanks() throws {
        let whole = try Self.train(.dropout, [.allReduce(SoloCommunicator(), shards: 4)])
        let folder = try TemporaryFolder()
        let run = folder.file("run")
        let stopped = try ThreadCommunicator.run(ranks: 2) { communicator in
            let stop = LambdaCallback(onTrainBatchEnd: { batch, _, model in
                // On one rank only: the others must stop too.
                if communicator.rank == 1, batch == 2 { model.stopTraining = true }
            })
            return try Self.train(
                .dropout, [.allReduce(communicator, shards: 4)],
                callbacks: [
                    stop,
                    BackupAndRestore(run, saveFrequency: .steps(1), deleteCheckpoint: false),
                ])
        }
        for rank in stopped { #expect(rank.epochs == 1 && rank.weights != whole.weights) }
        let copy = folder.file("copy")
        try FileManager.default.copyItem(atPath: run, toPath: copy)
        let alone = try Self.train(
            .dropout, [.allReduce(SoloCommunicator(), shards: 4)], resumeFrom: copy)
        #expect(alone.weights == whole.weights)
        let resumed = try ThreadCommunicator.run(ranks: 4) { communicator in
            try Self.train(
                .dropout, [.allReduce(communicator, shards: 4)],
                callbacks: [BackupAndRestore(run, deleteCheckpoint: false)])
        }
        for rank in resumed { #expect(rank.weights == whole.weights) }
    }

    // MARK: Data, callbacks, several networks

    /// Samples whose number is not known before they end.
    private struct Stream: BatchSource {
        let base: SampleSource
        let length: Int
        var sampleCount: Int? { nil }

        func batch(_ samples: [Int], _ draw: Draw?) throws -> Batch? {
            let own = samples.filter { $0 < length }
            return own.isEmpty ? nil : try base.batch(own, draw)
        }
    }

    @Test("A source of unknown length is shared too")
    func unknownLength() throws {
        let source = Stream(base: Network.dense.samples(21), length: 21)
        let alone = try Self.train(.dense, [], source: source)
        let ranks = try ThreadCommunicator.run(ranks: 2) {
            try Self.train(.dense, [.allReduce($0)], source: source)
        }
        for rank in ranks { #expect(Self.largestDifference(rank, alone) < 1e-5) }
    }

    @Test("Files are written by the first rank alone, with the scores of all")
    func files() throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        let ranks = try ThreadCommunicator.run(ranks: 2) { communicator in
            try Self.train(
                .dense, [.allReduce(communicator)],
                callbacks: [
                    CSVLogger("\(path)/\(communicator.rank).csv"),
                    ModelCheckpoint("\(path)/\(communicator.rank)-{epoch}.safetensors"),
                ])
        }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [
                "0-1.safetensors", "0-2.safetensors", "0-3.safetensors", "0.csv",
            ])
        let rows = try String(contentsOfFile: folder.file("0.csv"), encoding: .utf8).split(separator: "\n")
        let loss = try #require(ranks[1].history["loss"]?.last)
        #expect(rows.count == 4 && rows.last?.contains("\(loss)") == true)
    }

    @Test("A generator and a discriminator are trained on ranks")
    func adversarial() throws {
        let weights = try ThreadCommunicator.run(ranks: 2) { communicator in
            let generator = Sequential([
                Input(3), Dense(5, activation: .tanh), BatchNormalization(), Dense(2),
            ])
            let discriminator = Sequential([Input(2), Dense(6, activation: .tanh), Dense(1)])
            let trainer = Trainer(
                networks: ["generator": generator, "discriminator": discriminator],
                optimizers: ["generator": Adam(), "discriminator": Adam()], step: AdversarialStep(),
                gradients: [.allReduce(communicator)], seed: 5)
            let history = try trainer.fit(
                SampleSource([Tensor.randomNormal([12, 2], seed: 1)]), batchSize: 4, epochs: 2,
                verbose: .silent)
            return ((generator.parameters + discriminator.parameters).map(\.value), history.scores)
        }
        #expect(weights[0].0 == weights[1].0)
        #expect(weights[0].1 == weights[1].1)
        #expect(weights[0].0.allSatisfy { $0.isFinite })
    }

    // MARK: Mistakes

    @Test("Ranks with another network, other data or another batch size are told apart, on every rank")
    func differentRanks() throws {
        typealias Arguments = (network: Network, samples: Int, batchSize: Int)
        let wrong: [(Arguments, String)] = [
            ((.dropout, 22, 8), "networks"), ((.dense, 21, 8), "number of samples"),
            ((.dense, 22, 4), "batch size"),
        ]
        for (arguments, problem) in wrong {
            let results = ThreadCommunicator.results(ranks: 2) { communicator in
                let own: Arguments = communicator.rank == 0 ? (.dense, 22, 8) : arguments
                return try Self.train(
                    own.network, [.allReduce(communicator)], samples: own.samples, batchSize: own.batchSize)
            }
            for result in results {
                let error = #expect(throws: CognitronError.self) { try result.get() }
                #expect(error?.place == "rank 1" && "\(error!)".contains(problem), "\(problem)")
            }
        }
    }

    @Test(
        "Shards that cannot be shared are refused", arguments: [(2, 3), (2, 1), (3, 4), (1, 0)])
    func invalidShards(ranks: Int, shards: Int) throws {
        for result in ThreadCommunicator.results(
            ranks: ranks, { try Self.train(.dense, [.allReduce($0, shards: shards)]) })
        {
            let error = #expect(throws: CognitronError.self) { try result.get() }
            #expect("\(error!)".contains("a power of two"))
        }
    }

    @Test("Shards do not go with synchronized layers and other steps, nor ranks with stateful layers")
    func shardsOfOtherTrainings() throws {
        let synchronized = #expect(throws: CognitronError.self) {
            try Self.train(
                .normalized, [.allReduce(SoloCommunicator(), shards: 2, synchronizedStatistics: true)])
        }
        #expect("\(synchronized!)".contains("synchronized batch normalisation"))
        let wrapping = #expect(throws: CognitronError.self) {
            try Self.weighted(.allReduce(SoloCommunicator(), shards: 2))
        }
        #expect("\(wrapping!)".contains("UncertaintyWeighting"))
        for result in ThreadCommunicator.results(
            ranks: 2,
            { communicator in
                let model = Sequential([Input(4, 3), LSTM(2, stateful: true)])
                try model.compile(
                    optimizer: SGD(), loss: .meanSquaredError, gradients: [.allReduce(communicator)], seed: 1)
                _ = try model.fit(
                    SampleSource(Tensor.zeros([4, 4, 3]), Tensor.zeros([4, 2])), batchSize: 4,
                    verbose: .silent)
            })
        {
            let error = #expect(throws: CognitronError.self) { try result.get() }
            #expect("\(error!)".contains("stateful"))
        }
    }

    @Test("The sum over ranks is the first transform, once, and single batches are not shared")
    func misuse() throws {
        let solo = SoloCommunicator()
        let wrong: [[any GradientTransform]] = [
            [.accumulate(2), .allReduce(solo)], [.allReduce(solo), .allReduce(solo)],
        ]
        for transforms in wrong {
            let error = #expect(throws: CognitronError.self) { try Self.train(.dense, transforms) }
            #expect("\(error!)".contains("allReduce is not the first transform"))
        }
        let model = Sequential(Network.dense.layers)
        try model.compile(
            optimizer: SGD(), loss: .meanSquaredError, gradients: [.allReduce(solo)], seed: 1)
        let error = #expect(throws: CognitronError.self) {
            try model.trainOnBatch(Tensor.zeros([2, 3]), Tensor.zeros([2, 2]))
        }
        #expect("\(error!)".contains("does not share a batch among ranks"))
    }

    // MARK: Networks and steps of other forms

    @Test("A layer that is used twice is summed after its last use", arguments: [1, 1 << 22])
    func sharedLayer(bucketBytes: Int) throws {
        let train: @Sendable ([any GradientTransform]) throws -> [Tensor] = { transforms in
            let (a, b) = (Input(3), Input(3))
            let tower = Sequential([Input(3), Dense(4, activation: .tanh), Dense(3)])
            let both = Concatenate()(tower(a), Dense(2)(tower(b)))
            let model = try Model(inputs: [a, b], outputs: Dense(2)(both))
            try model.compile(
                optimizer: SGD(learningRate: 0.1), loss: .meanSquaredError, gradients: transforms, seed: 3)
            let source = SampleSource(
                [Tensor.randomNormal([12, 3], seed: 1), Tensor.randomNormal([12, 3], seed: 2)],
                [Tensor.randomNormal([12, 2], seed: 3)])
            _ = try model.fit(source, batchSize: 4, epochs: 3, verbose: .silent)
            return model.parameters.map(\.value)
        }
        let alone = try train([])
        for rank in try ThreadCommunicator.run(
            ranks: 2, { try train([.allReduce($0, bucketBytes: bucketBytes)]) })
        {
            for (a, b) in zip(rank, alone) { #expect(a.isClose(to: b, absolute: 1e-5)) }
        }
    }

    /// A network of two outputs whose losses are weighted by uncertainties: its weights and scores.
    private static func weighted(_ transform: AllReduce?) throws -> (
        weights: [Tensor], scores: [String: [Float]]
    ) {
        let input = Input(3)
        let hidden = Dense(5, activation: .tanh)(input)
        let model = try Model(
            inputs: [input], outputs: ["a": Dense(2, name: "a")(hidden), "b": Dense(2, name: "b")(hidden)])
        try model.compile(
            optimizer: SGD(learningRate: 0.1), losses: ["a": .meanSquaredError, "b": .meanAbsoluteError],
            gradients: transform.map { [$0] } ?? [], seed: 3, step: { UncertaintyWeighting(wrapped: $0) })
        let y = Tensor.randomNormal([10, 2], seed: 2)
        let history = try model.fit(
            SampleSource([Tensor.randomNormal([10, 3], seed: 1)], [y, y]), batchSize: 5, epochs: 3,
            verbose: .silent)
        return (model.parameters.map(\.value), history.scores)
    }

    @Test("A step around the supervised one gives the weights and scores of one process")
    func wrappingStep() throws {
        let alone = try Self.weighted(nil)
        for rank in try ThreadCommunicator.run(ranks: 2, { try Self.weighted(.allReduce($0)) }) {
            for (a, b) in zip(rank.weights, alone.weights) { #expect(a.isClose(to: b, absolute: 1e-5)) }
            #expect(Set(rank.scores.keys) == Set(alone.scores.keys))
            for (name, values) in alone.scores {
                #expect(
                    Tensor(rank.scores[name] ?? []).isClose(to: Tensor(values), absolute: 1e-4), "\(name)")
            }
        }
    }
}
