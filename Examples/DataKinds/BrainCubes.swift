import Cognitron
import CognitronData

/// The tissue of each voxel of a brain, in cubes: those of one half of the head are for training, those of
/// the other half for testing.
enum BrainCubes {
    private static let side = 24
    /// Where the cubes begin, and how many there are, by slice, row and column.
    private static let first = (slice: 5, row: 8, column: (train: 2, test: 99))
    private static let counts = (slices: 6, rows: 9, columns: 4)

    static func tissues(_ settings: ExperimentSettings) throws -> ClassifierTask {
        let (brain, masks) = try volumes(settings)
        func source(_ column: Int) -> SampleSource {
            SampleSource(cubes(brain, column).expandingDimensions(at: 4), cubes(masks, column))
        }
        return ClassifierTask(
            train: source(first.column.train), test: source(first.column.test),
            inputShape: [side, side, side, 1], classCount: Dataset.brainSlices.classNames.count)
    }

    /// The brain and its tissues, (D, H, W) each.
    static func volumes(_ settings: ExperimentSettings) throws -> (brain: Tensor, masks: Tensor) {
        let parts = try [DatasetSplit.train, .test].map { split -> Batch in
            let part = try Dataset.brainSlices.part(split, from: settings.data)
            return try part.source.batch(Array(0..<part.count), nil) ?? Batch(inputs: [])
        }
        return (volume(parts.map { $0.inputs[0] }), volume(parts.map { $0.targets[0] }))
    }

    /// The slices (D, H, W) in order; the data set keeps every third apart.
    private static func volume(_ parts: [Tensor]) -> Tensor {
        let (height, width) = (parts[0].shape[1], parts[0].shape[2])
        let slices = parts.map { $0.reshaped([$0.shape[0], height, width]) }
        let trainCount = slices[0].shape[0]
        let order = (0..<trainCount + slices[1].shape[0]).map { slice in
            slice % 3 == 2 ? trainCount + slice / 3 : slice / 3 * 2 + slice % 3
        }
        return Tensor.concatenated(slices, axis: 0).gathering(order, axis: 0)
    }

    /// (D, H, W) → (N, side, side, side)
    private static func cubes(_ volume: Tensor, _ column: Int) -> Tensor {
        func range(_ start: Int, _ count: Int) -> Range<Int> { start..<start + count * side }
        return
            volume
            .slice(axis: 0, range(first.slice, counts.slices))
            .slice(axis: 1, range(first.row, counts.rows))
            .slice(axis: 2, range(column, counts.columns))
            .reshaped([counts.slices, side, counts.rows, side, counts.columns, side])
            .permuted([0, 2, 4, 1, 3, 5])
            .reshaped([counts.slices * counts.rows * counts.columns, side, side, side])
    }
}
