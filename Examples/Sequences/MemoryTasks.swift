import Cognitron

/// Drawn sequences whose answers lie some steps back.
enum MemoryTasks {
    static let classCount = 4

    /// Which symbol stood at the first step, before steps of noise: inputs (N, distance + 1, 5), targets (N).
    static func first(_ count: Int, distance: Int, _ key: RandomKey) -> (x: Tensor, y: Tensor) {
        let labels = symbols([count, 1], key.folding("symbols"))
        let symbol = labels.oneHot(classCount: classCount + 1)
        let noise = Tensor.randomNormal([count, distance, 1], key: key.folding("noise"))
        let rest = noise.padded([(0, 0), (0, 0), (classCount, 0)])
        return (.concatenated([symbol, rest], axis: 1), labels.reshaped([count]))
    }

    /// Streams of symbols, and for each step the one `delay` steps earlier: inputs (windows · streams, steps,
    /// 4), targets (windows · streams, steps). The windows of a stream lie `streams` samples apart, so that a
    /// batch of all streams goes on where the one before it ended.
    static func echo(
        streams: Int, windows: Int, steps: Int, delay: Int, _ key: RandomKey
    ) -> (x: Tensor, y: Tensor) {
        let length = windows * steps
        let all = symbols([streams, delay + length], key)
        func divided(_ tokens: Tensor) -> Tensor {
            tokens.reshaped([streams, windows, steps]).permuted([1, 0, 2]).reshaped([
                windows * streams, steps,
            ])
        }
        let (now, before) = (all.slice(axis: 1, delay..<delay + length), all.slice(axis: 1, 0..<length))
        return (divided(now).oneHot(classCount: classCount), divided(before))
    }

    private static func symbols(_ shape: Shape, _ key: RandomKey) -> Tensor {
        Tensor.randomUniform(shape, in: 0..<Float(classCount), key: key).map { $0.rounded(.down) }
    }
}
