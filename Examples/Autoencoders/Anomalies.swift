import Cognitron
import CognitronData
import CognitronModels
import CognitronPlots

extension Experiment {
    /// An autoencoder learns some classes only, and by its errors tells the others apart: shoes from clothes,
    /// or some digits from the rest. Beside it, the distance from the mean picture, and principal components,
    /// as many as the code has numbers.
    ///
    /// - Source: Hawkins et al., "Outlier Detection Using Replicator Neural Networks" (2002).
    public static let anomalies = Experiment(
        "anomalies", "classes that an autoencoder has not learnt, found by how badly it gives them back"
    ) { settings in
        let known = settings.pick(full: ["Sandal", "Sneaker", "Ankle boot"], small: ["1", "4", "7"])
        let task = try AutoencoderTask(settings, classes: known)
        let (train, held) = try task.training.split(testShare: 0.2, seed: settings.seed)
        let codeSize = 8
        let model = try task.trained(
            settings.pick(full: "conv", small: "denoising") + "-autoencoder:\(codeSize)"
                + settings.pick(full: "", small: ",0.1"), on: train,
            epochs: settings.pick(full: 5, small: 60))
        let detector = try AnomalyDetector(model, normal: held, quantile: 0.95)
        let test = ScoredPictures(
            scores: try detector.scores(of: SampleSource([task.test])), labels: task.labels,
            known: Set(known.compactMap { task.classNames.firstIndex(of: $0) }))
        var baselines = FindingsTable("All other classes", columns: ["area under the curve"])
        baselines.add("autoencoder", [test.curve().area])
        for (name, scores) in try baselineScores(train, task, codeSize) {
            baselines.add(
                name, [ScoredPictures(scores: scores, labels: test.labels, known: test.known).curve().area])
        }
        let classes = classTable(test, task, detector)
        return Findings(
            [baselines, classes], plots: try plots(test, task, detector),
            notes: [
                "Trained on \(known.joined(separator: ", ")); threshold \(detector.threshold), the 95 % "
                    + "quantile of \(held.sampleCount ?? 0) such pictures that were not trained."
            ])
    }

    /// For each class the area under its curve, where it was not trained, and the share above the threshold.
    private static func classTable(
        _ test: ScoredPictures, _ task: AutoencoderTask, _ detector: AnomalyDetector
    ) -> FindingsTable {
        var table = FindingsTable("Class", columns: ["area under the curve", "above the threshold"])
        for (label, name) in task.classNames.enumerated() {
            let own = test.scores.indices.filter { test.labels[$0] == label }.map { test.scores[$0] }
            let share = Double(own.count { detector.isAnomaly($0) }) / Double(max(1, own.count))
            let isKnown = test.known.contains(label)
            table.add(
                isKnown ? "\(name), trained" : name, [isKnown ? nil : test.curve(of: label).area, share])
        }
        return table
    }

    /// The scores of methods that an autoencoder must beat.
    private static func baselineScores(
        _ train: any BatchSource, _ task: AutoencoderTask, _ count: Int
    ) throws -> [(String, [Float])] {
        let numbers = try train.batch(Array(0..<(train.sampleCount ?? 0)), nil)?.inputs.first ?? task.test
        let (rows, x) = (
            numbers.reshaped([numbers.shape[0], -1]), task.test.reshaped([task.labels.count, -1])
        )
        let components = try PrincipalComponents(of: rows, count: count)
        let given = components.mean + components.transform(x).matmul(components.components)
        return [
            ("distance from the mean picture", (x - components.mean).squared.mean(axis: 1).scalars),
            ("\(count) principal components", (x - given).squared.mean(axis: 1).scalars),
        ]
    }

    private static func plots(
        _ test: ScoredPictures, _ task: AutoencoderTask, _ detector: AnomalyDetector
    ) throws -> [String: Plot] {
        let others = task.classNames.indices.filter { !test.known.contains($0) }
        let ranked = test.scores.indices.sorted { test.scores[$0] > test.scores[$1] }
        return [
            "roc": .roc(
                [("all others", test.curve())] + others.map { (task.classNames[$0], test.curve(of: $0)) },
                title: "Classes that were not trained, by their errors"),
            "scores": test.histogram(threshold: detector.threshold),
            "most-unusual": try .reconstructions(
                of: task.test.batch(ranked.prefix(16)), by: detector.model,
                title: "The largest errors of all test pictures"),
            "most-usual": try .reconstructions(
                of: task.test.batch(ranked.suffix(16)), by: detector.model,
                title: "The smallest errors of all test pictures"),
        ]
    }
}

/// Test pictures with their scores, of classes that were trained and of others.
private struct ScoredPictures {
    let scores: [Float]
    let labels: [Int]
    /// The classes that were trained.
    let known: Set<Int>

    /// How well scores tell the other classes, or one of them, from those that were trained.
    func curve(of other: Int? = nil) -> ThresholdCurve {
        let used = labels.indices.filter { known.contains(labels[$0]) || other == nil || labels[$0] == other }
        return ThresholdCurve(
            scores: used.map { scores[$0] }, isPositive: used.map { !known.contains(labels[$0]) })
    }

    /// How often scores come, of both kinds of pictures.
    func histogram(threshold: Float) -> Plot {
        let (low, high) = (Double(Tensor(scores).quantile(0)), Double(Tensor(scores).quantile(0.99)))
        let (bins, width) = (30, max((high - low) / 30, 1e-12))
        func series(_ name: String, _ isKnown: Bool) -> Chart.Series {
            let own = labels.indices.filter { known.contains(labels[$0]) == isKnown }.map { scores[$0] }
            var counts = [Int](repeating: 0, count: bins)
            for score in own { counts[min(bins - 1, max(0, Int((Double(score) - low) / width)))] += 1 }
            return Chart.Series(
                name,
                counts.enumerated().map {
                    (low + (Double($0) + 0.5) * width, Double($1) / Double(max(1, own.count)))
                })
        }
        return Chart(
            "Errors of the autoencoder", subtitle: "shares of the test pictures of each kind",
            x: .init("mean squared error"), y: .init("share", scale: .share),
            series: [series("classes that were trained", true), series("others", false)],
            marks: [.init("threshold", at: Double(threshold))]
        ).plot()
    }
}
