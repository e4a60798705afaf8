import CognitronKernels

/// A metric that is a mean over samples, exact whatever the batches' sizes.
///
///     let f1 = MeanMetric("f1", direction: .maximize) { prediction, target in … }    // (N)
///
/// - Source: Keras `MeanMetricWrapper`.
public struct MeanMetric: Metric {
    public let name: String
    public let direction: Direction
    /// What one batch gives.
    private let measure: Measure
    /// The metric for outputs that a loss is measured on, where it depends on that.
    private let adapt: (@Sendable (Loss) -> MeanMetric?)?
    private let problem: CognitronError?
    private var sum = 0.0
    private var weight = 0.0

    private typealias Measure =
        @Sendable (_ prediction: Tensor, _ target: Tensor, _ weights: Tensor?) -> (
            sum: Double, weight: Double
        )

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
        let error = problem.map {
            CognitronError(.argument, name, "invalid argument", expected: $0.expected, got: $0.got)
        }
        self.init(name, direction, problem: error) { prediction, target, weights in
            let values = values(prediction, target)
            guard let weights else { return (Double(values.sum()), Double(values.count)) }
            let spread = weights.spread(over: values.shape)
            return (Double((values * spread).sum()), Double(spread.sum()))
        }
    }

    private init(
        _ name: String, _ direction: Direction, problem: CognitronError? = nil,
        adapt: (@Sendable (Loss) -> MeanMetric?)? = nil, _ measure: @escaping Measure
    ) {
        self.name = name
        self.direction = direction
        self.problem = problem
        self.adapt = adapt
        self.measure = measure
    }

    /// - Parameter value: from one row of the predictions and its target, the metric.
    init(
        _ name: String, _ direction: Direction, problem: CognitronError? = nil,
        adapt: (@Sendable (Loss) -> MeanMetric?)? = nil,
        byRow value: @escaping @Sendable (_ p: UnsafeBufferPointer<Float>, _ t: MetricRow) -> Double
    ) {
        self.init(name, direction, problem: problem, adapt: adapt) { prediction, target, weights in
            MetricRows(prediction, target).sum(weights, value)
        }
    }

    public mutating func update(_ prediction: Tensor, _ target: Tensor, weights: Tensor?) {
        let part = measure(prediction, target, weights)
        sum += part.sum
        weight += part.weight
    }

    public var result: Float { weight == 0 ? 0 : Float(sum / weight) }

    public mutating func merge(_ other: MeanMetric) {
        sum += other.sum
        weight += other.weight
    }

    public mutating func reset() { (sum, weight) = (0, 0) }

    public func validate() throws { if let problem { throw problem } }

    public func adapted(to loss: Loss?) -> MeanMetric { loss.flatMap { adapt?($0) } ?? self }

    public var state: StateTree { ["sum": .number(sum), "weight": .number(weight)] }

    public mutating func restore(_ state: StateTree) throws {
        (sum, weight) = (try state.get("sum"), try state.get("weight"))
    }
}
