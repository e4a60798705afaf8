import CognitronKernels

/// A metric that follows from sums over all rows: counts at thresholds, of classes, of pairs of classes.
///
///     var precision = RowMetric.precision(thresholds: [0.3, 0.7])
///     precision.update(try model.predict(x), y)
///     precision.results                                       // one a threshold
///
/// It is exact over all batches, in any order, and not a mean of theirs.
public struct RowMetric: Metric {
    public private(set) var name: String
    public let direction: Direction
    private var plan: Plan
    private var sums = RowSums()

    /// What is added up, and what follows.
    struct Plan: Sendable {
        var sum: MetricRows.Sum
        /// The number of sums for rows of so many columns.
        var width: @Sendable (_ columns: Int) -> Int
        var results: @Sendable (_ sums: [Double]) -> [Double]
        /// Predictions and targets as the rows see them.
        var prepare: @Sendable (_ prediction: Tensor, _ target: Tensor) -> (Tensor, Tensor) = { ($0, $1) }
        var check: @Sendable (_ output: Shape, _ target: Shape) -> CognitronError? = { _, _ in nil }
        var adapt: (@Sendable (Loss) -> Plan?)?
        var problem: CognitronError?
    }

    init(_ name: String, _ direction: Direction, _ plan: Plan) {
        (self.name, self.direction, self.plan) = (name, direction, plan)
    }

    /// The same metric under another name.
    public func named(_ name: String) -> RowMetric {
        var metric = self
        metric.name = name
        return metric
    }

    public mutating func update(_ prediction: Tensor, _ target: Tensor, weights: Tensor?) {
        if let error = plan.problem ?? plan.check(prediction.shape, target.shape) { fail("\(error)") }
        let (p, t) = plan.prepare(prediction, target)
        sums.add(plan.sum, width: plan.width(p.rank == 1 ? 1 : p.shape.last ?? 1), p, t, weights)
    }

    /// One number for each threshold or class of a metric that has several; empty where nothing was measured.
    public var results: [Float] { sums.values.isEmpty ? [] : plan.results(sums.values).map { Float($0) } }

    /// The mean of the `results`, 0 where there are none.
    public var result: Float {
        let results = results
        return results.isEmpty ? 0 : results.reduce(0, +) / Float(results.count)
    }

    public mutating func merge(_ other: RowMetric) { sums.merge(other.sums) }

    public mutating func reset() { sums.reset() }

    public func validate() throws { if let problem = plan.problem { throw problem } }

    public func validate(_ target: Tensor, output: Shape) throws {
        if let error = plan.check(output, target.shape) { throw error }
    }

    public func adapted(to loss: Loss?) -> RowMetric {
        var metric = self
        if let loss, let adapted = plan.adapt?(loss) { metric.plan = adapted }
        return metric
    }

    public var state: StateTree { sums.state }

    public mutating func restore(_ state: StateTree) throws { try sums.restore(state) }
}
