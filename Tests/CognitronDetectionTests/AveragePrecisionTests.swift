import Cognitron
import CognitronData
import CognitronDetection
import Foundation
import Testing

@Suite("Average precision")
struct AveragePrecisionTests {
    private typealias Case = AveragePrecisionCase

    @Test("COCO's average precision and recall are pycocotools'", arguments: try Case.all("coco"))
    func coco(_ golden: AveragePrecisionCase) throws {
        let compared: AveragePrecision.Compared = golden.name == "coco-masks" ? .masks : .boxes
        let judge = try golden.judged(.coco, compared)
        let (precision, recall) = (try golden["precision"], try golden["recall"])  // (T, K, A, M)
        for (t, overlap) in judge.overlaps.enumerated() {
            for label in 0..<judge.classCount {
                for (m, maximum) in [1, 10, 100].enumerated() {
                    for area in ObjectArea.allCases {
                        let a = area.rawValue
                        let found = judge.value(at: overlap, area: area, maximum: maximum, label: label) ?? -1
                        #expect(abs(found - precision[t, label, a, m]) < 1e-5, "\((t, label, area, m))")
                        let share =
                            judge.recall(at: overlap, area: area, maximum: maximum, label: label) ?? -1
                        #expect(abs(share - recall[t, label, a, m]) < 1e-5, "\((t, label, area, m))")
                    }
                }
            }
        }
        let summary: [Float?] =
            [
                judge.value(), judge.value(at: 0.5), judge.value(at: 0.75), judge.value(area: .small),
                judge.value(area: .medium), judge.value(area: .large), judge.recall(maximum: 1),
                judge.recall(maximum: 10), judge.recall(), judge.recall(area: .small),
                judge.recall(area: .medium), judge.recall(area: .large),
            ]
        for (value, expected) in zip(summary, try golden["summary"].scalars) {
            let value = value ?? -1
            #expect(abs(value - expected) < 1e-5)
        }
    }

    @Test(
        "PASCAL VOC's average precision is its development kits'", arguments: try Case.all("voc"),
        [AveragePrecision.Rules.voc2007, .voc2012])
    func voc(_ golden: AveragePrecisionCase, _ rules: AveragePrecision.Rules) throws {
        let judge = try golden.judged(rules, .boxes)
        for (label, expected) in try golden[rules == .voc2007 ? "2007" : "2012"].scalars.enumerated() {
            let value = judge.value(label: label) ?? -1
            #expect(abs(value - expected) < 1e-5)
        }
    }

    @Test("Two halves merged are the whole")
    func merging() throws {
        let golden = try #require(try Case.all("coco").first)
        var first = try golden.judged(.coco, .boxes, pictures: 0..<5)
        first.merge(try golden.judged(.coco, .boxes, pictures: 5..<golden.form.pictures))
        let whole = try golden.judged(.coco, .boxes)
        #expect(first.value() == whole.value() && first.recall() == whole.recall())
        #expect(first.pictureCount == whole.pictureCount)
    }

    // MARK: - By hand

    private let box = Box(left: 0, top: 0, right: 10, bottom: 10)
    private let far = Box(left: 50, top: 50, right: 60, bottom: 60)

    @Test("Two objects, found first and third, with a false alarm between")
    func byHand() throws {
        let truth = GroundTruth(boxes: [box, far], labels: [0, 0])
        let found = [
            Detection(box: far, label: 0, score: 0.5), Detection(box: box, label: 0, score: 0.9),
            Detection(box: Box(left: 20, top: 20, right: 30, bottom: 30), label: 0, score: 0.7),
        ]
        var judge = AveragePrecision(.voc2012, classCount: 1)
        try judge.add(found, truth: truth)
        let curve = try #require(judge.curve(label: 0))
        #expect(curve.scores == [0.9, 0.7, 0.5])
        let third: Double = 2 / 3
        #expect(curve.precision == [1, 0.5, third])
        #expect(curve.recall == [0.5, 0.5, 1])
        #expect(curve.interpolated == [1, third, third])
        // ½ · 1 + ½ · ⅔
        let value = try #require(judge.value())
        #expect(abs(value - 5 / 6) < 1e-6)
        var coarse = AveragePrecision(.voc2007, classCount: 1)
        try coarse.add(found, truth: truth)
        // Recalls 0 … 0.5 have precision 1, 0.6 … 1 have ⅔.
        let mean = try #require(coarse.value())
        #expect(abs(mean - 28 / 33) < 1e-6)
    }

