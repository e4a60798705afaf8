import CognitronKernels

/// Sums over the rows of all batches so far: what a metric remembers.
struct RowSums: Sendable {
    private(set) var values: [Double] = []

    /// Adds the rows of a batch.
    ///
    /// - Parameters:
    ///   - width: the number of sums.
    ///   - prediction: `(N, …, C)`, or `(N)` for rows of one number.
    ///   - target: the same shape, or one class number a row.
    ///   - weights: `(N)`, or one a row.
    mutating func add(
        _ sum: MetricRows.Sum, width: Int, _ prediction: Tensor, _ target: Tensor, _ weights: Tensor?
    ) {
        let prediction = prediction.rank == 1 ? prediction.reshaped([prediction.count, 1]) : prediction
        let geometry = RowGeometry(prediction, target, weights)
        require(
            target.count == geometry.rows * geometry.targetColumns,
            "a metric got targets of shape \(target.shape) for predictions of shape \(prediction.shape)")
        if values.isEmpty { values = Array(repeating: 0, count: width) }
        require(values.count == width, "a metric got predictions of another shape than before")
        values.withUnsafeMutableBufferPointer { values in
            guard let sums = values.baseAddress else { return }
            MetricRows.add(
                sum, prediction.pointer, target.pointer, geometry, weights: weights?.pointer, to: sums,
                width: width)
        }
        withExtendedLifetime((prediction, target, weights)) {}
    }

    mutating func merge(_ other: RowSums) {
        guard !values.isEmpty, !other.values.isEmpty else {
            if values.isEmpty { values = other.values }
            return
        }
        require(values.count == other.values.count, "merging metrics of predictions of different shapes")
        for i in values.indices { values[i] += other.values[i] }
    }

    mutating func reset() { values = [] }
}

extension RowSums {
    /// Σ weight · value and Σ weight over the rows of a batch.
    static func mean(
        _ value: @escaping MetricRows.Value, _ prediction: Tensor, _ target: Tensor, _ weights: Tensor?
    ) -> (sum: Double, weight: Double) {
        var sums = RowSums()
        sums.add(MetricRows.mean(value), width: 2, prediction, target, weights)
        return (sums.values[0], sums.values[1])
    }
}

extension RowSums: ResumableValue {
    var state: StateTree { ["sums": StateTree(values)] }

    mutating func restore(_ state: StateTree) throws { values = try state.get("sums") }
}
