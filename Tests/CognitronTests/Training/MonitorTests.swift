import Testing

@testable import Cognitron

@Suite("Callbacks that watch scores")
struct MonitorTests {
    private let x = Tensor.randomNormal([8, 2], seed: 1)
    private let y = Tensor.zeros([8, 1])

    /// A metric that takes the numbers of the second output, one an epoch.
    private func model(_ direction: Direction) throws -> Model {
        let f1 = MeanMetric("f1", direction: direction) { prediction, _ in prediction.mean(axis: 1) }
        let model = Sequential([Input(2), Dense(1)])
        try model.compile(optimizer: SGD(learningRate: 0.1), loss: .meanSquaredError, metrics: [f1], seed: 1)
        return model
    }

    @Test(
        "EarlyStopping maximises a metric that says that it should grow, and minimises one that should shrink"
    )
    func directions() throws {
        for (direction, grows) in [(Direction.maximize, true), (.minimize, false)] {
            let model = try model(direction)
            // The mean prediction moves towards the targets, which it comes from below or from above.
            model.parameters[1].value = [grows ? -50 : 50]
            let stopping = EarlyStopping(monitor: "val_f1", patience: 2)
            let history = try model.fit(
                x, y, epochs: 6, validationData: (x, y), callbacks: [stopping], verbose: .silent)
            #expect(history.epochs.count == 6 && stopping.stoppedEpoch == nil)
            // The other way round every epoch is worse than the first.
            model.parameters[1].value = [grows ? 50 : -50]
            let worse = try model.fit(
                x, y, epochs: 6, validationData: (x, y), callbacks: [stopping], verbose: .silent)
            #expect(worse.epochs.count == 3 && stopping.stoppedEpoch == 3)
        }
    }

    @Test("A direction that is not known is an error before the first epoch, unless the mode says it")
    func unknownDirection() throws {
        let model = try model(.unknown)
        let before = model.parameters.map(\.value)
        func fit(_ callback: any Callback) throws {
            try model.fit(x, y, validationData: (x, y), callbacks: [callback], verbose: .silent)
        }
        let path = try TemporaryFolder().file("m")
        for callback: any Callback in [
            EarlyStopping(monitor: "val_f1"), EarlyStopping(monitor: "f1"),
            ModelCheckpoint(path, monitor: "val_f1", saveBestOnly: true),
        ] {
            let text = errorText { try fit(callback) }
            #expect(text.contains("should grow or shrink is not known"), "\(text)")
        }
        #expect(model.parameters.map(\.value) == before)
        try fit(EarlyStopping(monitor: "val_f1", mode: .maximum))
    }

    @Test("A score that this training does not measure is an error before the first epoch")
    func missing() throws {
        let model = try model(.maximize)
        let before = model.parameters.map(\.value)
        let folder = try TemporaryFolder()
        for callback: any Callback in [
            EarlyStopping(monitor: "val_f1"), EarlyStopping(monitor: "auc"),
            ModelCheckpoint(folder.file("m"), saveBestOnly: true),
            ModelCheckpoint(folder.file("m-{val_f1:.2f}")), ModelCheckpoint(folder.file("m-{auc}")),
            BackupAndRestore(folder.file("run"), monitor: "val_loss"),
        ] {
            let text = errorText { try model.fit(x, y, callbacks: [callback], verbose: .silent) }
            #expect(text.contains("nothing called"), "\(text)")
        }
        #expect(model.parameters.map(\.value) == before && folder.contents.isEmpty)
    }

    @Test("The epoch and scores stand in the names of checkpoints")
    func checkpointNames() throws {
        let folder = try TemporaryFolder()
        let model = try model(.maximize)
        let history = try model.fit(
            x, y, epochs: 2, validationData: (x, y),
            callbacks: [
                ModelCheckpoint(folder.file("a-{epoch:02d}-{val_loss:.2f}.safetensors")),
                ModelCheckpoint(folder.file("b{epoch}{epoch:4d}")),
            ], verbose: .silent)
        let losses = history["val_loss"].map { $0.fixed(2) }
        #expect(
            folder.contents == [
                "a-01-\(losses[0]).safetensors", "a-02-\(losses[1]).safetensors", "b1   1", "b2   2",
            ])
        #expect(try Model.load(folder.file("b2   2")).predict(x) == model.predict(x))
    }

    @Test(
        "Names with places that cannot be filled in are refused when training begins",
        arguments: [
            "{epoch", "epoch}", "{}", "{epoch:.2f}", "{val_loss:d}", "{epoch:x}", "{loss:.f}", "{{epoch}}",
            "{loss!r}", "{loss:,.2f}",
        ])
    func badNames(_ name: String) throws {
        let folder = try TemporaryFolder()
        let model = try model(.maximize)
        let before = model.parameters.map(\.value)
        let text = errorText {
            try model.fit(
                x, y, callbacks: [ModelCheckpoint(folder.file(name))], verbose: .silent)
        }
        #expect(text.contains("its path has a place that cannot be filled in"), "\(text)")
        #expect(model.parameters.map(\.value) == before && folder.contents.isEmpty)
    }

    @Test("Outputs' scores are watched by the names that the history has")
    func severalOutputs() throws {
        let input = Input(2)
        let model = try Model(
            inputs: input, outputs: ["a": Dense(1)(input), "b": Dense(3, activation: .softmax)(input)])
        try model.compile(
            optimizer: SGD(), losses: ["a": .huber, "b": .sparseCategoricalCrossentropy],
            metrics: ["b": [.accuracy]], weightedMetrics: ["b": [.accuracy]], seed: 1)
        let y = [Tensor.ones([8, 1]), Tensor((0..<8).map { $0 % 3 })]
        let watching = ["val_a_loss", "b_loss", "val_b_accuracy", "b_weighted_accuracy", "val_loss"]
        let history = try model.fit(
            [x], y, validationData: ([x], y),
            callbacks: watching.map { EarlyStopping(monitor: $0, patience: 9) },
            verbose: .silent)
        for name in watching { #expect(history[name].count == 1, "\(name)") }
    }

    @Test("Two networks, or two optimizers, of one name are refused")
    func namesTwice() {
        struct Nothing: TrainingStep {
            func train(_ batch: Batch, _ trainer: Trainer) throws -> Scores { ["loss": 0] }
        }
        let (a, b) = (Sequential([Input(2), Dense(1)]), Sequential([Input(2), Dense(1)]))
        let source = SampleSource([x])
        let twins = Trainer(networks: ["a": a, "a": b], optimizers: [:], step: Nothing())
        #expect(errorText { try twins.fit(source, verbose: .silent) }.contains("are called a"))
        let rules = Trainer(
            networks: ["a": a, "b": b], optimizers: ["b": SGD(), "b": SGD()], step: Nothing())
        #expect(errorText { try rules.fit(source, verbose: .silent) }.contains("are called b"))
    }
}
