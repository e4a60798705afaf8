/// Whether a score should grow or shrink.
public enum Direction: String, Sendable, Codable {
    case maximize, minimize
    /// Nothing is known: a callback that watches the score must be told.
    case unknown
}

/// A number that tells how good predictions are, over all that was measured since the last reset.
///
///     struct WorstError: Metric {
///         let name = "worst_error"
///         var direction: Direction { .minimize }
///         private(set) var result: Float = 0
///
///         mutating func update(_ prediction: Tensor, _ target: Tensor, weights: Tensor?) {
///             result = max(result, (prediction - target).absolute.max())
///         }
///         mutating func merge(_ other: WorstError) { result = max(result, other.result) }
///         mutating func reset() { result = 0 }
///     }
///
/// For a mean over samples there is `MeanMetric`. A metric that can go on in the middle of an epoch also
/// gives its `state`.
///
/// - Source: Keras `Metric`.
public protocol Metric: ResumableValue, Sendable {
    /// The name in Keras's spelling, as history and the progress line show it.
    var name: String { get }

    var direction: Direction { get }

    /// Takes in a batch.
    ///
    /// - Parameters:
    ///   - prediction: the model's output `(N, …)`.
    ///   - target: in the output's shape, or of one class number for each row of it.
    ///   - weights: how much each sample `(N)` or each row `(N, T)` counts; nil where all count alike.
    mutating func update(_ prediction: Tensor, _ target: Tensor, weights: Tensor?)

    /// The metric of all that was taken in; NaN or 0 where nothing was, as the metric wants it.
    var result: Float { get }

    /// Takes in what another metric of the same kind has.
    mutating func merge(_ other: Self)

    mutating func reset()

    /// Throws a `CognitronError` where an argument is outside what it may be. Called by `compile`.
    func validate() throws

    /// Throws a `CognitronError` where the metric does not take such outputs and targets. Called before a
    /// batch is run.
    ///
    /// - Parameter output: the shape of the predictions `(N, …)`.
    func validate(_ target: Tensor, output: Shape) throws

    /// The metric for an output that this loss is measured on: `.accuracy` is of classes or of single answers
    /// by the loss.
    func adapted(to loss: Loss?) -> Self
}

extension Metric {
    public var direction: Direction { .unknown }
    public func validate() throws {}
    public func validate(_ target: Tensor, output: Shape) throws {}
    public func adapted(to loss: Loss?) -> Self { self }

    /// Takes in a batch whose samples all count alike.
    public mutating func update(_ prediction: Tensor, _ target: Tensor) {
        update(prediction, target, weights: nil)
    }
}
