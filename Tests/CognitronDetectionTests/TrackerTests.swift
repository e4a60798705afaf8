import Cognitron
import CognitronDetection
import Foundation
import Testing

@Suite("Identities, verdicts and files of detections")
struct TrackerTests {
    private func found(_ left: Float, _ top: Float = 0, label: Int = 0, score: Float = 0.9) -> Detection {
        Detection(
            box: Box(left: left, top: top, right: left + 10, bottom: top + 10), label: label, score: score)
    }

    @Test("Objects that pass each other keep their identities")
    func passing() {
        var tracker = Tracker()
        for frame in 0..<20 {
            let x = Float(frame) * 3
            // One to the right, one to the left, a little lower; their order changes.
            let pair = [found(x), found(57 - x, 4)]
            let identities = tracker.identities(of: frame % 2 == 0 ? pair : pair.reversed())
            #expect(identities == (frame % 2 == 0 ? [1, 2] : [2, 1]), "frame \(frame)")
        }
    }

    @Test("An identity survives some frames unseen, and no more; other classes have others")
    func patience() {
        var tracker = Tracker(patience: 2)
        #expect(tracker.identities(of: [found(0)]) == [1])
        #expect(tracker.identities(of: []) == [] && tracker.identities(of: []) == [])
        #expect(tracker.identities(of: [found(1)]) == [1])
        for _ in 0..<3 { _ = tracker.identities(of: []) }
        #expect(tracker.identities(of: [found(1), found(1, label: 1)]) == [2, 3])
        #expect(tracker.identities(of: []).isEmpty)
    }

    @Test("Hits, false alarms and missed objects of a picture")
    func verdict() {
        let truth = GroundTruth(
            boxes: [found(0).box, found(40).box, found(80).box], labels: [0, 1, 0],
            statuses: [.counted, .counted, .ignored])
        let all = [found(1, score: 0.5), found(0, score: 0.9), found(40), found(200)]
        let verdict = PictureVerdict(all, truth: truth)
        #expect(verdict.isHit == [false, true, false, false])
        #expect(verdict.missed == [1])
        #expect(PictureVerdict([], truth: truth).missed == [0, 1])
    }

    @Test("A mask's runs are pycocotools'")
    func runs() throws {
        // The texts are those that pycocotools' `mask.encode` gives.
        let mask = Tensor([0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 1, 1], shape: [3, 4])
        let runs = MaskRuns(mask)
        #expect(runs.counts == [2, 1, 5, 1, 1, 2] && runs.text == "2150L1")
        let long = MaskRuns(Tensor((0..<400).map { $0 < 100 ? 0 : 1 }, shape: [400, 1]))
        #expect(long.counts == [100, 300] && long.text == "T3\\9")
        let result = COCOResult(found(3, label: 1), imageID: 4, classNames: ["a", "b"])
        let json = String(decoding: try JSONEncoder().encode(result), as: UTF8.self)
        for words in [
            "\"image_id\":4", "\"category_id\":2", "\"bbox\":[3,0,10,10]", "\"category_name\":\"b\"",
        ] {
            #expect(json.contains(words), "\(json)")
        }
    }
}
