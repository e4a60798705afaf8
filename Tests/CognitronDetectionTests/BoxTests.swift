import Cognitron
import CognitronData
import CognitronDetection
import Testing

@Suite("Boxes")
struct BoxTests {
    let square = Box(left: 0, top: 0, right: 4, bottom: 4)

    @Test("Half of each of two squares is a third of both")
    func overlap() { #expect(square.iou(Box(left: 2, top: 0, right: 6, bottom: 4)) == 1 / 3 as Float) }

    @Test("Boxes that touch, and empty ones, share nothing")
    func nothingShared() {
        #expect(square.iou(Box(left: 4, top: 0, right: 8, bottom: 4)) == 0)
        let empty = Box(left: 3, top: 3, right: 3, bottom: 3)
        #expect(empty.iou(empty) == 0)
        #expect(Box(left: 3, top: 0, right: 1, bottom: 2).area == 0)
    }

    @Test("Rows of class −1 are no objects")
    func rows() {
        let target = Tensor(
            [1, 2, 3, 4, 0, 0, 0, 0, 0, -1, 0, 0, 0, 0, -1, 5, 6, 7, 8, 2], shape: [2, 2, 5])
        let truths = GroundTruth.pictures(boxes: target)
        #expect(truths.map(\.labels) == [[0], [2]])
        #expect(truths[1].boxes == [Box(left: 5, top: 6, right: 7, bottom: 8)])
    }

    @Test("Objects that do not count are for judging alone")
    func statuses() {
        let rows = [(3, ObjectStatus.counted), (0, .ignored), (2, .ignored), (0, .crowd), (2, .crowd)].map {
            BoxRow(left: 1, top: 2, right: 3, bottom: 4, label: $0, status: $1)
        }
        let target = Tensor((rows + [.none]).flatMap(\.scalars), shape: [1, 6, 5])
        #expect(target.slice(axis: 2, 4).scalars == [3, -2, -6, -3, -7, -1])
        #expect(GroundTruth.pictures(boxes: target)[0].labels == [3])
        let judged = GroundTruth.pictures(boxes: target, withStatuses: true)[0]
        #expect(judged.labels == rows.map(\.label) && judged.statuses == rows.map(\.status))
        #expect(judged.boxes.count == 5)
    }

    @Test("Scores of a source neither want objects that do not count, nor mind that they are found")
    func scores() throws {
        let rows = [
            BoxRow(left: 0, top: 0, right: 8, bottom: 8, label: 0),
            BoxRow(left: 20, top: 0, right: 28, bottom: 8, label: 0, status: .crowd),
            BoxRow(left: 0, top: 20, right: 8, bottom: 28, label: 0, status: .ignored),
        ]
        struct Found: Detector {
            var model: Model
            var boxes: [Box]
            func detections(in pictures: Tensor) -> [[Detection]] {
                [boxes.map { Detection(box: $0, label: 0, score: 0.9) }]
            }
        }
        let source = SampleSource(
            [Tensor.zeros([1, 32, 32, 3])], [Tensor(rows.flatMap(\.scalars), shape: [1, 3, 5])])
        let model = Sequential { Input(32, 32, 3) }
        for found in [rows, Array(rows.prefix(1))] {
            let detector = Found(model: model, boxes: found.map { Box($0) })
            let scores = try detector.scores(on: source, classNames: ["a"])
            #expect(scores["AP"] == 1 && scores.boxes.objectCount() == 1)
            #expect(scores.boxes.curve(label: 0)?.scores.count == 1)
        }
    }
}
