import Cognitron

/// Numbers around −2 and 2, drawn as they are asked for: a source that does not know how many there are.
struct Mixture: BatchSource {
    /// Where the numbers end; nil for never.
    var end: Int?

    var sampleCount: Int? { nil }
    var unit: String { "numbers" }

    func batch(_ samples: [Int], _ draw: Draw?) throws -> Batch? {
        let key = draw.map { $0.key.folding($0.epoch) } ?? RandomKey(seed: 7)
        let numbers = samples.filter(isWithin)
        guard !numbers.isEmpty else { return nil }
        let values = numbers.map { number -> Float in
            var generator = key.folding(number).generator()
            let centre: Float = Bool.random(using: &generator) ? 2 : -2
            return centre + 0.3 * Float.random(in: -1...1, using: &generator)
        }
        return Batch(inputs: [Tensor(values, shape: [values.count, 1])])
    }

    private func isWithin(_ number: Int) -> Bool { end.map { number < $0 } ?? true }
}
