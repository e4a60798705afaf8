import CognitronKernels

/// How often each class was taken for each other.
///
///     var confusion = ConfusionMatrix(classCount: 10)
///     confusion.update(try model.predict(x), y)
///     print(confusion.table(names: CIFAR10.classNames))
///
/// Its result is the share of right answers.
public struct ConfusionMatrix: Metric {
    public let name: String
    public var direction: Direction { .maximize }
    private let classes: ClassPairs
    private var sums = RowSums()

    /// - Parameters:
    ///   - ignoreClass: the class whose targets do not count.
    public init(classCount: Int, ignoreClass: Int? = nil, name: String = "confusion_matrix") {
        self.name = name
        classes = ClassPairs(name, classCount, ignoreClass, isOneHotTarget: nil, isOneHotPrediction: nil)
    }

    /// Predictions are one number a class along the last axis, or class numbers of another shape; so are
    /// targets.
    public mutating func update(_ prediction: Tensor, _ target: Tensor, weights: Tensor?) {
        if let error = classes.problem ?? classes.check(prediction.shape, target.shape) { fail("\(error)") }
        let (p, t) = classes.numbers(prediction, target)
        sums.add(classes.sum, width: classes.width, p, t, weights)
    }

    /// The count of targets of each class (row) that were taken for each class (column), `(C, C)`.
    public var matrix: Tensor {
        let shape: Shape = [classes.count, classes.count]
        return sums.values.isEmpty ? .zeros(shape) : Tensor(sums.values.map { Float($0) }, shape: shape)
    }

    /// Of each class, what targets and predictions share over what either holds; nil of a class that neither
    /// has.
    public var intersectionOverUnion: [Float?] { overlaps(.intersectionOverUnion) }

    /// Of each class, what targets and predictions share over the mean of what they hold; nil of a class that
    /// neither has.
    public var dice: [Float?] { overlaps(.dice) }

    private func overlaps(_ measure: ClassOverlap) -> [Float?] {
        (0..<classes.count).map { id in
            sums.values.isEmpty ? nil : measure.value(sums.values, classes.count, of: id).map { Float($0) }
        }
    }

    public var result: Float {
        let right = stride(from: 0, to: sums.values.count, by: classes.count + 1).reduce(0) {
            $0 + sums.values[$1]
        }
        return Float(ThresholdCounts.divide(right, sums.values.reduce(0, +)))
    }

    /// The matrix as text: a row for each true class, a column for each predicted one, then the recall.
    ///
    /// - Parameter names: one a class; by default their numbers.
    public func table(names: [String]? = nil) -> String {
        let names = names ?? (0..<classes.count).map(String.init)
        require(names.count == classes.count, "\(names.count) names for \(classes.count) classes")
        let (matrix, count) = (matrix.scalars, classes.count)
        let rows = (0..<count).map { row in
            let counts = matrix[row * count..<(row + 1) * count]
            let recall = ThresholdCounts.divide(
                Double(counts[row * count + row]), Double(counts.reduce(0, +)))
            return [names[row]] + counts.map { $0 == $0.rounded() ? String(Int($0)) : $0.fixed(2) }
                + ["\(Float(100 * recall).fixed(1)) %"]
        }
        let lines = [["true \\ predicted"] + names + ["recall"]] + rows
        let widths = lines[0].indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line in
            zip(line, widths).enumerated().map { column, cell in
                let padding = String(repeating: " ", count: cell.1 - cell.0.count)
                return column == 0 ? cell.0 + padding : padding + cell.0
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    public mutating func merge(_ other: ConfusionMatrix) { sums.merge(other.sums) }

    public mutating func reset() { sums.reset() }

    public func validate() throws { if let problem = classes.problem { throw problem } }

    public func validate(_ target: Tensor, output: Shape) throws {
        if let error = classes.check(output, target.shape) { throw error }
    }

    public var state: StateTree { sums.state }

    public mutating func restore(_ state: StateTree) throws { try sums.restore(state) }
}

extension Metric where Self == ConfusionMatrix {
    /// The share of right answers, from the counts of all pairs of classes.
    public static func confusionMatrix(classCount: Int, ignoreClass: Int? = nil) -> ConfusionMatrix {
        ConfusionMatrix(classCount: classCount, ignoreClass: ignoreClass)
    }
}

/// Pairs of a target's and a prediction's class, as the confusion matrix and the IoU metrics count them.
struct ClassPairs: Sendable {
    let name: String
    let count: Int
    let ignored: Int?
    /// Whether classes are the largest of numbers along the axis; nil where the shapes say so.
    var isOneHotTarget: Bool?
    var isOneHotPrediction: Bool?
    let axis: Int

    init(
        _ name: String, _ count: Int, _ ignored: Int?, isOneHotTarget: Bool?, isOneHotPrediction: Bool?,
        axis: Int = -1
    ) {
        (self.name, self.count, self.ignored, self.axis) = (name, count, ignored, axis)
        (self.isOneHotTarget, self.isOneHotPrediction) = (isOneHotTarget, isOneHotPrediction)
    }

    var width: Int { count * count }

    var sum: MetricRows.Sum { MetricRows.classPairs(max(count, 1), ignoring: ignored) }

    var problem: CognitronError? { .atLeast(name, "classCount", count, 1) }

    /// Whether the target and the prediction hold one number a class.
    private func isOneHot(_ prediction: Shape, _ target: Shape) -> (target: Bool, prediction: Bool) {
        let place = axis < 0 ? axis + prediction.rank : axis
        let hasClasses =
            prediction.indices.contains(place) && prediction[place] == count && prediction.rank > 1
        let isSame = target.elementCount == prediction.elementCount
        return (isOneHotTarget ?? (hasClasses && isSame), isOneHotPrediction ?? hasClasses)
    }

    /// The class numbers of both, as columns of one.
    func numbers(_ prediction: Tensor, _ target: Tensor) -> (Tensor, Tensor) {
        let isOneHot = isOneHot(prediction.shape, target.shape)
        func column(_ x: Tensor, _ isOneHot: Bool) -> Tensor {
            let numbers = isOneHot ? x.argmax(axis: axis) : x
            return numbers.reshaped([numbers.count, 1])
        }
        return (column(prediction, isOneHot.prediction), column(target, isOneHot.target))
    }

    func check(_ output: Shape, _ target: Shape) -> CognitronError? {
        let isOneHot = isOneHot(output, target)
        let place = axis < 0 ? axis + output.rank : axis
        if isOneHot.prediction, !output.indices.contains(place) || output[place] != count {
            return CognitronError(
                .shape, name, "\(count) classes do not fit the model's output",
                expected: "\(count) numbers along axis \(axis)", got: "shape \(output)")
        }
        func size(_ shape: Shape, _ isOneHot: Bool) -> Int? {
            guard isOneHot else { return shape.elementCount }
            let place = axis < 0 ? axis + shape.rank : axis
            return shape.indices.contains(place) && shape[place] > 0 ? shape.elementCount / shape[place] : nil
        }
        if let a = size(output, isOneHot.prediction), a == size(target, isOneHot.target) { return nil }
        return CognitronError(
            .shape, name, "targets do not fit the model's output",
            expected: "as many class numbers as outputs of shape \(output) have", got: "shape \(target)",
            advice: "say by sparseYTrue and sparseYPred where classes are one-hot")
    }
}
