import Cognitron
import CognitronKernels
import Foundation

extension Sound {
    /// The sound at another rate, by a windowed sinc (polyphase) filter:
    ///
    ///     y[n] = Σₘ x[m] · h(n·M/L − m),   h(t) = c · sinc(c·t) · w(t),   c = 0.95 · min(1, L/M)
    ///
    /// with L/M the new rate over the old in lowest terms and w a Hann window of 32/c samples to each side.
    /// Frequencies up to 0.9 of the lower of the two Nyquist frequencies are kept within 1 %.
    public func resampled(to newRate: Int) -> Sound {
        require(newRate > 0, "resampled(to: \(newRate))")
        guard newRate != rate, !samples.isEmpty else { return self }
        let divisor = Self.greatestCommonDivisor(rate, newRate)
        let (up, down) = (newRate / divisor, rate / divisor)
        let cutoff = 0.95 * min(1, Double(up) / Double(down))
        let reach = Self.lobes / cutoff
        let count = max(1, Int((Double(samples.count) * Double(up) / Double(down)).rounded()))
        // The filter has `up` phases; where those are very many, each is computed when it is used.
        let phases =
            Double(up) * reach <= Self.mostWeights
            ? (0..<up).map { Self.filter($0 * down % up, of: up, cutoff, reach) } : []
        let result = (0..<count).map { n -> Float in
            let place = n * down
            let taps =
                phases.isEmpty
                ? Self.filter(place % up, of: up, cutoff, reach) : phases[n % up]
            let first = place / up - taps.count / 2 + 1
            var sum = 0.0
            for (tap, weight) in taps.enumerated() where samples.indices.contains(first + tap) {
                sum += Double(samples[first + tap]) * weight
            }
            return Float(sum)
        }
        return Sound(result, rate: newRate)
    }

    /// The zero crossings of the sinc to each side.
    private static let lobes = 32.0
    /// The weights of all phases to compute in advance: 8 MB.
    private static let mostWeights = Double(1 << 19)

    /// The weights of the samples around a place between two of them, `phase / up` past the middle one.
    private static func filter(_ phase: Int, of up: Int, _ cutoff: Double, _ reach: Double) -> [Double] {
        let half = Int(reach.rounded(.up)) + 1
        let offset = Double(phase) / Double(up)
        let weights = (1 - half...half).map { sample -> Double in
            let t = Double(sample) - offset
            guard abs(t) < reach else { return 0 }
            let x = Double.pi * cutoff * t
            let sinc = x == 0 ? 1 : sin(x) / x
            return cutoff * sinc * (0.5 + 0.5 * cos(Double.pi * t / reach))
        }
        // A constant stays what it is.
        let sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
    }

    private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
        b == 0 ? a : greatestCommonDivisor(b, a % b)
    }

    /// The sound's start.
    public func start(seconds: Double) -> Sound {
        Sound(Array(samples.prefix(Int((seconds * Double(rate)).rounded(.up)))), rate: rate)
    }

    /// The samples, cut or filled with zeros at the end to this number.
    public func fitted(to count: Int) -> [Float] {
        let kept = samples.prefix(count)
        return kept + [Float](repeating: 0, count: count - kept.count)
    }
}
