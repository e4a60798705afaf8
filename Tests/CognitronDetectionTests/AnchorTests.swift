import CognitronDetection
import Testing

@Suite("Anchors")
struct AnchorTests {
    @Test("Anchors are rounded to whole pixels, cell by cell")
    func grid() {
        let grid = AnchorGrid(sizes: [[32], [64]], ratios: [[0.5, 1, 2]])
        #expect(grid.anchorsPerCell == [3, 3])
        let anchors = grid.anchors(levels: [(2, 3), (1, 1)], pictureHeight: 100, pictureWidth: 100)
        #expect(anchors.count == 2 * 3 * 3 + 3)
        #expect(anchors[0] == Box(left: -23, top: -11, right: 23, bottom: 11))
        #expect(anchors[4] == Box(left: 33 - 16, top: -16, right: 33 + 16, bottom: 16))  // 100 / 3 = 33
        #expect(anchors[9] == Box(left: -23, top: 50 - 11, right: 23, bottom: 50 + 11))
    }

    @Test("Five levels of 800 × 800 pixels have 159,882 anchors, SSD300 8,732 boxes")
    func counts() {
        let grid = AnchorGrid(sizes: [[32], [64], [128], [256], [512]], ratios: [[0.5, 1, 2]])
        let levels = [200, 100, 50, 25, 13].map { (height: $0, width: $0) }
        #expect(grid.anchors(levels: levels, pictureHeight: 800, pictureWidth: 800).count == 159_882)
        let maps = [38, 19, 10, 5, 3, 1].map { (height: $0, width: $0) }
        #expect(DefaultBoxes.ssd300.boxes(levels: maps, pictureHeight: 300, pictureWidth: 300).count == 8732)
        #expect(DefaultBoxes.ssd300.boxesPerCell == [4, 6, 6, 6, 4, 4])
    }

    @Test("Decoding reverses encoding, and limits how much larger than its anchor a box is")
    func coder() {
        let coder = BoxCoder(weights: (10, 10, 5, 5))
        let (box, anchor) = (
            Box(left: 3, top: 5, right: 40, bottom: 20), Box(left: 0, top: 0, right: 32, bottom: 8)
        )
        let again = coder.decode(coder.encode(box, from: anchor), from: anchor)
        #expect((again.values(.corners) - box.values(.corners)).max() < 1e-4)
        let largest = coder.decode([0, 0, 1000, 1000], from: anchor)
        #expect(abs(largest.width - 2000) < 0.1 && abs(largest.height - 500) < 0.1)
    }
}
