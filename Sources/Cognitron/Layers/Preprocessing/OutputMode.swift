/// How whole numbers are written as features.
///
/// - Source: Keras, the `output_mode` of its preprocessing layers.
public enum OutputMode: String, Hashable, Sendable, Codable {
    /// As they are.
    case int
    /// A row of zeros with a 1 for each number.
    case oneHot
    /// One row a sample, with a 1 for each number that is in it.
    case multiHot
    /// One row a sample: how often each number is in it.
    case count

    /// The shape of a sample's features; nil where samples of this shape have none.
    func outputShape(_ input: Shape, depth: Int) -> Shape? {
        switch self {
        case .int: input
        case .oneHot: Shape(Self.numbers(of: input) + [depth])
        case .multiHot, .count: input.rank == 1 ? [depth] : nil
        }
    }

    /// A last axis of size 1 makes room for the row.
    private static func numbers(of input: Shape) -> [Int] {
        input.last == 1 ? Array(input.dropLast()) : Array(input)
    }

    /// - Parameter numbers: `(N, …)`, whole numbers from 0 to `depth − 1`.
    func encode(_ numbers: Tensor, depth: Int) -> Tensor {
        switch self {
        case .int: return numbers
        case .oneHot:
            let shape = Self.numbers(of: numbers.shape.sample)
            return numbers.oneHot(classCount: depth).reshaped(
                Shape(shape + [depth]).batched(numbers.shape[0]))
        case .multiHot: return numbers.counted(depth: depth).minimum(1)
        case .count: return numbers.counted(depth: depth)
        }
    }
}

extension BuildContext {
    /// The shape of a sample's features. Throws where samples of this shape have none.
    func output(of mode: OutputMode, _ input: Shape, depth: Int) throws -> Shape {
        guard let output = mode.outputShape(input, depth: depth) else {
            throw error(
                .shape, "writes rows of numbers as one", expected: "samples with one axis", got: "\(input)",
                advice: "use outputMode: .oneHot for others")
        }
        return output
    }
}
