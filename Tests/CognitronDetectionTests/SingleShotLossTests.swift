import Cognitron
import CognitronData
import Testing

@testable import CognitronDetection

@Suite("Losses of single-shot detectors by hand and by finite differences")
struct SingleShotLossTests {
    private static func rows(_ boxes: [(Box, Int)], of count: Int = 6) -> Tensor {
        let rows = boxes.map { box, label in
            [box.left, box.top, box.right, box.bottom, Float(label)]
        }
        let missing = Array(repeating: BoxRow.none.scalars, count: count - rows.count)
        return Tensor((rows + missing).flatMap(\.self), shape: [1, count, BoxRow.width])
    }

    @Test("YOLO's first loss of one cell")
    func oneCell() {
        // One cell of 10×10 pixels, one class. The object is in the middle, 4 wide and 4 high.
        let grid = YOLOGrid(rows: 1, columns: 1, classCount: 1, height: 10, width: 10)
        let truth = Self.rows([(Box(left: 3, top: 3, right: 7, bottom: 7), 0)])
        let root = Float(0.4).squareRoot()
        // The second box is the object's, with confidence ¼; the first is at the corner with confidence ½.
        let prediction = Tensor(
            [0, 0, 0.1, 0.1, 0.5, 0.5, 0.5, root, root, 0.25, 0.75], shape: [1, 1, 1, 11])
        let (loss, gradient) = Loss.yoloGrid(grid)(prediction, truth)
        // ½ · ½² for the first, (1 − ¼)² for the second, (1 − ¾)² for the class.
        #expect(abs(loss - (0.125 + 0.5625 + 0.0625)) < 1e-5)
        let expected = Tensor([0, 0, 0, 0, 0.5, 0, 0, 0, 0, -1.5, -0.5], shape: [1, 1, 1, 11])
        #expect(gradient.isClose(to: expected, absolute: 1e-5))

        let shifted = Tensor(
            [0, 0, 0.1, 0.1, 0.5, 0.6, 0.5, root, root, 0.25, 0.75], shape: [1, 1, 1, 11])
        // The object's box a tenth of the cell to the right: it shares 3 of 4 columns. 5 · 0.1² more.
        let overlap: Float = 12 / (16 + 16 - 12)
        let confidence = (overlap - 0.25) * (overlap - 0.25)
        #expect(abs(Loss.yoloGrid(grid)(shifted, truth).loss - (0.125 + 0.05 + confidence + 0.0625)) < 1e-5)
    }

    @Test("Without objects only confidences cost something")
    func empty() {
        let grid = YOLOGrid(rows: 2, columns: 2, classCount: 3, height: 16, width: 16)
        let prediction = Tensor.randomUniform([1, 2, 2, grid.depth], seed: 1)
        let confidences = [4, 9].map { prediction.slice(axis: 3, $0).squared.sum() }
        let loss = Loss.yoloGrid(grid)(prediction, Self.rows([])).loss
        #expect(abs(loss - 0.5 * (confidences[0] + confidences[1])) < 1e-5)
        let less = Loss.yoloGrid(grid, background: 0.125)(prediction, Self.rows([])).loss
        #expect(abs(4 * less - loss) < 1e-5)
        let boxes = MultiboxBoxes(SingleShotGoldenTests.defaults, height: 64, width: 64)
        let (none, gradient) = Loss.multibox(boxes)(
            .randomUniform([1, boxes.boxes.count, 8], seed: 2), Self.rows([]))
        #expect(none == 0 && gradient.map(abs).max() == 0)
    }

    struct Case: CustomTestStringConvertible {
        var testDescription: String
        var loss: Loss
        var shape: Shape
        /// The numbers whose change also changes what others are to become, by their overlap with an object.
        var assigning: Set<Int>
        var depth: Int
    }

    /// Where overlaps are what confidences are to become, the places and sizes of boxes move those too, which
    /// the gradients leave out as the papers do: they are compared with other programs' in the golden tests.
    static let cases = [
        Case(
            testDescription: "grid",
            loss: .yoloGrid(YOLOGrid(rows: 2, columns: 2, classCount: 3, height: 64, width: 64)),
            shape: [1, 2, 2, 13], assigning: [0, 1, 2, 3, 5, 6, 7, 8], depth: 13),
        Case(
            testDescription: "anchors",
            loss: .anchorCells(
                AnchorCells(shapes: SingleShotGoldenTests.shapes, classCount: 3, height: 64, width: 64)),
            shape: [1, 2, 2, 24], assigning: [0, 1, 2, 3], depth: 8),
        Case(
            testDescription: "multibox",
            // All background counts: which of it is chosen would change within the steps.
            loss: .multibox(
                MultiboxBoxes(SingleShotGoldenTests.defaults, height: 64, width: 64), negatives: 1_000),
            shape: [1, SingleShotGoldenTests.defaults.count, 8], assigning: [], depth: 8),
        Case(
            testDescription: "localization", loss: .localization(classCount: 3, height: 64, width: 64),
            shape: [1, 7], assigning: [], depth: 7),
    ]

    @Test("Gradients agree with finite differences", arguments: cases)
    func gradients(_ item: Case) {
        let truth = Self.rows([
            (Box(left: 5, top: 4, right: 30, bottom: 25), 0),
            (Box(left: 20, top: 30, right: 60, bottom: 60), 2),
        ])
        let prediction = Tensor.randomUniform(item.shape, in: 0..<1, seed: 4)
        let gradient = item.loss(prediction, truth).gradient.scalars
        let (numbers, step) = (prediction.scalars, Float(0.01))
        var largest: Float = 0
        for place in numbers.indices where !item.assigning.contains(place % item.depth) {
            func value(_ change: Float) -> Float {
                var numbers = numbers
                numbers[place] += change
                return item.loss(Tensor(numbers, shape: item.shape), truth).loss
            }
            let estimate = (value(step) - value(-step)) / (2 * step)
            #expect(abs(estimate - gradient[place]) < 2e-3 + 0.01 * abs(estimate), "\(place)")
            largest = max(largest, abs(estimate))
        }
        #expect(largest > 0.1)
    }

    @Test("The localizer learns the largest object, and nothing of pictures without one")
    func largest() {
        let truth = Self.rows([
            (Box(left: 0, top: 0, right: 8, bottom: 8), 1), (Box(left: 16, top: 0, right: 64, bottom: 32), 2),
        ])
        let loss = Loss.localization(classCount: 3, height: 64, width: 64)
        let right = Tensor([0.25, 0, 1, 0.5, -20, -20, 20], shape: [1, 7])
        #expect(loss(right, truth).loss < 1e-4)
        #expect(loss(Tensor.zeros([1, 7]), Self.rows([])).loss == 0)
    }
}
