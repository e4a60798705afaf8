import Cognitron
import CognitronData
import CognitronDetection
import CognitronModels

extension Experiment {
    /// The small detectors on drawn scenes of one to eight shapes that overlap: what each finds, by the size
    /// of objects and by how many share a cell of 8 × 8 pixels, and what it costs.
    ///
    /// YOLO's first form has one class and two boxes a cell, and learns one object of it.
    public static let detection = Experiment(
        "detection", "which detectors find small objects, and objects close to each other, at what cost"
    ) { settings in
        let study = try DetectionStudy(settings)
        var quality = FindingsTable(
            "Average precision", columns: ["at IoU 0.5", "at IoU 0.75", "mean of 0.5 to 0.95"],
            format: .percent)
        var sizes = FindingsTable(
            "Average precision by the size of objects", columns: ["below 32 × 32 pixels", "larger"],
            format: .percent)
        var cells = FindingsTable(
            "Share of objects found, by their number", columns: DetectionStudy.cellCounts, format: .percent)
        var cost = FindingsTable(
            "Cost", columns: ["parameters", "seconds of training", "pictures a second"],
            format: .significant)
        for name in study.names {
            let result = try study.result(name)
            let judge = result.judge
            quality.add(
                name.name, [judge.value(at: 0.5), judge.value(at: 0.75), judge.value()].map(double))
            sizes.add(
                name.name, [judge.value(area: .small), judge.value(area: .medium)].map(double))
            cells.add(
                name.name, result.cells.map { $0.all == 0 ? nil : Double($0.found) / Double($0.all) })
            cost.add(
                name.name, [Double(result.parameters), result.trainingSeconds, result.picturesASecond])
        }
        return Findings([quality, sizes, cells, cost])
    }

    private static func double(_ value: Float?) -> Double? { value.map(Double.init) }
}
