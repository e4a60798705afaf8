import Cognitron
import CognitronKernels

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Made-up characters of two to four curved strokes, each written several times by two hands: a data set of
/// many classes with few pictures each, as Omniglot is.
///
///     let characters = DrawnCharacters(classCount: 100)
///     let source = characters.source(count: 400)          // four pictures of each: (N, 28, 28, 1) → class
///
/// Picture i shows character i mod `classCount`; the hands take turns after all characters (`hand(of:)`). A
/// hand has its own form of every stroke; a picture also has its own tilt, size, place and pen. Ink is bright
/// on black.
///
/// - Source: the idea, Lake, Salakhutdinov and Tenenbaum, "Human-level concept learning through probabilistic
///   program induction" (2015).
public struct DrawnCharacters: DrawnSamples {
    public let classCount: Int
    /// Pixels per side.
    public let size: Int
    private let key: RandomKey

    /// - Parameters:
    ///   - split: the characters of the training and of the test part differ.
    ///   - classCount: at least 1.
    ///   - size: pixels per side, at least 16.
    public init(seed: UInt64 = 1, split: DatasetSplit = .train, classCount: Int = 100, size: Int = 28) {
        require(classCount >= 1, "\(classCount) characters; expected at least 1")
        require(size >= 16, "pictures of \(size) pixels; expected at least 16")
        (self.classCount, self.size) = (classCount, size)
        key = RandomKey(seed: seed).folding("characters").folding(split.rawValue)
    }

    public var name: String { "characters" }
    public var task: DataTask { .classification(classNames: (0..<classCount).map { "character \($0)" }) }
    public var inputShape: Shape { [size, size, 1] }

    /// The hand that has written a picture, 0 or 1.
    public func hand(of index: Int) -> Int { index / classCount % 2 }

    public func sample(at index: Int) -> (input: Tensor, targets: [Tensor]) {
        require(index >= 0, "picture \(index)")
        let label = index % classCount
        var draws = key.folding("picture").folding(index).generator()
        let movement = Movement(&draws)
        let lines = strokes(of: label, hand: hand(of: index)).map { $0.map(movement.moved) }
        let pen = draws.uniform(0.028, 0.05)
        let pixels = (0..<size * size).map { at -> Float in
            let p = (SIMD2(Float(at % size), Float(at / size)) + 0.5) / Float(size)
            let distance = lines.reduce(Float.infinity) { min($0, Self.distance(p, $1)) }
            return min(max((pen - distance) * Float(size) + 0.5, 0), 1)
        }
        return (Tensor(pixels, shape: inputShape), [Tensor(Float(label))])
    }

    /// The strokes of a character as a hand writes them, each as points along its curve.
    private func strokes(of label: Int, hand: Int) -> [[SIMD2<Float>]] {
        let own = key.folding("character").folding(label)
        var form = own.generator()
        var habit = own.folding("hand").folding(hand).generator()
        return (0..<2 + form.number(below: 3)).map { _ in
            let corners = (0..<3).map { _ in
                let corner = SIMD2(form.uniform(0.15, 0.85), form.uniform(0.15, 0.85))
                return corner + SIMD2(habit.uniform(-1, 1), habit.uniform(-1, 1)) * 0.07
            }
            return (0...Self.pieces).map { Self.curve(corners, at: Float($0) / Float(Self.pieces)) }
        }
    }

    /// The number of straight pieces of a stroke.
    private static let pieces = 6

    /// A point of the quadratic Bézier curve with these three corners.
    private static func curve(_ corners: [SIMD2<Float>], at t: Float) -> SIMD2<Float> {
        let (a, b, c) = (corners[0], corners[1], corners[2])
        return a * ((1 - t) * (1 - t)) + b * (2 * t * (1 - t)) + c * (t * t)
    }

    /// The distance of a point from a line of straight pieces.
    private static func distance(_ p: SIMD2<Float>, _ line: [SIMD2<Float>]) -> Float {
        var nearest = Float.infinity
        for (a, b) in zip(line, line.dropFirst()) {
            let (edge, w) = (b - a, p - a)
            let along = min(max((w * edge).sum() / max((edge * edge).sum(), 1e-12), 0), 1)
            let away = w - edge * along
            nearest = min(nearest, (away * away).sum())
        }
        return nearest.squareRoot()
    }

    /// How a picture's tilt, size and place differ from its character's.
    private struct Movement {
        private let turn: SIMD2<Float>
        private let scale: SIMD2<Float>
        private let shift: SIMD2<Float>

        init(_ draws: inout RandomGenerator) {
            let angle = draws.uniform(-0.2, 0.2)
            turn = SIMD2(cos(angle), sin(angle))
            scale = SIMD2(draws.uniform(0.8, 1.1), draws.uniform(0.8, 1.1))
            shift = SIMD2(draws.uniform(-0.07, 0.07), draws.uniform(-0.07, 0.07))
        }

        func moved(_ p: SIMD2<Float>) -> SIMD2<Float> {
            let q = (p - 0.5) * scale
            return SIMD2(turn.x * q.x - turn.y * q.y, turn.y * q.x + turn.x * q.y) + shift + 0.5
        }
    }
}
