import Cognitron

/// How the top layer learns: a vector whose class comes out wrong becomes a reference of its class.
///
/// - Source: Fukushima, "Training multi-layered neural network neocognitron" (2013).
struct LabelledReferences {
    let classCount: Int
    private var rows: [Tensor] = []
    private var labels: [Int] = []

    init(classCount: Int) { self.classCount = classCount }

    /// Vectors classified at once. Those behind a wrong one are classified again.
    private static let chunk = 32

    /// - Parameters:
    ///   - x: (N, features), rows of norm 1.
    ///   - y: their classes.
    ///   - passes: how often all are presented.
    /// - Returns: the layer with the references.
    mutating func learn(
        _ x: Tensor, _ y: [Int], passes: Int = 3, name: String = "US4"
    ) throws -> InterpolatingVectors {
        var layer = try add(x[0..<1], y[0], name)
        for _ in 0..<passes {
            var first = 0
            while first < y.count {
                let end = min(first + Self.chunk, y.count)
                let classes = layer.forward(x[first..<end], .inference).output.argmax(axis: 1).scalars
                if let wrong = (first..<end).first(where: { Int(classes[$0 - first]) != y[$0] }) {
                    layer = try add(x[wrong..<wrong + 1], y[wrong], name)
                    first = wrong + 1
                } else {
                    first = end
                }
            }
        }
        return layer
    }

    /// The layer with one reference more.
    private mutating func add(_ row: Tensor, _ label: Int, _ name: String) throws -> InterpolatingVectors {
        rows.append(row)
        labels.append(label)
        let layer = InterpolatingVectors(labels: labels, classCount: classCount, name: name)
        var context = BuildContext(path: name)
        _ = try layer.build([row.shape[1]], &context)
        layer.references.value = .concatenated(rows, axis: 0)
        return layer
    }
}
