import Testing

@testable import Cognitron

@Suite("Metrics of counts by hand")
struct CountMetricTests {
    /// Four rows of two yes and no answers; at one half: three right positives, one wrong, two missed.
    private let p: Tensor = [[0.9, 0.8], [0.6, 0.3], [0.7, 0.2], [0.4, 0.1]]
    private let t: Tensor = [[1, 1], [1, 1], [0, 0], [1, 0]]

    private func results(_ metric: RowMetric, _ p: Tensor, _ t: Tensor, _ weights: Tensor? = nil) -> [Float] {
        var metric = metric
        metric.update(p, t, weights: weights)
        return metric.results
    }

    private func result(_ metric: RowMetric, _ weights: Tensor? = nil) -> Float {
        var metric = metric
        metric.update(p, t, weights: weights)
        return metric.result
    }

    @Test("Right and wrong positives and negatives")
    func counts() {
        #expect(result(.truePositives) == 3 && result(.falsePositives) == 1)
        #expect(result(.falseNegatives) == 2 && result(.trueNegatives) == 2)
        #expect(result(.precision) == 0.75 && result(.recall) == 0.6)
        #expect(results(.recall(thresholds: [0.85, 0.05]), p, t) == [0.2, 1])
        #expect(result(.recall(thresholds: [0.85, 0.05])) == 0.6)
        #expect(result(.precision(classId: 1)) == 1 && result(.recall(topK: 1)) == 0.6)
        #expect(result(.truePositives, [2, 1, 1, 0]) == 5)
    }

    @Test("Class numbers count as one-hot rows")
    func classNumbers() {
        let scores: Tensor = [[0.7, 0.2, 0.1], [0.3, 0.6, 0.1], [0.6, 0.3, 0.1]]
        for metric in [RowMetric.precision, .recall(classId: 1), .f1Score(average: .macro), .auc] {
            let oneHot = results(metric, scores, [[1, 0, 0], [0, 1, 0], [0, 1, 0]])
            #expect(results(metric, scores, [0, 1, 1]) == oneHot, "\(metric.name)")
        }
        #expect(results(.recall(classId: 1), scores, [0, 1, 1]) == [0.5])
    }

    @Test("The area is 1 for perfect scores, 0 for reversed ones, one half for equal ones")
    func areas() {
        let t: Tensor = [[0], [0], [1], [1]]
        #expect(results(.auc, [[0.1], [0.2], [0.8], [0.9]], t) == [1])
        #expect(results(.auc, [[0.9], [0.8], [0.2], [0.1]], t) == [0])
        #expect(results(.auc, [[0.5], [0.5], [0.5], [0.5]], t) == [0.5])
        // Of the four pairs of a 0 and a 1 three are in order.
        #expect(results(.auc, [[0.1], [0.4], [0.35], [0.8]], t) == [0.75])
        // Vectors count as rows of one number.
        #expect(results(.auc, [0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]) == [0.75])
    }

    @Test("F-scores of each class, their mean, and of all counts together")
    func fScores() {
        // Class 0: precision ¾, recall 1; class 1: precision 1, recall ½.
        let (p, t): (Tensor, Tensor) = (
            [[0.9, 0.8], [0.6, 0.3], [0.7, 0.2], [0.8, 0.1]], [[1, 1], [1, 1], [0, 0], [1, 0]]
        )
        let each = results(.f1Score(threshold: 0.5), p, t)
        #expect(zip(each, [0.857143, 0.666667]).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(abs(results(.f1Score(average: .macro, threshold: 0.5), p, t)[0] - 0.761905) < 1e-6)
        #expect(abs(results(.f1Score(average: .micro, threshold: 0.5), p, t)[0] - 0.8) < 1e-6)
    }

