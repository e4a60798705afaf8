import Cognitron

/// The largest distance between a prediction and its target.
struct WorstError: Metric {
    let name = "worst_error"
    var direction: Direction { .minimize }
    private(set) var result: Float = 0

    mutating func update(_ prediction: Tensor, _ target: Tensor, weights: Tensor?) {
        result = max(result, (prediction - target).absolute.max())
    }

    mutating func merge(_ other: WorstError) { result = max(result, other.result) }

    mutating func reset() { result = 0 }

    var state: StateTree { ["worst": StateTree(result)] }

    mutating func restore(_ state: StateTree) throws { result = try state.get("worst") }
}

extension Metric where Self == WorstError {
    static var worstError: WorstError { WorstError() }
}