    @Test("A second detection of an object is a false alarm, of an ignored one nothing")
    func twice() throws {
        let twice = [0.9, 0.8].map { Detection(box: box, label: 0, score: $0) }
        let statuses: [ObjectStatus] = [.ignored, .crowd]
        for rules in AveragePrecision.Rules.allCases {
            var judge = AveragePrecision(rules, classCount: 1)
            try judge.add(twice, truth: GroundTruth(boxes: [box], labels: [0]))
            #expect(judge.curve(label: 0)?.precision == [1, 0.5])
            for status in statuses {
                let truth = GroundTruth(boxes: [box, far], labels: [0, 0], statuses: [status, .counted])
                var judge = AveragePrecision(rules, classCount: 1)
                try judge.add(twice, truth: truth)
                #expect(judge.objectCount() == 1)
                // By COCO's rules an object that is no crowd takes one detection, ignored or not.
                let alarms = rules == .coco && status == .ignored ? 1 : 0
                #expect(judge.curve(label: 0)?.scores.count == alarms, "\(rules) \(status)")
            }
        }
    }

    @Test("Without objects there is no value; without detections it is 0")
    func nothing() throws {
        var judge = AveragePrecision(.coco, classCount: 2)
        #expect(judge.value() == nil && judge.recall() == nil && judge.curve(label: 0) == nil)
        try judge.add([Detection(box: box, label: 1, score: 1)], truth: GroundTruth())
        #expect(judge.value() == nil)
        try judge.add([], truth: GroundTruth(boxes: [box], labels: [0]))
        #expect(judge.value() == 0 && judge.value(label: 1) == nil && judge.objectCount(label: 0) == 1)
    }

    @Test("Five thousand objects, all found")
    func many() throws {
        let boxes = (0..<5000).map { number in
            let (x, y) = (Float(number % 100) * 10, Float(number / 100) * 10)
            return Box(left: x, top: y, right: x + 9, bottom: y + 9)
        }
        var judge = AveragePrecision(.voc2012, classCount: 1)
        try judge.add(
            boxes.enumerated().map { Detection(box: $1, label: 0, score: Float($0) / 5000) },
            truth: GroundTruth(boxes: boxes, labels: Array(repeating: 0, count: 5000)))
        let value = try #require(judge.value())
        #expect(abs(value - 1) < 1e-6)
    }

    @Test("What cannot be judged is refused")
    func badInput() throws {
        let truth = GroundTruth(boxes: [box], labels: [0])
        let mask = Tensor.ones([4, 4])
        let masked = GroundTruth(boxes: [box], labels: [0], instances: mask)
        func error(
            _ detection: Detection?, _ truth: GroundTruth, _ compared: AveragePrecision.Compared = .boxes
        ) -> String {
            var judge = AveragePrecision(.coco, classCount: 1, of: compared)
            do {
                try judge.add(detection.map { [$0] } ?? [], truth: truth)
                return ""
            } catch { return "\(error)" }
        }
        let nowhere = Box(left: .nan, top: 0, right: 1, bottom: 1)
        #expect(error(Detection(box: nowhere, label: 0, score: 1), truth).contains("not finite"))
        #expect(error(Detection(box: box, label: 0, score: .nan), truth).contains("no number"))
        #expect(error(Detection(box: box, label: 1, score: 1), truth).contains("0 to 0"))
        #expect(error(nil, GroundTruth(boxes: [box], labels: [-1])).contains("0 to 0"))
        #expect(error(nil, GroundTruth(boxes: [nowhere], labels: [0])).contains("not finite"))
        #expect(error(Detection(box: box, label: 0, score: 1), truth, .masks).contains("no masks"))
        #expect(error(Detection(box: box, label: 0, score: 1), masked, .masks).contains("no mask"))
        let small = Detection(box: box, label: 0, score: 1, mask: .ones([2, 2]))
        #expect(error(small, masked, .masks).contains("4 × 4"))
        let strange = GroundTruth(boxes: [box], labels: [0], instances: mask * 7)
        #expect(error(nil, strange, .masks).contains("an object that there is not"))
        // Empty boxes overlap nothing: false alarms, objects that nothing finds.
        let empty = Box(left: 5, top: 5, right: 5, bottom: 2)
        #expect(error(Detection(box: empty, label: 0, score: 1), truth) == "")
    }
}

