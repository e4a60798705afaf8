import Cognitron
import CognitronData
import CognitronPlots

extension Experiment {
    /// The next frame of moving shapes by a recurrent convolutional network, beside the frame before it.
    ///
    /// - Source: Shi et al., "Convolutional LSTM Network: A Machine Learning Approach for Precipitation
    ///   Nowcasting" (2015).
    public static let movingShapes = Experiment(
        "moving-shapes", "the next frame of moving shapes by a convolutional LSTM, beside the frame before"
    ) { settings in
        let (frames, size) = (settings.pick(full: 10, small: 6), 32)
        let objects = settings.pick(full: 1...3, small: 1...1)
        func videos(_ split: DatasetSplit, _ count: Int) -> any BatchSource {
            ShapeVideo(seed: settings.seed, split: split, frames: frames, size: size, objects: objects)
                .source(count: count)
        }
        let train = videos(.train, settings.pick(full: 1_000, small: 120))
        let test = videos(.test, settings.pick(full: 200, small: 40))
        let still = try network(recurrent: false, frames, size, train, settings)
        let moving = try network(recurrent: true, frames, size, train, settings)
        guard let batch = try test.batch(Array(0..<(test.sampleCount ?? 0)), nil) else { return Findings([]) }
        // The first frames tell nothing of a direction.
        func error(_ frames: Tensor) -> Double {
            let difference = (frames - batch.targets[0]).slice(axis: 1, 2..<batch.targets[0].shape[1])
            return Double(difference.squared.mean())
        }
        let answers = [
            ("the frame before", batch.inputs[0]),
            ("convolutions of one frame", try still.predict(batch.inputs[0])),
            ("convolutional LSTM", try moving.predict(batch.inputs[0])),
        ]
        var table = FindingsTable("Next frame", columns: ["mean squared error"])
        for (name, frames) in answers { table.add(name, [error(frames)]) }
        let rows = ([("truth", batch.targets[0])] + answers).map { name, frames in
            PictureSheet.Section(
                name,
                frames[0].unstacked().map { PictureSheet.Cell(Picture($0.clamped(to: 0...1))) },
                columns: frames.shape[1])
        }
        let sheet = PictureSheet("The next frames of a video", sections: rows, side: 56)
        return Findings([table], plots: ["moving-shapes": try sheet.plot(width: 664)])
    }

    /// Adds to each frame what changes, from that frame alone or from all frames up to it.
    private static func network(
        recurrent: Bool, _ frames: Int, _ size: Int, _ train: any BatchSource, _ settings: ExperimentSettings
    ) throws -> Model {
        settings.report(recurrent ? "convolutional LSTM" : "convolutions of one frame")
        let video = Input(frames, size, size, 1)
        let filters = settings.pick(full: 16, small: 8)
        let features =
            recurrent
            ? ConvLSTM2D(filters, kernelSize: 5, padding: .same, returnSequences: true)(video)
            : TimeDistributed(Conv2D(filters, kernelSize: 5, padding: .same, activation: .relu))(video)
        let change = TimeDistributed(Conv2D(1, kernelSize: 5, padding: .same))(features)
        let model = try Model(inputs: video, outputs: Add()(video, change))
        let epochs = settings.pick(full: 10, small: 6)
        try model.compile(
            optimizer: Adam(learningRate: 0.003), loss: .meanSquaredError, gradients: [.clip(globalNorm: 1)],
            seed: settings.seed)
        try model.fit(train, batchSize: 8, epochs: epochs, verbose: .silent)
        return model
    }
}
