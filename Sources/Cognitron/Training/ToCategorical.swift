/// One-hot rows for class numbers: 1 in the column of the class and 0 elsewhere.
///
/// - Parameters:
///   - labels: `(N, …)` whole numbers from 0.
///   - classCount: the number of columns; by default the largest label plus 1.
/// - Returns: `(N, …, classCount)`.
/// - Throws: `CognitronError` of kind `.data` where a label is not a whole number from 0 to classCount − 1.
/// - Source: Keras `to_categorical`.
public func toCategorical(_ labels: Tensor, classCount: Int? = nil) throws -> Tensor {
    let scalars = labels.scalars
    let limit =
        classCount ?? (scalars.max().map { $0.isFinite && $0 >= 0 && $0 < 0x1p24 ? Int($0) + 1 : 1 } ?? 0)
    for (index, label) in scalars.enumerated() {
        guard label >= 0, label < Float(limit), label == label.rounded() else {
            throw CognitronError(
                .data, "toCategorical: label \(index)", "is not a class",
                expected: "a whole number from 0 to \(limit - 1)", got: "\(label)")
        }
    }
    var result = Tensor.zeros(Shape(Array(labels.shape) + [limit]))
    result.withUnsafeMutableScalars { values in
        for (row, label) in scalars.enumerated() { values[row * limit + Int(label)] = 1 }
    }
    return result
}