/// A golden case of average_precision.safetensors.
struct AveragePrecisionCase: CustomTestStringConvertible, Sendable {
    let name: String
    let form: Form
    private let tensors: [String: Tensor]

    struct Form: Decodable { let size, pictures, classes: Int }

    var testDescription: String { name }

    static func all(_ prefix: String) throws -> [AveragePrecisionCase] {
        let url = try #require(
            Bundle.module.url(forResource: "Fixtures/average_precision", withExtension: "safetensors"))
        let file = try Safetensors(contentsOf: url.path)
        return try file.metadata.keys.filter { $0.hasPrefix(prefix) }.sorted().map { name in
            AveragePrecisionCase(
                name: name,
                form: try JSONDecoder().decode(Form.self, from: Data((file.metadata[name] ?? "").utf8)),
                tensors: file.tensors)
        }
    }

    subscript(thing: String) -> Tensor { get throws { try #require(tensors["\(name)/\(thing)"]) } }

    func judged(
        _ rules: AveragePrecision.Rules, _ compared: AveragePrecision.Compared, pictures: Range<Int>? = nil
    ) throws -> AveragePrecision {
        var judge = AveragePrecision(rules, classCount: form.classes, of: compared)
        for picture in pictures ?? 0..<form.pictures {
            let rows = { (thing: String) in
                let all = try self[thing].scalars
                return stride(from: 0, to: all.count, by: 7).map { Array(all[$0..<$0 + 7]) }
                    .filter { $0[0] == Float(picture) }
            }
            let truths = try rows("truths")
            var truth = GroundTruth(
                boxes: truths.map(box), labels: truths.map { Int($0[1]) },
                statuses: truths.map { $0[2] == 0 ? .counted : rules == .coco ? .crowd : .ignored })
            if compared == .masks { truth.instances = instances(truth.boxes) }
            try judge.add(
                try rows("detections").map { row in
                    Detection(
                        box: box(row), label: Int(row[1]), score: row[2],
                        mask: compared == .masks ? ellipse(box(row)) : nil)
                }, truth: truth)
        }
        return judge
    }

    private func box(_ row: [Float]) -> Box { Box(left: row[3], top: row[4], right: row[5], bottom: row[6]) }

    /// The pixels whose middle lies in the ellipse of a box.
    private func ellipse(_ box: Box) -> Tensor {
        func place(_ at: Int, _ low: Float, _ high: Float) -> Double {
            (2 * (Double(at) + 0.5) - Double(low) - Double(high)) / (Double(high) - Double(low))
        }
        var pixels: [Float] = []
        for row in 0..<form.size {
            for column in 0..<form.size {
                let (x, y) = (place(column, box.left, box.right), place(row, box.top, box.bottom))
                pixels.append(x * x + y * y <= 1 ? 1 : 0)
            }
        }
        return Tensor(pixels, shape: [form.size, form.size])
    }

    private func instances(_ boxes: [Box]) -> Tensor {
        var owners = Array(repeating: Float(0), count: form.size * form.size)
        for (number, box) in boxes.enumerated() {
            for (at, pixel) in ellipse(box).scalars.enumerated() where pixel > 0 && owners[at] == 0 {
                owners[at] = Float(number + 1)
            }
        }
        return Tensor(owners, shape: [form.size, form.size])
    }
}
