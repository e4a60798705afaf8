import CognitronKernels

/// A metric that is a mean over samples, exact whatever the batches' sizes.
///
///     let f1 = MeanMetric("f1", direction: .maximize) { prediction, target in … }    // (N)
///     let overlap = MeanMetric(.dice)                                                // of a loss
///
/// - Source: Keras `MeanMetricWrapper`.
public struct MeanMetric: Metric {
    public let name: String
    public let direction: Direction
    /// What one batch gives.
    private let measure: Measure
    /// What the sums give.
    private let finish: Finish
    private let check: Check?
    /// The metric for outputs that a loss is measured on, where it depends on that.
    private let adapt: (@Sendable (Loss) -> MeanMetric?)?
    private let problem: CognitronError?
    private var sum = 0.0
    private var weight = 0.0

    typealias Measure =
        @Sendable (_ prediction: Tensor, _ target: Tensor, _ weights: Tensor?) -> (
            sum: Double, weight: Double
        )
    typealias Finish = @Sendable (_ sum: Double, _ weight: Double) -> Double
    typealias Check = @Sendable (_ target: Tensor, _ output: Shape) throws -> Void

    init(
        _ name: String, _ direction: Direction, problem: CognitronError? = nil, check: Check? = nil,
        adapt: (@Sendable (Loss) -> MeanMetric?)? = nil, finish: @escaping Finish = { $0 / $1 },
        _ measure: @escaping Measure
    ) {
        (self.name, self.direction, self.problem) = (name, direction, problem)
        (self.check, self.adapt, self.finish, self.measure) = (check, adapt, finish, measure)
    }

    /// The same metric under another name.
    public func named(_ name: String) -> MeanMetric {
        MeanMetric(
            name, direction, problem: problem, check: check, adapt: { adapt?($0)?.named(name) },
            finish: finish,
            measure)
    }

    public mutating func update(_ prediction: Tensor, _ target: Tensor, weights: Tensor?) {
        add(measure(prediction, target, weights))
    }

    private mutating func add(_ part: (sum: Double, weight: Double)) {
        sum += part.sum
        weight += part.weight
    }

    public var result: Float { weight == 0 ? 0 : Float(finish(sum, weight)) }

    public mutating func merge(_ other: MeanMetric) { add((other.sum, other.weight)) }

    public mutating func reset() { (sum, weight) = (0, 0) }

    public func validate() throws { if let problem { throw problem } }

    public func validate(_ target: Tensor, output: Shape) throws { try check?(target, output) }

    public func adapted(to loss: Loss?) -> MeanMetric { loss.flatMap { adapt?($0) } ?? self }

    public var state: StateTree { ["sum": .number(sum), "weight": .number(weight)] }

    public mutating func restore(_ state: StateTree) throws {
        (sum, weight) = (try state.get("sum"), try state.get("weight"))
    }
}

extension MeanMetric {
    /// A metric of your own.
    ///
    /// - Parameters:
    ///   - direction: whether it should grow; callbacks that watch it must be told where that is not known.
    ///   - problem: invalid arguments of yours; `compile` throws them.
    ///   - values: from a prediction `(N, …)` and its target in the same shape (or one class number a row),
    ///     the metric of each sample `(N)` or each row `(N, T)`.
    public init(
        _ name: String, direction: Direction = .unknown, problem: RuleProblem? = nil,
        _ values: @escaping @Sendable (_ prediction: Tensor, _ target: Tensor) -> Tensor
    ) {
        self.init(name, direction, problem: problem.map { CognitronError($0, of: name) }) {
            Self.mean(of: values($0, $1), $2)
        }
    }

    /// The mean of a loss over samples or rows.
    ///
    /// - Parameter name: by default the loss's.
    public init(_ loss: Loss, name: String? = nil) { self.init(loss, name: name, scaledBy: 1) }

    /// The mean of a loss in another unit.
    init(_ loss: Loss, name: String?, scaledBy factor: Double) {
        self.init(
            name ?? loss.name, .minimize, problem: loss.problem, check: loss.check,
            finish: { $0 / $1 * factor }, loss.measure)
    }

    /// - Parameter value: from one row of the predictions and its target, the metric.
    init(
        _ name: String, _ direction: Direction, problem: CognitronError? = nil, check: Check? = nil,
        adapt: (@Sendable (Loss) -> MeanMetric?)? = nil, finish: @escaping Finish = { $0 / $1 },
        byRow value: @escaping MetricRows.Value
    ) {
        self.init(name, direction, problem: problem, check: check, adapt: adapt, finish: finish) {
            RowSums.mean(value, $0, $1, $2)
        }
    }

    /// Σ weight · value and Σ weight.
    fileprivate static func mean(of values: Tensor, _ weights: Tensor?) -> (sum: Double, weight: Double) {
        guard let weights else { return (values.preciseSum, Double(values.count)) }
        let extra = Array(min(values.rank, weights.rank)..<weights.rank)
        let spread = (extra.isEmpty ? weights : weights.mean(axes: extra)).spread(over: values.shape)
        return ((values * spread).preciseSum, spread.preciseSum)
    }
}

extension Loss {
    /// Throws where targets are none of this loss.
    fileprivate func check(_ target: Tensor, _ output: Shape) throws {
        if let error = mismatch(output, target.shape) { throw error }
        if targets != .values { try validate(aligned(target, to: output), output: output) }
    }

    /// Σ weight · loss and Σ weight over the rows or samples of a batch that count.
    fileprivate func measure(
        _ prediction: Tensor, _ target: Tensor, _ weights: Tensor?
    ) -> (sum: Double, weight: Double) {
        do {
            try check(target, prediction.shape)
        } catch { fail("\(error)") }
        let (p, t) = rows(prediction, aligned(target, to: prediction.shape))
        switch form {
        case .rows(let row):
            let mask = ignoredMask(t).map { $0.weighted(by: weights) }
            return RowSums.mean(MetricRows.loss(row), p, t, mask ?? weights)
        case .whole(let function):
            let whole = function(p, t, weights.map { $0 .> 0 })
            guard whole.losses.rank > 0 else { return (Double(whole.losses.scalar), 1) }
            let mask = whole.counted.map { $0.weighted(by: weights) } ?? weights
            return MeanMetric.mean(of: whole.losses, whole.usesMask ? nil : mask)
        }
    }
}
