import Cognitron
import CognitronData
import Foundation
import Testing

@testable import CognitronDetection

@Suite("Single-shot detectors find what they encode")
struct SingleShotDetectorTests {
    private let truth = GroundTruth(
        boxes: [
            Box(left: 5, top: 4, right: 30, bottom: 25), Box(left: 20, top: 30, right: 60, bottom: 60),
            Box(left: 2, top: 34, right: 18, bottom: 62),
        ], labels: [0, 2, 1])

    /// Expects each object among the detections, with a high score and a label of its own.
    private func expectFound(_ found: [Detection], _ truth: GroundTruth) {
        #expect(found.count == truth.boxes.count)
        for (box, label) in zip(truth.boxes, truth.labels) {
            #expect(found.contains { $0.label == label && $0.box.iou(box) > 0.999 && $0.score > 0.9 })
        }
    }

    private func model(_ output: Tensor) throws -> Model {
        let constant = Lambda { x, _ in
            // One picture.
            (output, { _ in Tensor.zeros(x.shape) })
        }
        let model = Sequential {
            Input(64, 64, 3); constant
        }
        try model.build([64, 64, 3])
        return model
    }

    private let picture = Tensor.zeros([1, 64, 64, 3])

    @Test("The grid's goals are decoded to the objects")
    func grid() throws {
        let grid = YOLOGrid(rows: 8, columns: 8, classCount: 3, height: 64, width: 64)
        let goals = grid.goals(
            .zeros([1, 8, 8, grid.depth]), [truth], coordinates: 5, background: 0.5)
        // The confidence goal is the overlap of an untrained box; of a trained one it is 1.
        let output = goals.wanted.scalars.enumerated().map { place, value in
            goals.weights.scalars[place] == 1 && [4, 9].contains(place % grid.depth) ? 1 : value
        }
        let detector = GridDetector(
            model: try model(Tensor(output, shape: [1, 8, 8, grid.depth])), grid: grid)
        expectFound(try detector.detections(in: picture)[0], truth)
        let wrong = GridDetector(model: try model(.zeros([1, 4, 4, 13])), grid: grid)
        #expect(throws: CognitronError.self) { try wrong.detections(in: picture) }
    }

    @Test("A box of the grid is a detection of each class with at least the lowest score")
    func classes() throws {
        let grid = YOLOGrid(rows: 1, columns: 1, boxesPerCell: 1, classCount: 3, height: 64, width: 64)
        let output = Tensor([0.5, 0.5, 0.5, 0.5, 0.5, 0.25, 1.5, 0.1], shape: [1, 1, 1, grid.depth])
        let detector = GridDetector(
            model: try model(output), grid: grid, choice: DetectionChoice(score: 0.1))
        let found = try detector.detections(in: picture)[0]
        #expect(found.map(\.label) == [1, 0] && found.map(\.score) == [0.5, 0.125])
        #expect(found.allSatisfy { $0.box == Box(left: 24, top: 24, right: 40, bottom: 40) })
    }

    @Test("A cell of the grid learns the first of its objects, one of anchors as many as it has shapes")
    func crowded() {
        let box = Box(left: 20, top: 20, right: 40, bottom: 40)
        let crowd = GroundTruth(boxes: Array(repeating: box, count: 5), labels: [2, 1, 0, 1, 2])
        let grid = YOLOGrid(rows: 2, columns: 2, classCount: 3, height: 64, width: 64)
        let goals = grid.goals(
            .zeros([1, 2, 2, grid.depth]), [crowd], coordinates: 5, background: 0.5)
        let cells = AnchorCells(
            shapes: SingleShotGoldenTests.shapes, classCount: 3, height: 64, width: 64)
        #expect(goals.wanted.slice(axis: 3, 10..<13).scalars.filter { $0 > 0 } == [1])
        #expect(goals.wanted.slice(axis: 3, 12).sum() == 1)
        let owners = cells.owners(of: crowd.boxes, rows: 2, columns: 2).compactMap(\.self)
        #expect(owners.sorted() == [0, 1, 2])
    }

    @Test("Anchors' offsets are decoded to the objects")
    func anchors() throws {
        let cells = AnchorCells(
            shapes: SingleShotGoldenTests.shapes, classCount: 3, height: 64, width: 64)
        var output = [Float](repeating: -10, count: 8 * 8 * cells.depth)
        let owners = cells.owners(of: truth.boxes, rows: 8, columns: 8)
        for (number, owner) in owners.enumerated() {
            guard let owner else { continue }
            let place = cells.place(number, columns: 8)
            let t = cells.encode(truth.boxes[owner], place, rows: 8, columns: 8)
            let start = number * cells.boxDepth
            for axis in 0..<2 { output[start + axis] = -log(1 / t[axis] - 1) }
            for axis in 2..<4 { output[start + axis] = t[axis] }
            output[start + 4] = 10
            output[start + 5 + truth.labels[owner]] = 10
        }
        let detector = AnchorDetector(
            model: try model(Tensor(output, shape: [1, 8, 8, cells.depth])), cells: cells)
        expectFound(try detector.detections(in: picture)[0], truth)
        let wrong = AnchorDetector(model: try model(.zeros([1, 8, 8, 7])), cells: cells)
        #expect(throws: CognitronError.self) { try wrong.detections(in: picture) }
    }