    @Test("Intersection over union of class numbers, scores and one-hot rows; ignored and missing classes")
    func overlaps() {
        // Class 0: 1 of 2, class 1: 1 of 3, class 2 never.
        let (found, labels): (Tensor, Tensor) = ([[0, 1], [1, 1]], [[0, 0], [1, 2]])
        let mean = results(.meanIoU(classCount: 4), found, labels)[0]
        #expect(abs(mean - (0.5 + 1.0 / 3 + 0) / 3) < 1e-6)
        #expect(abs(results(.iou(classCount: 4, targetClassIds: [1]), found, labels)[0] - 1.0 / 3) < 1e-6)
        let ignoring = results(.meanIoU(classCount: 4, ignoreClass: 2), found, labels)[0]
        #expect(abs(ignoring - 0.5) < 1e-6)
        let scores = Tensor([0.0, 1, 2, 3]).reshaped([1, 4]) .== found.reshaped([4, 1])
        let images = scores.reshaped([2, 2, 4])
        #expect(results(.meanIoU(classCount: 4), images, labels) == [mean])
        let oneHot = (Tensor([0.0, 1, 2, 3]).reshaped([1, 4]) .== labels.reshaped([4, 1])).reshaped([2, 2, 4])
        #expect(results(.oneHotMeanIoU(classCount: 4), images, oneHot) == [mean])
        let axis = RowMetric.oneHotMeanIoU(classCount: 4, axis: 1)
        #expect(results(axis, images.permuted([0, 2, 1]), oneHot.permuted([0, 2, 1])) == [mean])
        // Beside a loss of classes, one-hot targets are known for what they are.
        let adapted = RowMetric.meanIoU(classCount: 4).adapted(to: .categoricalCrossentropy)
        #expect(results(adapted, images, oneHot) == [mean])
        #expect(abs(results(.binaryIoU, [[0.9, 0.2]], [[1, 1]])[0] - 0.25) < 1e-6)

        #expect(abs(results(.meanDice(classCount: 4), found, labels)[0] - (2.0 / 3 + 0.5 + 0) / 3) < 1e-6)
        #expect(abs(results(.dice(classCount: 4, targetClassIds: [1]), images, labels)[0] - 0.5) < 1e-6)
        var confusion = ConfusionMatrix(classCount: 4)
        #expect(confusion.dice == [nil, nil, nil, nil])
        confusion.update(images, labels, weights: nil)
        let shares = zip(confusion.intersectionOverUnion, [0.5, 1.0 / 3, 0] as [Float])
        #expect(shares.allSatisfy { abs(($0 ?? .nan) - $1) < 1e-6 })
        #expect(confusion.intersectionOverUnion[3] == nil && confusion.dice[2] == 0)
    }

