import Cognitron

/// One-shot tasks: one picture of each of some characters by one hand, and for each another picture by the
/// other hand, whose character is to be found among them.
///
/// - Source: Lake et al., "One shot learning of simple visual concepts" (2011).
struct OneShotTrials {
    struct Trial {
        /// Numbers of pictures, one a character.
        let examples: [Int]
        /// The same characters in the same order.
        let queries: [Int]
    }

    let trials: [Trial]

    /// - Throws: `CognitronError.data` where there are fewer characters than `ways`.
    init(_ characters: CharacterPictures, ways: Int, count: Int, seed: UInt64) throws {
        let pictures = Dictionary(grouping: characters.labels.indices) {
            [characters.labels[$0], characters.hands[$0]]
        }
        let labels = Set(characters.labels).sorted()
        guard labels.count >= ways else {
            throw CognitronError(
                .data, "one-shot", "there are too few characters", expected: "\(ways) or more",
                got: "\(labels.count)")
        }
        trials = (0..<count).map { number in
            var random = RandomKey(seed: seed).folding("trials").folding(number).generator()
            let chosen = labels.shuffled(using: &random).prefix(ways)
            let first = Int.random(in: 0...1, using: &random)
            func drawn(_ hand: Int) -> [Int] {
                chosen.compactMap { pictures[[$0, hand]]?.randomElement(using: &random) }
            }
            return Trial(examples: drawn(first), queries: drawn(1 - first))
        }
    }

    /// The share of queries whose nearest example is of their character.
    ///
    /// - Parameters:
    ///   - vectors: of all pictures: (N, D).
    ///   - distances: of queries (Q, D) to examples (E, D): (Q, E).
    func accuracy(_ vectors: Tensor, _ distances: (Tensor, Tensor) -> Tensor = Self.squaredDistances)
        -> Double
    {
        let shares = trials.map { trial in
            let answers = answers(trial, vectors, distances)
            return Double(answers.enumerated().count { $0 == $1 }) / Double(answers.count)
        }
        return shares.reduce(0, +) / Double(shares.count)
    }

    /// The place of the nearest example of each query.
    func answers(
        _ trial: Trial, _ vectors: Tensor, _ distances: (Tensor, Tensor) -> Tensor = Self.squaredDistances
    ) -> [Int] {
        distances(vectors.batch(trial.queries), vectors.batch(trial.examples)).argmin(axis: 1).scalars
            .map { Int($0) }
    }

    static func squaredDistances(_ queries: Tensor, _ examples: Tensor) -> Tensor {
        queries.relativeDistances(to: examples)
    }
}
