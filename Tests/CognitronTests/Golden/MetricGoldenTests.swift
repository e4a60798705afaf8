import Testing

@testable import Cognitron

@Suite("Metrics are Keras's")
struct MetricGoldenTests {
    struct Arguments: Decodable {
        var metric: String
        var name: String
        var target: String?
        var batchSize: Int
        var k: Int?
        var fromSortedIds: Bool?
        var threshold: Float?
        var thresholds: Thresholds?
        var topK: Int?
        var classId: Int?
        var numThresholds: Int?
        var precision: Float?
        var recall: Float?
        var sensitivity: Float?
        var specificity: Float?
        var curve: String?
        var summationMethod: String?
        var multiLabel: Bool?
        var labelWeights: [Float]?
        var fromLogits: Bool?
        var average: String?
        var beta: Float?
        var numClasses: Int?
        var targetClassIds: [Int]?
        var ignoreClass: Int?
        var sparseYPred: Bool?
        var classAggregation: String?
        var numRegressors: Int?

        /// One number or several.
        struct Thresholds: Decodable {
            let values: [Float]

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                values = try (try? container.decode([Float].self)) ?? [container.decode(Float.self)]
            }
        }

        func function() throws -> any Metric {
            if let metric = mean { return metric }
            if let metric = counts { return metric }
            let metric: RowMetric
            switch self.metric {
            case "AUC":
                let curves: [String: AUCCurve] = ["ROC": .roc, "PR": .pr, "PRGAIN": .prGain]
                metric = .auc(
                    numThresholds: numThresholds ?? 200, curve: try #require(curves[curve ?? "ROC"]),
                    summationMethod: try #require(AUCSummation(rawValue: summationMethod ?? "interpolation")),
                    thresholds: thresholds?.values, multiLabel: multiLabel ?? false,
                    labelWeights: labelWeights, fromLogits: fromLogits ?? false)
            case "F1Score":
                metric = .f1Score(average: average.flatMap(FScoreAverage.init), threshold: threshold)
            case "FBetaScore":
                metric = .fBetaScore(
                    average: average.flatMap(FScoreAverage.init), beta: beta ?? 1, threshold: threshold)
            case "R2Score":
                let aggregations: [String: R2Aggregation] = [
                    "uniform_average": .uniformAverage, "variance_weighted_average": .varianceWeightedAverage,
                ]
                metric = .r2Score(
                    classAggregation: aggregations[classAggregation ?? "uniform_average"],
                    numRegressors: numRegressors ?? 0)
            case "IoU":
                metric = .iou(
                    classCount: try #require(numClasses), targetClassIds: try #require(targetClassIds),
                    ignoreClass: ignoreClass, sparseYPred: sparseYPred)
            case "MeanIoU":
                metric = .meanIoU(classCount: try #require(numClasses), sparseYPred: sparseYPred)
            case "OneHotIoU":
                metric = .oneHotIoU(
                    classCount: try #require(numClasses), targetClassIds: try #require(targetClassIds))
            case "OneHotMeanIoU":
                metric = .oneHotMeanIoU(
                    classCount: try #require(numClasses), sparseYPred: sparseYPred ?? false)
            case "BinaryIoU":
                metric = .binaryIoU(targetClassIds: targetClassIds ?? [0, 1], threshold: threshold ?? 0.5)
            default: throw CognitronError(.argument, self.metric, "is no metric")
            }
            return metric
        }

        private var mean: MeanMetric? {
            switch metric {
            case "accuracy": .accuracy
            case "Accuracy": .exactAccuracy.named("accuracy")
            case "BinaryAccuracy": .binaryAccuracy(threshold: threshold)
            case "CategoricalAccuracy": .categoricalAccuracy
            case "SparseCategoricalAccuracy": .sparseCategoricalAccuracy
            case "top_k_accuracy": .topKAccuracy(k: k ?? 5)
            case "TopKCategoricalAccuracy": .topKCategoricalAccuracy(k: k ?? 5)
            case "SparseTopKCategoricalAccuracy":
                .sparseTopKCategoricalAccuracy(k: k ?? 5, fromSortedIds: fromSortedIds ?? false)
            case "mean_squared_error": .meanSquaredError
            case "mean_absolute_error": .meanAbsoluteError
            case "MeanAbsolutePercentageError": .meanAbsolutePercentageError
            case "MeanSquaredLogarithmicError": .meanSquaredLogarithmicError
            case "RootMeanSquaredError": .rootMeanSquaredError
            case "LogCoshError": .logCoshError
            case "Poisson": .poisson
            case "KLDivergence": .klDivergence
            case "Hinge": .hinge
            case "SquaredHinge": .squaredHinge
            case "CategoricalHinge": .categoricalHinge
            case "BinaryCrossentropy": .binaryCrossentropy
            case "CategoricalCrossentropy": .categoricalCrossentropy
            case "SparseCategoricalCrossentropy": .sparseCategoricalCrossentropy
            case "CosineSimilarity": .cosineSimilarity
            case "PearsonCorrelation": .pearsonCorrelation
            case "ConcordanceCorrelation": .concordanceCorrelation
            default: nil
            }
        }

        private var counts: RowMetric? {
            let (thresholds, number) = (thresholds?.values, numThresholds ?? 200)
            return switch metric {
            case "TruePositives": .truePositives(thresholds: thresholds)
            case "FalsePositives": .falsePositives(thresholds: thresholds)
            case "TrueNegatives": .trueNegatives(thresholds: thresholds)
            case "FalseNegatives": .falseNegatives(thresholds: thresholds)
            case "Precision": .precision(thresholds: thresholds, topK: topK, classId: classId)
            case "Recall": .recall(thresholds: thresholds, topK: topK, classId: classId)
            case "PrecisionAtRecall":
                .precisionAtRecall(recall: recall ?? .nan, numThresholds: number, classId: classId)
            case "RecallAtPrecision":
                .recallAtPrecision(precision: precision ?? .nan, numThresholds: number, classId: classId)
            case "SensitivityAtSpecificity":
                .sensitivityAtSpecificity(
                    specificity: specificity ?? .nan, numThresholds: number, classId: classId)
            case "SpecificityAtSensitivity":
                .specificityAtSensitivity(
                    sensitivity: sensitivity ?? .nan, numThresholds: number, classId: classId)
            default: nil
            }
        }
    }

    @Test("After each of three batches, the last one short", arguments: try GoldenCase.all("metrics"))
    func batches(_ golden: GoldenCase) throws {
        try batches(golden, try golden.configuration(Arguments.self).function())
    }

    /// Whatever the order of the batches and whoever measured them, the metric is the same; and a restored
    /// state goes on.
    private func batches<M: Metric>(_ golden: GoldenCase, _ empty: M) throws {
        let arguments = try golden.configuration(Arguments.self)
        let (p, t) = (try golden["prediction"], try golden["target"])
        let results = try golden["results"]
        func update(_ metric: inout M, _ batch: Int) {
            let end = min((batch + 1) * arguments.batchSize, p.shape[0])
            let range = batch * arguments.batchSize..<end
            metric.update(p[range], t[range], weights: golden.tensors["weight"].map { $0[range] })
        }
        func expect(_ metric: M, _ batch: Int, _ what: String) {
            let all = (metric as? RowMetric)?.results ?? [metric.result]
            expectClose(
                Tensor(all.count == 1 ? [metric.result] : all), results[batch].reshaped([all.count]), what,
                relative: 1e-5, absolute: 1e-6)
        }
        try empty.validate()
        try empty.validate(t, output: p.shape)
        if arguments.target == nil { #expect(empty.name == arguments.name) }
        #expect(empty.direction != .unknown)

        let batches = results.shape[0]
        var (metric, backwards, merged) = (empty, empty, empty)
        for batch in 0..<batches {
            update(&metric, batch)
            expect(metric, batch, "after batch \(batch + 1)")
            update(&backwards, batches - 1 - batch)
            var part = empty
            update(&part, batch)
            merged.merge(part)
        }
        expect(backwards, batches - 1, "in the other order")
        expect(merged, batches - 1, "of merged batches")

        var restored = empty
        update(&restored, 0)
        let state = restored.state
        restored.reset()
        update(&restored, 0)
        #expect(restored.state == state, "reset forgets")
        var other = empty
        update(&other, 2)
        try other.restore(state)
        for batch in 1..<batches { update(&other, batch) }
        #expect(other.state == metric.state, "a restored metric goes on")
    }

    @Test("As a model measures them in evaluate, beside a loss", arguments: ["", "-weighted"])
    func evaluate(_ suffix: String) throws {
        let cases = try GoldenCase.all("metrics")
        for name in [
            "auc-ROC-interpolation", "precision-top", "f1_score-macro-0.4", "r2_score", "binary_accuracy",
        ] {
            let golden = try #require(cases.first { $0.name == name + suffix })
            let metric = try golden.configuration(Arguments.self).function()
            let (p, t) = (try golden["prediction"], try golden["target"])
            // A model that predicts what it is given; the loss only has to accept the targets.
            let model = Sequential([Input(shape: p.shape.sample), Activation(.linear)])
            try model.compile(
                optimizer: SGD(), loss: .meanSquaredError, metrics: suffix.isEmpty ? [metric] : [],
                weightedMetrics: suffix.isEmpty ? [] : [metric])
            let scores = try model.evaluate(p, t, batchSize: 4, sampleWeight: golden.tensors["weight"])
            let results = try golden["results"]
            expectClose(
                Tensor(try #require(scores[metric.name])), results[results.shape[0] - 1], name,
                relative: 1e-5)
        }
    }
}
