import Cognitron
import CognitronDetection
import Testing

@Suite("Regions without learning")
struct ProposalTests {
    /// A dark picture with rectangles of one brightness each.
    private func picture(_ rectangles: [(Box, Float)], size: Int = 40) -> Tensor {
        var scalars = [Float](repeating: 0.1, count: size * size * 3)
        for (box, value) in rectangles {
            for y in Int(box.top)..<Int(box.bottom) {
                for x in Int(box.left)..<Int(box.right) {
                    for channel in 0..<3 { scalars[(y * size + x) * 3 + channel] = value }
                }
            }
        }
        return Tensor(scalars, shape: [size, size, 3])
    }

    @Test("Each of two rectangles is a region, and so are both together")
    func rectangles() {
        let left = Box(left: 5, top: 8, right: 15, bottom: 28)
        let right = Box(left: 15, top: 8, right: 33, bottom: 28)
        let boxes = SelectiveSearch().boxes(in: picture([(left, 0.5), (right, 0.9)]))
        for box in [left, right, Box(left: 5, top: 8, right: 33, bottom: 28)] {
            #expect((boxes.map { $0.iou(box) }.max() ?? 0) > 0.85, "\(box)")
        }
        #expect(boxes.contains(Box(left: 0, top: 0, right: 40, bottom: 40)))
        #expect(Set(boxes).count == boxes.count)
    }

    @Test("A picture of one colour is one region; limits and least sizes hold")
    func limits() {
        let whole = Box(left: 0, top: 0, right: 40, bottom: 40)
        #expect(SelectiveSearch().boxes(in: picture([])) == [whole])
        let squares = (0..<9).map { number -> (Box, Float) in
            let (x, y) = (Float(number % 3) * 13 + 2, Float(number / 3) * 13 + 2)
            return (Box(left: x, top: y, right: x + 9, bottom: y + 9), 0.2 + 0.08 * Float(number))
        }
        let all = SelectiveSearch().boxes(in: picture(squares))
        #expect(all.count > 9)
        #expect(SelectiveSearch(limit: 4).boxes(in: picture(squares)) == Array(all.prefix(4)))
        let large = SelectiveSearch(leastSize: 150).boxes(in: picture(squares))
        #expect(large.allSatisfy { $0.width >= 12 && $0.height >= 12 })
    }

    @Test("Red's and green's shares tell colours apart that are as bright as each other")
    func shares() {
        var scalars = [Float]()
        for pixel in 0..<1600 { scalars += pixel % 40 < 20 ? [0.4, 0.2, 0.3] : [0.2, 0.4, 0.3] }
        let boxes = SelectiveSearch(spaces: [.shares]).boxes(in: Tensor(scalars, shape: [40, 40, 3]))
        #expect(boxes.contains { $0.iou(Box(left: 0, top: 0, right: 20, bottom: 40)) > 0.9 })
    }

    @Test("A support vector machine finds the widest margin between two samples by hand")
    func widestMargin() {
        let samples = Tensor([2, -2], shape: [2, 1])
        let machine = LinearSVM(samples, isPositive: [true, false], c: 100, passes: 1_000)
        #expect(abs(machine.weights[0] - 0.5) < 1e-3 && abs(machine.bias) < 1e-3)
        #expect(machine.margins(Tensor([4], shape: [1, 1]))[0] > 1.99)
    }

    @Test("A sample on the wrong side costs no more than C")
    func softMargin() {
        let x = Tensor([1, 1.2, 0.9, -1, -1.1, -0.9, 5], shape: [7, 1])
        let isPositive = [true, true, true, false, false, false, false]
        let machine = LinearSVM(x, isPositive: isPositive, c: 0.05, passes: 500)
        #expect(machine.weights[0] > 0)
        // With all multipliers at C: 0.05 · (1 + 1.2 + 0.9 + 1 + 1.1 + 0.9) − 0.05 · 5.
        #expect(abs(machine.weights[0] - 0.055) < 1e-4)
    }

    @Test("Ridge regression shrinks the slope as the formula says")
    func ridge() {
        let x = Tensor([-1, 1, -2, 2], shape: [4, 1])
        let fit = x.ridgeRegression(Tensor([-2, 2, -4, 4], shape: [4, 1]), penalty: 10)
        // Σ x y / (Σ x² + λ) = 20 / 20, where without a penalty it is 2.
        #expect(abs(fit.weights.scalars[0] - 1) < 1e-5 && abs(fit.bias.scalars[0]) < 1e-5)
    }
}
