import Cognitron

/// The similarity of a vector to classes that are known by reference vectors.
///
///     s_i = Σ x[j] · references[i, j]
///     on the segment between references 1 and 2 of one class, with g = their similarity,
///     s   = √((s₁² − 2 g s₁ s₂ + s₂²) / (1 − g²))      where s₁ > g s₂ and s₂ > g s₁, else max(s₁, s₂)
///
///     output[n, class] = the largest s over the class's references and segments; 0 without any
///
/// A segment stands for what lies between two examples. With vectors of norm 1, none of them with a negative
/// number, s is the cosine of the angle to the nearest point of the plane through both.
///
/// - Input shape: `(N, features)`, rows of norm 1; output shape: `(N, classCount)`.
/// - Parameters: `references (labels.count, features)`, learnt by `LabelledReferences`, not by gradients.
/// - Throws: from `build`, a `CognitronError` where a label is no class.
/// - Source: Fukushima, "Training multi-layered neural network neocognitron" (2013).
public final class InterpolatingVectors: Layer, Codable {
    /// The class of each reference vector.
    public let labels: [Int]
    public let classCount: Int
    public let name: String?

    let references = Parameter()
    public var parameters: [Parameter] { [references] }

    private enum CodingKeys: String, CodingKey { case labels, classCount, name }

    /// - Parameters:
    ///   - labels: the class of each reference vector, one at least.
    ///   - classCount: the number of outputs.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(labels: [Int], classCount: Int, name: String? = nil) {
        (self.labels, self.classCount, self.name) = (labels, classCount, name)
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        guard input.rank == 1 else {
            throw context.error(.shape, "needs rows", expected: "(features)", got: "\(input)")
        }
        try context.require("classCount", classCount)
        try context.require("labels", labels.count)
        if let wrong = labels.first(where: { !(0..<classCount).contains($0) }) {
            throw context.error(
                .argument, "a reference is of no class", expected: "0 to \(classCount - 1)", got: "\(wrong)")
        }
        try context.declare(
            references, "references", [labels.count, input[0]], .zeros, isStatistic: true)
        return [classCount]
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let r = references.value
        let s = input.matmul(r, transposingOther: true)  // (N, references)
        let groups = (0..<classCount).map { label in labels.indices.filter { labels[$0] == label } }
        let answers = groups.map { group -> (output: Tensor, pullback: (Tensor) -> Tensor) in
            guard !group.isEmpty else { return (.zeros([s.shape[0], 1]), { _ in .zeros([0]) }) }
            let own = r.gathering(group, axis: 0)
            return Self.nearest(s.gathering(group, axis: 1), own.matmul(own, transposingOther: true))
        }
        let order = groups.flatMap { $0 }
        return (
            .concatenated(answers.map(\.output)),
            { dy in
                let parts = zip(groups, answers).enumerated().filter { !$0.element.0.isEmpty }.map {
                    $0.element.1.pullback(dy.slice(axis: 1, $0.offset..<$0.offset + 1))
                }
                return Tensor.concatenated(parts).matmul(r.gathering(order, axis: 0))
            }
        )
    }

    /// The largest similarity to the references of one class and the segments between them.
    ///
    /// - Parameters:
    ///   - s: (N, m), the similarities to the references.
    ///   - g: (m, m), those of the references to each other.
    /// - Returns: (N, 1), and its gradient with respect to s.
    private static func nearest(_ s: Tensor, _ g: Tensor) -> (Tensor, (_ dy: Tensor) -> Tensor) {
        let (n, m) = (s.shape[0], s.shape[1])
        let (s1, s2) = (s.reshaped([n, m, 1]), s.reshaped([n, 1, m]))
        // Each pair once; two references that are nearly the same have no segment.
        let pairs = Tensor((0..<m * m).map { $0 / m < $0 % m ? 1 : 0 }, shape: [m, m]) * (g .< 0.9999)
        let inside = (s1 .> g * s2) * (s2 .> g * s1) * pairs
        let below = (1 - g * g).maximum(1e-4)
        let segments = inside * ((s1 * s1 - 2 * (g * s1 * s2) + s2 * s2) / below).maximum(0).squareRoot
        let onPoints = s.max(axis: 1, keepingDimensions: true)  // (N, 1)
        let onSegments = segments.reshaped([n, m * m]).max(axis: 1, keepingDimensions: true)
        let y = onPoints.maximum(onSegments)
        return (
            y,
            { dy in
                let atPoint = (s .== y) * dy
                let chosen = inside * (segments .== y.reshaped([n, 1, 1])) * dy.reshaped([n, 1, 1])
                let scale = chosen / (below * y.reshaped([n, 1, 1]).maximum(1e-12))
                let first = (scale * (s1 - g * s2)).sum(axis: 2)
                let second = (scale * (s2 - g * s1)).sum(axis: 1)
                return atPoint + first + second
            }
        )
    }

    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int { inputs[0][0] * labels.count }
}
