import Cognitron

/// How many samples are predicted at a time.
enum PredictionBatch {
    /// Numbers of a batch's inputs: 128 pictures of 128 × 128 × 3. Networks need some hundred times as many
    /// for what is between their layers.
    private static let mostNumbers = 128 * 128 * 128 * 3

    /// 128, or fewer of large samples.
    static func size(for sample: Shape?) -> Int {
        min(128, max(1, mostNumbers / max(1, sample?.elementCount ?? 1)))
    }
}