    @Test("A confusion matrix counts pairs of classes, and prints them")
    func confusion() {
        var confusion = ConfusionMatrix(classCount: 2)
        #expect(confusion.result == 0 && confusion.matrix == .zeros([2, 2]))
        confusion.update([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]], [0, 1, 1])
        #expect(confusion.matrix == [[1, 0], [1, 1]])
        confusion.update([[0.9, 0.1]], [[1, 0]], weights: [2])
        #expect(confusion.matrix == [[3, 0], [1, 1]] && confusion.result == 0.8)
        #expect(
            confusion.table(names: ["cat", "dog"]) == """
                true \\ predicted  cat  dog   recall
                cat                 3    0  100.0 %
                dog                 1    1   50.0 %
                """)
        var restored = ConfusionMatrix(classCount: 2)
        #expect(throws: Never.self) { try restored.restore(confusion.state) }
        restored.merge(confusion)
        #expect(restored.matrix == [[6, 0], [2, 2]])
        restored.reset()
        #expect(restored.matrix == .zeros([2, 2]))
    }

    @Test("R² is 1 for perfect outputs and 0 for the mean")
    func explained() {
        let t: Tensor = [[1, 10], [2, 20], [3, 60]]
        #expect(results(.r2Score, t, t) == [1])
        #expect(results(.r2Score(classAggregation: nil), [[2, 10], [2, 20], [2, 60]], t) == [0, 1])
    }

    @Test("Correlations of every sample, or along the batch")
    func correlations() {
        func result(_ metric: MeanMetric, _ p: Tensor, _ t: Tensor) -> Float {
            var metric = metric
            metric.update(p, t)
            return metric.result
        }
        let (p, t): (Tensor, Tensor) = ([[1, 2, 3], [3, 2, 1]], [[2, 4, 6], [2, 4, 6]])
        #expect(result(.pearsonCorrelation, p, t) == 0)
        #expect(result(.pearsonCorrelation(axis: 0), [[1], [2], [4]], [[2], [4], [8]]) == 1)
        #expect(abs(result(.concordanceCorrelation, [[1, 2, 3]], [[2, 3, 4]]) - 4.0 / 7) < 1e-6)
        #expect(abs(result(.cosineSimilarity, [[3, 4]], [[4, 3]]) - 0.96) < 1e-6)
        #expect(abs(result(.rootMeanSquaredError, [[3], [4]], [[0], [0]]) - 3.535534) < 1e-6)
        var (mean, sum) = (MeanMetric.mean, MeanMetric.sum)
        mean.update([1, 3, 5, 7])
        sum.update([1, 3, 5, 7], weights: [1, 1, 1, 0])
        #expect(mean.result == 4 && sum.result == 9)
        #expect(result(MeanMetric(.dice), [[1, 0]], [[1, 0]]) < 1e-6)
        #expect(result(.exactAccuracy, [[1, 2], [3, 4]], [[1, 0], [3, 4]]) == 0.75)
        #expect(
            result(.sparseCategoricalCrossentropy(ignoreClass: 1), [[0.5, 0.5], [0.1, 0.9]], [0, 1])
                == 0.6931472)
    }

    @Test("Binary accuracy is of logits where the loss takes them, unless a threshold says otherwise")
    func binaryAccuracy() {
        let (p, t): (Tensor, Tensor) = ([[0.3, -0.3]], [[1, 0]])
        func result(_ metric: MeanMetric) -> Float {
            var metric = metric.adapted(to: .binaryCrossentropy(fromLogits: true))
            metric.update(p, t)
            return metric.result
        }
        #expect(result(.binaryAccuracy) == 1 && result(.binaryAccuracy(threshold: 0.5)) == 0.5)
    }

    static let arguments: [(metric: any Metric, message: String)] = [
        (MeanMetric.topKAccuracy(k: 0), "invalid k; expected a whole number of at least 1, got 0"),
        (
            RowMetric.precision(thresholds: [0.5, 1.5]),
            "precision: invalid threshold; expected a number from 0 to 1"
        ),
        (RowMetric.precision(thresholds: []), "invalid number of thresholds"),
        (RowMetric.recall(topK: 0), "recall: invalid topK"),
        (RowMetric.recall(classId: -1), "invalid classId"),
        (RowMetric.precisionAtRecall(recall: 2), "invalid recall"),
        (RowMetric.recallAtPrecision(precision: 0.5, numThresholds: 0), "invalid numThresholds"),
        (RowMetric.auc(numThresholds: 1), "at least 2, got 1"),
        (RowMetric.auc(numLabels: 3), "only for multiLabel"),
        (RowMetric.auc(thresholds: [-1]), "invalid threshold"),
        (
            RowMetric.auc(multiLabel: true, numLabels: 3, labelWeights: [1]),
            "one number a label; expected 3, got 1"
        ),
        (RowMetric.fBetaScore(beta: 0), "invalid beta"),
        (RowMetric.f1Score(threshold: 0), "invalid threshold"),
        (RowMetric.meanIoU(classCount: 0), "invalid classCount"),
        (RowMetric.iou(classCount: 3, targetClassIds: [3]), "expected numbers from 0 to 2, got 3"),
        (RowMetric.r2Score(numRegressors: -1), "invalid numRegressors"),
        (ConfusionMatrix(classCount: 0), "invalid classCount"),
    ]

    @Test("Arguments that no metric takes are errors of compile", arguments: arguments.indices)
    func badArguments(_ number: Int) {
        let (metric, expected) = Self.arguments[number]
        let model = Sequential([Input(3), Dense(3)])
        do {
            try model.compile(optimizer: SGD(), loss: .meanSquaredError, metrics: [metric])
            Issue.record("no error, expected \(expected)")
        } catch {
            #expect("\(error)".contains(expected), "\(error)")
        }
    }

    static let shapes: [(metric: any Metric, loss: Loss, target: Tensor, message: String)] = [
        (
            MeanMetric.topKAccuracy(k: 4), .sparseCategoricalCrossentropy, [1, 2],
            "k is beyond the model's output; expected at most 3, got 4"
        ),
        (
            RowMetric.precision(topK: 4), .meanSquaredError, .ones([2, 3]),
            "topK is beyond the model's output"
        ),
        (
            RowMetric.recall(classId: 3), .meanSquaredError, .ones([2, 3]),
            "classId is beyond the model's output; expected at most 2, got 3"
        ),
        (
            MeanMetric.meanSquaredError, .sparseCategoricalCrossentropy, [1, 2],
            "mean_squared_error: targets do not fit the model's output"
        ),
        (RowMetric.r2Score, .sparseCategoricalCrossentropy, [1, 2], "r2_score: targets do not fit"),
        (
            RowMetric.auc(multiLabel: true, numLabels: 2), .meanSquaredError, .ones([2, 3]),
            "expected 3 labels, got 2"
        ),
        (
            MeanMetric.sparseCategoricalCrossentropy, .meanSquaredError, .ones([2, 3]),
            "sparse_categorical_crossentropy: targets do not fit"
        ),
        (MeanMetric.pearsonCorrelation(axis: 2), .meanSquaredError, .ones([2, 3]), "axis is beyond"),
        (
            RowMetric.meanIoU(classCount: 2), .sparseCategoricalCrossentropy, [1, 2],
            "2 classes do not fit"
        ),
    ]

    @Test(
        "Outputs and targets that a metric is not of are errors before the first batch",
        arguments: shapes.indices)
    func badShapes(_ number: Int) throws {
        let (metric, loss, target, expected) = Self.shapes[number]
        let model = Sequential([Input(4), Dense(3, activation: .softmax)])
        try model.compile(optimizer: SGD(), loss: loss, metrics: [metric])
        do {
            _ = try model.evaluate(Tensor.ones([2, 4]), target)
            Issue.record("no error, expected \(expected)")
        } catch {
            #expect("\(error)".contains(expected), "\(error)")
        }
    }

    @Test("Metrics of one kind are told apart by name")
    func names() throws {
        let model = Sequential([Input(4), Dense(3, activation: .sigmoid)])
        try model.compile(
            optimizer: SGD(), loss: .binaryCrossentropy,
            metrics: [
                RowMetric.precision(classId: 0).named("first"),
                RowMetric.precision(classId: 1).named("second"), .auc,
                .accuracy,
            ],
            seed: 1)
        let answers: Tensor = [[1, 0, 1], [0, 1, 0]]
        let scores = try model.evaluate(Tensor.ones([2, 4]), answers)
        #expect(scores.names == ["loss", "first", "second", "auc", "accuracy"])
    }
}
