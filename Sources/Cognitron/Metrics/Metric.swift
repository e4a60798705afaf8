import CognitronKernels

/// A number that tells how good predictions are, averaged exactly over an epoch: over samples, not over batches.
///
/// - Source: Keras `metrics`.
public struct Metric: Sendable {
    /// The name in Keras's spelling, as history and the progress line show it.
    public let name: String

    /// The metric's sum over the rows of a batch, and how many rows there are.
    let measure: @Sendable (_ prediction: Tensor, _ target: Tensor) -> (sum: Double, count: Int)

    /// A metric of your own.
    ///
    /// - Parameter measure: from a prediction `(N, …)` and its target, the metric of each sample `(N)`.
    public init(
        _ name: String, _ measure: @escaping @Sendable (_ prediction: Tensor, _ target: Tensor) -> Tensor
    ) {
        self.name = name
        self.measure = {
            let values = measure($0, $1)
            return (Double(values.sum()), values.count)
        }
    }

    private init(
        name: String, byRow value: @escaping @Sendable (_ p: UnsafeBufferPointer<Float>, _ t: Row) -> Double
    ) {
        self.name = name
        measure = { prediction, target in
            let columns = prediction.shape.last ?? 1
            let rows = prediction.count / max(1, columns)
            let isSparse = target.count == rows && columns > 1
            let step = isSparse ? 1 : columns
            let sum = Self.sum(rows, grain: max(1, Elementwise.grain / max(1, columns))) { row in
                let p = UnsafeBufferPointer(start: prediction.pointer + row * columns, count: columns)
                let t = UnsafeBufferPointer(start: target.pointer + row * step, count: step)
                return value(p, isSparse ? .classNumber(Int(t[0])) : .values(t))
            }
            withExtendedLifetime((prediction, target)) {}
            return (sum, rows)
        }
    }

    /// The sum of `value` over all rows: of `grain` rows by one worker, and of these sums in order.
    private static func sum(_ rows: Int, grain: Int, _ value: (_ row: Int) -> Double) -> Double {
        var sums = [Double](repeating: 0, count: (rows + grain - 1) / grain)
        sums.withUnsafeMutableBufferPointer { sums in
            WorkerPool.shared.run(total: rows, grain: grain) { range, _ in
                sums[range.lowerBound / grain] = range.reduce(0) { $0 + value($1) }
            }
        }
        return sums.reduce(0, +)
    }

    /// The target of one row: a class number, or as many numbers as the prediction has.
    enum Row {
        case classNumber(Int)
        case values(UnsafeBufferPointer<Float>)
    }

    /// The share of right answers: the largest output is the target's class (a number or one-hot), or, of a single
    /// output, whether it is on the target's side of 0.5.
    public static let accuracy = Metric(name: "accuracy") { p, target in
        switch target {
        case .values(let t) where p.count == 1: (p[0] > 0.5) == (t[0] > 0.5) ? 1 : 0
        case .values(let t): largest(p) == largest(t) ? 1 : 0
        case .classNumber(let label): largest(p) == label ? 1 : 0
        }
    }

    /// The share of answers whose right class is among the `k` largest outputs.
    public static func topKAccuracy(k: Int = 5) -> Metric {
        Metric(name: "top_\(k)_accuracy") { p, target in
            let label =
                switch target {
                case .classNumber(let label): label
                case .values(let t): largest(t)
                }
            // A class is among the first k where fewer than k are strictly better.
            return p.indices.contains(label) && p.count(where: { $0 > p[label] }) < k && p[label].isFinite
                ? 1 : 0
        }
    }

    /// The mean of (prediction − target)².
    public static let meanSquaredError = Metric(name: "mean_squared_error") { p, target in
        meanDifference(p, target) { $0 * $0 }
    }

    /// The mean of |prediction − target|.
    public static let meanAbsoluteError = Metric(name: "mean_absolute_error") { p, target in
        meanDifference(p, target, abs)
    }

    private static func meanDifference(
        _ p: UnsafeBufferPointer<Float>, _ target: Row, _ f: (Double) -> Double
    ) -> Double {
        switch target {
        case .values(let t): zip(p, t).reduce(0) { $0 + f(Double($1.0) - Double($1.1)) } / Double(p.count)
        case .classNumber(let label): p.reduce(0) { $0 + f(Double($1) - Double(label)) } / Double(p.count)
        }
    }

    private static func largest(_ values: UnsafeBufferPointer<Float>) -> Int {
        var best = 0
        for i in values.indices where values[i] > values[best] { best = i }
        return best
    }
}
