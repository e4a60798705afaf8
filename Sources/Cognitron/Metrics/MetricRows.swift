import CognitronKernels

/// The target of one row: a class number, or as many numbers as the prediction has.
enum MetricRow {
    case classNumber(Int)
    case values(UnsafeBufferPointer<Float>)
}

/// Predictions and targets, row by row of the last axis.
struct MetricRows {
    private let prediction: Tensor
    private let target: Tensor
    private let columns: Int
    private let rows: Int
    private let isSparse: Bool

    init(_ prediction: Tensor, _ target: Tensor) {
        self.prediction = prediction
        self.target = target
        columns = prediction.shape.last ?? 1
        rows = prediction.count / max(1, columns)
        isSparse = target.count == rows && columns > 1
        require(
            isSparse || target.count == prediction.count,
            "a metric got targets of shape \(target.shape) for predictions of shape \(prediction.shape)")
    }

    /// The sum of `value` over all rows, each times its weight, and the sum of the weights. Blocks of rows
    /// are summed by one worker each, and the blocks in order.
    func sum(
        _ weights: Tensor?, _ value: (_ p: UnsafeBufferPointer<Float>, _ t: MetricRow) -> Double
    ) -> (sum: Double, weight: Double) {
        let grain = max(1, Elementwise.grain / max(1, columns))
        let rowsPerWeight = max(1, rows / max(1, weights?.count ?? rows))
        let step = isSparse ? 1 : columns
        var sums = [(sum: Double, weight: Double)](repeating: (0, 0), count: (rows + grain - 1) / grain)
        sums.withUnsafeMutableBufferPointer { sums in
            WorkerPool.shared.run(total: rows, grain: grain) { range, _ in
                var part = (sum: 0.0, weight: 0.0)
                for row in range {
                    let p = UnsafeBufferPointer(start: prediction.pointer + row * columns, count: columns)
                    let t = UnsafeBufferPointer(start: target.pointer + row * step, count: step)
                    let weight = weights.map { Double($0.pointer[row / rowsPerWeight]) } ?? 1
                    // A row that does not count may hold anything.
                    guard weight != 0 else { continue }
                    part.sum += weight * value(p, isSparse ? .classNumber(Int(t[0])) : .values(t))
                    part.weight += weight
                }
                sums[range.lowerBound / grain] = part
            }
        }
        withExtendedLifetime((prediction, target, weights)) {}
        return sums.reduce((0, 0)) { ($0.0 + $1.sum, $0.1 + $1.weight) }
    }
}

extension Tensor {
    /// Weights of samples `(N)` or rows `(N, T)` for values of this shape: repeated along the axes that they
    /// lack.
    func spread(over shape: Shape) -> Tensor {
        guard self.shape != shape, rank < shape.rank else { return self }
        let padded = reshaped(Shape(Array(self.shape) + Array(repeating: 1, count: shape.rank - rank)))
        return Tensor.ones(shape) * padded
    }
}
