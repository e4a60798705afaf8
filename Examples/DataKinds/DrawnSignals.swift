import Cognitron
import Foundation

/// Signals that the program draws. Where a signal begins is random, so a linear model cannot tell the
/// classes.
enum DrawnSignals {
    /// Tones that rise, fall or stay: one channel of 512 steps.
    static func chirps(_ counts: (train: Int, test: Int), seed: UInt64) -> ClassifierTask {
        task(counts, [512, 1], classCount: 3, "chirps", seed) { label, draws in
            let slope = [1.0, -1, 0][label] * Double.random(in: 0.5...1, using: &draws)
            let start = Double.random(in: 0.1...0.16, using: &draws)
            let phase = Double.random(in: 0..<2 * .pi, using: &draws)
            return (0..<512).map { step in
                let time = Double(step)
                let angle = phase + 2 * .pi * time * (start + slope * 1e-4 * (time - 256) / 2)
                return Float(sin(angle) + Double.random(in: -0.5...0.5, using: &draws))
            }
        }
    }

    /// A point on a circle, clockwise or counter-clockwise: two channels of 64 steps, each of which alone is
    /// a sine wave whatever the direction.
    static func turns(_ counts: (train: Int, test: Int), seed: UInt64) -> ClassifierTask {
        task(counts, [64, 2], classCount: 2, "turns", seed) { label, draws in
            let speed = (label == 0 ? 1 : -1) * Double.random(in: 0.2...0.6, using: &draws)
            let phase = Double.random(in: 0..<2 * .pi, using: &draws)
            return (0..<64).flatMap { step -> [Float] in
                let angle = phase + speed * Double(step)
                return [cos(angle), sin(angle)].map {
                    Float($0 + Double.random(in: -0.4...0.4, using: &draws))
                }
            }
        }
    }

    /// Sequences of four letters with TATAAT somewhere, or with these letters in another order: four channels
    /// (one-hot) of 60 steps. The motif is that of bacterial promoters (Pribnow 1975).
    static func motifs(_ counts: (train: Int, test: Int), seed: UInt64) -> ClassifierTask {
        let motif = [3, 0, 3, 0, 0, 3]
        return task(counts, [60, 4], classCount: 2, "motifs", seed) { label, draws in
            var letters = (0..<60).map { _ in Int.random(in: 0..<4, using: &draws) }
            var site = motif
            while label == 0 && site == motif { site.shuffle(using: &draws) }
            let place = Int.random(in: 0...54, using: &draws)
            letters.replaceSubrange(place..<place + 6, with: site)
            return letters.flatMap { letter in (0..<4).map { $0 == letter ? 1 : 0 } }
        }
    }

    /// Samples of classes in turn.
    static func task(
        _ counts: (train: Int, test: Int), _ shape: Shape, classCount: Int, _ name: String, _ seed: UInt64,
        draw: (_ label: Int, inout RandomGenerator) -> [Float]
    ) -> ClassifierTask {
        func part(_ count: Int, _ split: String) -> SampleSource {
            let labels = (0..<count).map { $0 % classCount }
            let key = RandomKey(seed: seed).folding(name).folding(split)
            let numbers = labels.enumerated().flatMap { number, label -> [Float] in
                var draws = key.folding(number).generator()
                return draw(label, &draws)
            }
            return SampleSource(Tensor(numbers, shape: shape.batched(count)), Tensor(labels))
        }
        return ClassifierTask(
            train: part(counts.train, "train"), test: part(counts.test, "test"), inputShape: shape,
            classCount: classCount)
    }
}
