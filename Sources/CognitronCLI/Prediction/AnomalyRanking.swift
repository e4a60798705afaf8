import Cognitron
import CognitronData
import CognitronModels
import CognitronPlots

/// Pictures by falling score of a detector, as lines for people and rows for programs.
struct AnomalyRanking {
    struct Entry {
        /// The picture's file, or its number in a data set.
        let sample: String
        let score: Float
        /// The name of its class, where it is known.
        let className: String?
    }

    /// The largest score first.
    let entries: [Entry]
    private let detector: AnomalyDetector
    /// How well scores tell classes apart that the model was trained on, and others; nil where there are not
    /// both.
    private let area: Double?

    /// - Parameter knownClasses: those that the model was trained on.
    init(_ detector: AnomalyDetector, _ input: PredictionInput, knownClasses: [String]) throws {
        let scores = try detector.scores(of: input.source)
        let classes = try input.classNames.map { names in
            try input.source.labels().map { names.indices.contains($0) ? names[$0] : "\($0)" }
        }
        let all = scores.indices.map { index in
            Entry(sample: input.names[index], score: scores[index], className: classes?[index])
        }
        // What is no number cannot be given back at all.
        func order(_ score: Float) -> Float { score.isNaN ? .infinity : score }
        entries = all.enumerated().sorted {
            (order($0.element.score), $1.offset) > (order($1.element.score), $0.offset)
        }.map(\.element)
        self.detector = detector
        let curve = classes.map { classes in
            ThresholdCurve(scores: scores.map(order), isPositive: classes.map { !knownClasses.contains($0) })
        }
        area = curve.flatMap { $0.area.isFinite ? $0.area : nil }
    }

    private var hasThreshold: Bool { detector.threshold < .infinity }

    /// What holds for all pictures, in lines.
    var summary: [String] {
        let found = entries.count { detector.isAnomaly($0.score) }
        let share =
            hasThreshold
            ? "\(found) of \(entries.count.pictures) above the threshold "
                + ScoreText.number(detector.threshold)
            : "\(entries.count.pictures) by falling score"
        let curve = area.map {
            "Area under the ROC curve, classes that were not trained against the others: "
                + ScoreText.number(Float($0))
        }
        return [share] + [curve].compactMap { $0 }
    }

    func line(_ entry: Entry) -> String {
        let verdict = hasThreshold ? "  \(detector.isAnomaly(entry.score) ? "anomaly" : "normal ")" : ""
        let score = ScoreText.number(entry.score)
        let space = String(repeating: " ", count: max(0, 9 - score.count))
        return "\(space)\(score)\(verdict)  \(entry.sample)" + (entry.className.map { " (\($0))" } ?? "")
    }

    func row(_ entry: Entry) -> ResultRow {
        var row = ResultRow([("sample", .text(entry.sample)), ("score", .number(entry.score))])
        if hasThreshold {
            row.append("verdict", .text(detector.isAnomaly(entry.score) ? "anomaly" : "normal"))
            row.append("threshold", .number(detector.threshold))
        }
        if let name = entry.className { row.append("class", .text(name)) }
        return row
    }
}

extension Int {
    fileprivate var pictures: String { count(self, "picture", "pictures") }
}
