import Cognitron

extension Plot {
    /// True positives by false positives at every threshold, for each class against the others.
    ///
    /// - Parameters:
    ///   - predictions: the model's output, (N, classes); of two classes the second is drawn.
    ///   - labels: the true class of each sample, (N).
    /// - Throws: `CognitronError` where the numbers of predictions and labels differ.
    public static func roc(
        _ predictions: Tensor, _ labels: Tensor, classNames: [String] = [], title: String = "ROC curves"
    ) throws -> Plot {
        .roc(
            try curves(predictions, labels, classNames), title: title,
            subtitle: "each class against the others; in brackets, the area under the curve")
    }

    /// True positives by false positives of curves by name.
    public static func roc(
        _ curves: [(name: String, curve: ThresholdCurve)], title: String = "ROC curves",
        subtitle: String = "in brackets, the area under the curve"
    ) -> Plot {
        var chart = Chart(
            title, subtitle: subtitle,
            x: Chart.Axis("false positives (share of negatives)", scale: .share, range: 0...1),
            y: Chart.Axis("true positives (share of positives)", scale: .share, range: 0...1.02),
            series: series(
                curves.map { name, curve in
                    NamedCurve(
                        name, curve.area, curve.rates.map { ($0.falsePositive, $0.truePositive) })
                }))
        chart.hasDiagonal = true
        return chart.plot(width: 560, height: 360)
    }

    /// Precision by recall at every threshold, for each class against the others.
    ///
    /// - Parameters: as for `roc`.
    /// - Throws: as `roc`.
    public static func precisionRecall(
        _ predictions: Tensor, _ labels: Tensor, classNames: [String] = [],
        title: String = "Precision and recall"
    ) throws -> Plot {
        let curves = try curves(predictions, labels, classNames).map { name, curve in
            NamedCurve(name, curve.averagePrecision, curve.precisions.map { ($0.recall, $0.precision) })
        }
        return precisionRecall(
            curves, title, "each class against the others; in brackets, the average precision")
    }

    static func precisionRecall(_ curves: [NamedCurve], _ title: String, _ subtitle: String) -> Plot {
        Chart(
            title, subtitle: subtitle,
            x: Chart.Axis("recall (share of the class that is found)", scale: .share, range: 0...1),
            y: Chart.Axis("precision (share of the found that is right)", scale: .share, range: 0...1.02),
            series: series(curves)
        ).plot(width: 560, height: 360)
    }

    /// The most classes with a colour of their own: without yellow, which is pale as a line.
    private static let mostCurves = 6
    /// The most points of a curve: more are not seen.
    private static let mostPoints = 600

    /// The curve of a class with the area under it.
    struct NamedCurve {
        let name: String
        let area: Double
        let points: [(Double, Double)]

        init(_ name: String, _ area: Double, _ points: [(Double, Double)]) {
            (self.name, self.area, self.points) = (name, area, points)
        }
    }

    private static func curves(
        _ predictions: Tensor, _ labels: Tensor, _ classNames: [String]
    ) throws -> [(name: String, curve: ThresholdCurve)] {
        try requireClassOutputs(predictions, labels)
        return ThresholdCurve.ofClasses(predictions, labels).compactMap { index, curve in
            guard curve.area.isFinite else { return nil }
            return (classNames.indices.contains(index) ? classNames[index] : "class \(index)", curve)
        }
    }

    /// The curves, the worst in colour and the others in grey where there are many.
    private static func series(_ curves: [NamedCurve]) -> [Chart.Series] {
        func thinned(_ points: [(Double, Double)]) -> [(Double, Double)] {
            guard points.count > mostPoints else { return points }
            return (0..<mostPoints).map { points[$0 * (points.count - 1) / (mostPoints - 1)] }
        }
        let worst = Set(curves.sorted { $0.area < $1.area }.prefix(mostCurves).map(\.name))
        var (color, series, hasOthers) = (0, [Chart.Series](), false)
        for curve in curves {
            let isNamed = worst.contains(curve.name)
            var line = Chart.Series(
                isNamed ? "\(curve.name) (\(curve.area.fixed(3)))" : (hasOthers ? "" : "others"),
                thinned(curve.points), style: isNamed && color >= 4 ? .dashed : .line,
                color: isNamed ? color : 6)
            line.hasDots = false
            if isNamed {
                color += 1
            } else {
                (line.isFaint, hasOthers) = (true, true)
            }
            series.append(line)
        }
        // Those in colour lie on the others.
        return series.filter(\.isFaint) + series.filter { !$0.isFaint }
    }
}