    @Test("Default boxes' offsets are decoded to the objects")
    func multibox() throws {
        let boxes = MultiboxBoxes(SingleShotGoldenTests.defaults, height: 64, width: 64)
        let goals = MultiboxGoals(boxes, [truth])
        var output = [Float](repeating: 0, count: boxes.boxes.count * 8)
        for number in boxes.boxes.indices {
            for axis in 0..<4 { output[number * 8 + axis] = goals.offsets[0, number, axis] }
            output[number * 8 + 4 + Int(goals.labels[0, number])] = 10
        }
        let detector = MultiboxDetector(
            model: try model(Tensor(output, shape: [1, boxes.boxes.count, 8])), boxes: boxes)
        expectFound(try detector.detections(in: picture)[0].filter { $0.score > 0.5 }, truth)
        let wrong = MultiboxDetector(model: try model(.zeros([1, 3, 8])), boxes: boxes)
        #expect(throws: CognitronError.self) { try wrong.detections(in: picture) }
    }

    @Test("Scores, overlaps within a class and the limit choose among proposals; boxes are clipped")
    func choice() {
        let box = Box(left: -10, top: 0, right: 20, bottom: 20)
        let near = Box(left: -10, top: 0, right: 21, bottom: 20)
        let away = Box(left: 100, top: 0, right: 120, bottom: 20)
        let proposals = [
            Detection(box: box, label: 0, score: 0.6), Detection(box: near, label: 0, score: 0.9),
            Detection(box: near, label: 1, score: 0.5), Detection(box: box, label: 2, score: 0.1),
            Detection(box: away, label: 0, score: 1),
        ]
        let choice = DetectionChoice(score: 0.2, overlap: 0.5, limit: 10)
        let found = choice(proposals, height: 64, width: 64)
        #expect(found.map(\.label) == [0, 1] && found.map(\.score) == [0.9, 0.5])
        #expect(found[0].box == Box(left: 0, top: 0, right: 21, bottom: 20))
        #expect(DetectionChoice(score: 0.2, limit: 1)(proposals, height: 64, width: 64).count == 1)
    }

    @Test("k-means finds the shapes that sizes were drawn around")
    func clusters() throws {
        let middles: [SIMD2<Float>] = [[0.1, 0.1], [0.2, 0.6], [0.7, 0.5]]
        let noise = Tensor.randomUniform([300], in: 0.95..<1.05, seed: 1).scalars
        let sizes = noise.enumerated().map { middles[$0 % 3] * $1 }
        let shapes = try #require(AnchorShapes.clustered(sizes + [[0, 1], [.nan, 1]], count: 3))
        for (found, middle) in zip(shapes.sizes, middles) { #expect(AnchorShapes.iou(found, middle) > 0.97) }
        #expect(AnchorShapes.clustered([], count: 3) == nil)
        #expect(AnchorShapes.clustered([[0.1, 0.1]], count: 3)?.sizes == [[0.1, 0.1]])
    }

    @Test("Boxes are clipped, empty ones left out; sides that are no numbers and unknown classes are refused")
    func targets() throws {
        func targets(_ rows: [Float]) -> Tensor { Tensor(rows, shape: [1, rows.count / 5, 5]) }
        let rows = targets([-5, 3, 100, 20, 1, 70, 0, 80, 10, 0, 9, 9, 9, 20, 0, 0, 0, 9, 9, -3])
        let learnable = try rows.learnableBoxes(classCount: 2, height: 64, width: 64)
        #expect(learnable == targets([0, 3, 64, 20, 1] + (0..<3).flatMap { _ in BoxRow.none.scalars }))
        for wrong: [Float] in [
            [.nan, 0, 5, 5, 0], [0, 0, .infinity, 5, 0], [0, 0, 5, 5, 2], [0, 0, 5, 5, 0.5],
            [0, 0, 5, 5, -1.5], [0, 0, 5, 5, .nan],
        ] {
            #expect(throws: CognitronError.self) {
                try targets(wrong).learnableBoxes(classCount: 2, height: 64, width: 64)
            }
        }
        #expect(throws: CognitronError.self) {
            try Tensor.zeros([2, 4]).learnableBoxes(classCount: 2, height: 64, width: 64)
        }
    }

    @Test("Five thousand objects in a picture")
    func many() {
        let grid = YOLOGrid(rows: 8, columns: 8, classCount: 3, height: 64, width: 64)
        let rows = (0..<5_000).flatMap { number -> [Float] in
            let (x, y) = (Float(number % 60), Float(number / 60 % 60))
            return [x, y, x + 3, y + 4, Float(number % 3)]
        }
        let truth = Tensor(rows, shape: [1, 5_000, 5])
        #expect(Loss.yoloGrid(grid)(.zeros([1, 8, 8, grid.depth]), truth).loss.isFinite)
        let cells = AnchorCells(
            shapes: SingleShotGoldenTests.shapes, classCount: 3, height: 64, width: 64)
        #expect(Loss.anchorCells(cells)(.zeros([1, 8, 8, cells.depth]), truth).loss.isFinite)
        let boxes = MultiboxBoxes(SingleShotGoldenTests.defaults, height: 64, width: 64)
        #expect(Loss.multibox(boxes)(.zeros([1, boxes.boxes.count, 8]), truth).loss.isFinite)
    }
}
