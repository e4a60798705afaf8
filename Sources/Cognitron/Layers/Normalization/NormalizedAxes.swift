/// What can stand for the axes of a normalisation: one number or an array of them, counted with the batch as
/// axis 0; negative ones from the end.
public protocol AxesConvertible {
    var axes: [Int] { get }
}

extension Int: AxesConvertible {
    public var axes: [Int] { [self] }
}

extension Array: AxesConvertible where Element == Int {
    public var axes: [Int] { self }
}

/// In files, one axis is a number, several are an array, as in Keras.
struct SavedAxes: Codable, Sendable {
    let axes: [Int]

    init(_ axes: [Int]) { self.axes = axes }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        axes = try (try? container.decode(Int.self)).map { [$0] } ?? container.decode([Int].self)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if axes.count == 1 { try container.encode(axes[0]) } else { try container.encode(axes) }
    }
}

/// Some axes of a batch, which a layer wants last.
struct LastAxes {
    /// In rising order.
    let axes: [Int]
    private let order: [Int]

    /// - Parameter rank: of the batch.
    init(_ axes: [Int], rank: Int) {
        self.axes = axes.map { $0 < 0 ? $0 + rank : $0 }.sorted()
        order = (0..<rank).filter { [axes = self.axes] in !axes.contains($0) } + self.axes
    }

    /// Whether the axes are the last ones as they are, so that nothing is moved.
    var areLast: Bool { order == Array(order.indices) }

    /// The tensor with the axes after all others.
    func moved(_ x: consuming Tensor) -> Tensor {
        guard !areLast else { return x }
        return x.permuted(order)
    }

    /// The inverse of `moved`.
    func restored(_ y: consuming Tensor) -> Tensor {
        guard !areLast else { return y }
        var back = order
        for (place, axis) in order.enumerated() { back[axis] = place }
        return y.permuted(back)
    }
}

extension BuildContext {
    /// The axes of a sample's batch, resolved.
    ///
    /// - Throws: `CognitronError` where there is none, one occurs twice or is not an axis after the batch's.
    func requireAxes(_ axes: [Int], of input: Shape) throws -> [Int] {
        let rank = input.rank + 1
        let resolved = axes.map { $0 < 0 ? $0 + rank : $0 }
        guard !axes.isEmpty, Set(resolved).count == axes.count,
            resolved.allSatisfy({ (1..<rank).contains($0) })
        else {
            let shown = axes.count == 1 ? "\(axes[0])" : "\(axes)"
            throw error(
                .argument, "invalid axis",
                expected: "different axes from 1 to \(rank - 1), or from the end, of a batch of \(input)",
                got: shown)
        }
        guard resolved.allSatisfy({ input[$0 - 1] > 0 }) else {
            throw error(.shape, "an axis is empty", got: "\(input)")
        }
        return resolved.sorted()
    }

    /// Throws unless a small number added to a denominator is positive.
    func requireEpsilon(_ epsilon: Float) throws {
        guard epsilon > 0, epsilon.isFinite else {
            throw error(.argument, "invalid epsilon", expected: "a positive number", got: epsilon.text)
        }
    }
}
