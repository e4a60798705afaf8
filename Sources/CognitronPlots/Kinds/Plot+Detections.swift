import Cognitron
import CognitronData
import CognitronDetection

extension Plot {
    /// A picture with what a detector found in it, and what there is.
    public struct Found: Sendable {
        /// (H, W, C), values in 0…1.
        public var picture: Tensor
        public var detections: [Detection]
        public var truth: GroundTruth
        public var caption: String

        public init(
            _ picture: Tensor, _ detections: [Detection], truth: GroundTruth, caption: String = ""
        ) {
            (self.picture, self.detections) = (picture, detections)
            (self.truth, self.caption) = (truth, caption)
        }
    }

    /// What was found, in lines, and the truth, dashed: hits, false alarms and missed objects each in a
    /// colour.
    ///
    /// - Parameter overlap: the least intersection over union of a hit.
    public static func detections(
        _ pictures: [Found], classNames: [String], overlap: Float = 0.5, title: String = "Objects found",
        columns: Int? = nil
    ) throws -> Plot {
        func name(_ label: Int) -> String {
            classNames.indices.contains(label) ? classNames[label] : "class \(label)"
        }
        let cells = pictures.map { found in
            let verdict = PictureVerdict(found.detections, truth: found.truth, overlap: overlap)
            let missed = Set(verdict.missed)
            var cell = PictureSheet.Cell(
                Picture(sample: found.picture), caption: found.caption.isEmpty ? [] : [found.caption])
            let (hits, all) = (verdict.isHit.count { $0 }, found.truth.boxes.count)
            cell.caption.append("\(hits) of \(all) found, \(found.detections.count - hits) false")
            cell.boxes =
                zip(found.truth.boxes, found.truth.labels).enumerated().map { number, object in
                    let isMissed = missed.contains(number)
                    return SheetBox(
                        box: BoxRow(object.0, object.1), label: isMissed ? name(object.1) : "",
                        color: isMissed ? BoxColor.missed : BoxColor.truth, isDashed: true)
                }
                + zip(found.detections, verdict.isHit).map { detection, isHit in
                    SheetBox(
                        box: BoxRow(detection.box, detection.label),
                        label: "\(name(detection.label)) \(Double(detection.score).fixed(2))",
                        color: isHit ? BoxColor.hit : BoxColor.alarm)
                }
            return cell
        }
        var sheet = PictureSheet(
            title,
            subtitle: "a hit shares \(Double(overlap).percent(0)) of the union with an object of its class",
            sections: [PictureSheet.Section("", cells, columns: columns)],
            side: pictures.count > 4 ? 190 : 300)
        sheet.legend = [
            ("hit", BoxColor.hit), ("false alarm", BoxColor.alarm), ("found object (dashed)", BoxColor.truth),
            ("missed object (dashed)", BoxColor.missed),
        ]
        return try sheet.plot()
    }

    private enum BoxColor {
        static let (hit, alarm) = (Palette.series(2), Palette.series(1))
        static let (truth, missed) = (Palette.series(5), Palette.series(3))
    }

    /// Precision by recall of each class at one overlap.
    public static func precisionRecall(
        _ judge: AveragePrecision, classNames: [String], at overlap: Double = 0.5,
        title: String = "Precision and recall"
    ) -> Plot {
        let curves = (0..<judge.classCount).compactMap { label -> NamedCurve? in
            guard let curve = judge.curve(label: label, at: overlap) else { return nil }
            let value = judge.value(at: overlap, label: label) ?? 0
            let name = classNames.indices.contains(label) ? classNames[label] : "class \(label)"
            let start = [(0.0, curve.precision.first ?? 0)]
            return NamedCurve(
                name, Double(value), start + zip(curve.recall, curve.precision).map { ($0, $1) })
        }
        return precisionRecall(
            curves, title,
            "objects of each class at IoU \(overlap.fixed(2)); in brackets, the average precision")
    }

    /// What a detector found in pictures of the data.
    static func detections(of request: PlotRequest) throws -> Plot {
        let (part, detector) = (try request.readData(), try request.requireDetector("detections"))
        let numbers =
            request.subjects.isEmpty
            ? Array(0..<min(request.limit ?? 6, part.count)) : request.subjects.compactMap(\.number)
        guard !numbers.isEmpty, let batch = try part.source.batch(numbers, nil) else {
            throw CognitronError(
                .argument, "detections", "needs pictures whose objects are known",
                expected: "numbers of pictures of \(part.name)")
        }
        let truths = GroundTruth.pictures(boxes: batch.targets[0])
        let found = try detector.detections(in: batch.inputs[0]).map { $0.filter { $0.score >= 0.5 } }
        return try .detections(
            numbers.indices.map { place in
                Found(
                    batch.inputs[0][place], found[place], truth: truths[place],
                    caption: "picture \(numbers[place])")
            }, classNames: part.task.classNames, title: "\(part.name) and \(request.name)")
    }
}

extension PlotRequest {
    /// The model's detector.
    ///
    /// - Throws: `CognitronError` where it has none, or the data have no boxes.
    func requireDetector(_ kind: String) throws -> any Detector {
        let part = try readData()
        guard let detector, part.task.targetKinds.first == .boxes else {
            throw CognitronError(
                .argument, kind, "needs a detector, and data with boxes",
                expected: "a model such as yolo or ssd", got: "\(name), \(part.task.name)")
        }
        return detector
    }
}

extension BoxRow {
    fileprivate init(_ box: Box, _ label: Int) {
        self.init(left: box.left, top: box.top, right: box.right, bottom: box.bottom, label: label)
    }
}
