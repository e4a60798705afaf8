import Cognitron
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
}
