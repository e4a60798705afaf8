/// One-hot rows for class numbers: 1 in the column of the class and 0 elsewhere.
///
/// - Parameters:
///   - labels: `(N, …)` whole numbers from 0. A last axis of size 1 is dropped unless it is the only axis.
///   - classCount: the number of columns, at least 1; by default the largest label plus 1.
/// - Returns: `(N, …, classCount)`; `(N, classCount)` of labels `(N, 1)`.
/// - Throws: `CognitronError` of kind `.data` where a label is not a whole number from 0 to classCount − 1;
///   of kind `.argument` where `classCount` is below 1 or the result would be too large.
/// - Source: Keras `to_categorical`.
public func toCategorical(_ labels: Tensor, classCount: Int? = nil) throws -> Tensor {
    let numbers = try labels.scalars.enumerated().map { index, label in
        guard label >= 0, let number = Int(exactly: label) else { throw notAClass(index, label, classCount) }
        return number
    }
    let columns = classCount ?? numbers.max().map { $0 + 1 } ?? 0  // no labels: no columns, as in Keras
    let labelShape =
        labels.rank > 1 && labels.shape.last == 1 ? Shape(labels.shape.dropLast()) : labels.shape
    let shape = Shape(Array(labelShape) + [columns])
    guard classCount ?? 1 >= 1, let count = shape.checkedElementCount, count <= BuildContext.largestCount
    else {
        throw CognitronError(
            .argument, "toCategorical", "invalid number of classes",
            expected: "at least 1, and at most \(BuildContext.largestCount) numbers in all",
            got: "\(columns) for \(numbers.count) labels",
            advice: "sparseCategoricalCrossentropy takes the labels as they are")
    }
    if let index = numbers.firstIndex(where: { $0 >= columns }) {
        throw notAClass(index, labels.scalars[index], columns)
    }
    var result = Tensor.zeros(shape)
    result.withUnsafeMutableScalars { values in
        for (row, number) in numbers.enumerated() { values[row * columns + number] = 1 }
    }
    return result
}

private func notAClass(_ index: Int, _ label: Float, _ classCount: Int?) -> CognitronError {
    CognitronError(
        .data, "toCategorical: label \(index)", "is not a class",
        expected: "a whole number from 0" + (classCount.map { " to \($0 - 1)" } ?? ""), got: label.text)
}
