import Testing

@testable import Cognitron

@Suite("Metrics by hand")
struct MetricTests {
    private func mean(
        _ metric: MeanMetric, _ prediction: Tensor, _ target: Tensor, weights: Tensor? = nil
    ) -> Float {
        var metric = metric
        metric.update(prediction, target, weights: weights)
        return metric.result
    }

    @Test("Accuracy takes class numbers, one-hot rows and single outputs")
    func accuracy() {
        let p: Tensor = [[0.1, 0.7, 0.2], [0.5, 0.2, 0.3], [0.2, 0.2, 0.6], [0.9, 0.05, 0.05]]
        #expect(mean(.accuracy, p, [1, 0, 1, 0]) == 0.75)
        #expect(mean(.accuracy, p, [[0, 1, 0], [1, 0, 0], [0, 1, 0], [1, 0, 0]]) == 0.75)
        #expect(mean(.accuracy, [[0.6], [0.4]], [[1], [1]]) == 0.5)
    }

    @Test("Top-k accuracy finds the class among the k largest")
    func topK() {
        let p: Tensor = [[0.1, 0.7, 0.2], [0.5, 0.2, 0.3]]
        #expect(mean(.topKAccuracy(k: 1), p, [2, 0]) == 0.5)
        #expect(mean(.topKAccuracy(k: 2), p, [2, 1]) == 0.5)
        #expect(mean(.topKAccuracy(k: 3), p, [0, 1]) == 1)
    }

    @Test("Errors are means over all numbers")
    func errors() {
        #expect(mean(.meanSquaredError, [[1, 2], [3, 5]], [[1, 0], [0, 5]]) == 3.25)
        #expect(mean(.meanAbsoluteError, [[1, 2], [3, 5]], [[1, 0], [0, 5]]) == 1.25)
    }

    @Test("Many rows are measured as few are, with the same bits for any number of threads")
    func manyRows() {
        let rows = 30_011
        let p = Tensor.randomUniform([rows, 3], seed: 1)
        let (classes, numbers) = (
            Tensor((0..<rows).map { $0 % 3 }), Tensor.randomUniform([rows, 3], seed: 2)
        )
        let before = Threads.count
        defer { Threads.count = before }
        for metric in [MeanMetric.accuracy, .topKAccuracy(k: 2), .meanSquaredError] {
            let t = metric.name == "mean_squared_error" ? numbers : classes
            let means = [1, 2, 3].map {
                Threads.count = $0
                return mean(metric, p, t)
            }
            #expect(means[1] == means[0] && means[2] == means[0])
            var (parts, merged) = (metric, metric)
            for start in stride(from: 0, to: rows, by: 1000) {
                let range = start..<min(rows, start + 1000)
                var part = metric
                part.update(p[range], t[range], weights: nil)
                merged.merge(part)
                parts.update(p[range], t[range], weights: nil)
            }
            #expect(abs(parts.result - means[0]) < 1e-6 && abs(merged.result - means[0]) < 1e-6)
            parts.reset()
            #expect(parts.result == 0)
        }
    }

    @Test("Weights count samples or rows, and a row without weight may hold anything")
    func weights() {
        #expect(
            mean(
                .meanSquaredError, Tensor([1, .nan, 3], shape: [3, 1]), [[0], [0], [0]], weights: [1, 0, 3])
                == 7)
        let p: Tensor = [[[0.9, 0.1], [0.2, 0.8]], [[0.7, 0.3], [0.6, 0.4]]]
        #expect(mean(.accuracy, p, [[0, 0], [1, 0]], weights: [[1, 2], [3, 4]]) == 0.5)
        let own = MeanMetric("own") { p, t in (p - t).squared.mean(axis: -1) }
        #expect(mean(own, [[1], [3]], [[0], [0]], weights: [1, 3]) == 7)
    }

    @Test("Accuracy is of yes and no answers where the loss is binary, by the sign where it takes logits")
    func binary() {
        let probabilities = MeanMetric.accuracy.adapted(to: .binaryCrossentropy)
        #expect(mean(probabilities, [[0.6, 0.4], [0.9, 0.2]], [[1, 1], [1, 0]]) == 0.75)
        let logits = MeanMetric.accuracy.adapted(to: .binaryCrossentropy(fromLogits: true))
        #expect(mean(logits, [[0.3], [-0.3]], [[1], [0]]) == 1)
    }

    @Test("A metric's state goes on where it was")
    func state() throws {
        var (first, second) = (MeanMetric.meanSquaredError, MeanMetric.meanSquaredError)
        first.update([[1], [2]], [[0], [0]], weights: nil)
        try second.restore(first.state)
        for i in 0..<2 {
            if i == 0 {
                first.update([[5]], [[0]], weights: nil)
            } else {
                second.update([[5]], [[0]], weights: nil)
            }
        }
        #expect(first.result == second.result && first.result == 10)
    }

    @Test(
        "A last axis of size 1 is dropped from the labels' shape, unless it is the only axis",
        arguments: [
            ([3, 1], [3, 4]), ([2, 3, 1], [2, 3, 4]), ([1, 1], [1, 4]), ([1], [1, 4]), ([1, 2], [1, 2, 4]),
            ([2, 1, 1], [2, 1, 4]), ([], [4]), ([0, 1], [0, 4]),
        ] as [(Shape, Shape)])
    func categoricalShape(_ labels: Shape, _ expected: Shape) throws {
        let oneHot = try toCategorical(Tensor(repeating: 3, shape: labels), classCount: 4)
        #expect(oneHot.shape == expected)
        #expect(oneHot.reshaped([labels.elementCount, 4]).argmax().scalars.allSatisfy { $0 == 3 })
    }

    @Test("One-hot rows have a 1 in the column of the class")
    func categorical() throws {
        #expect(try toCategorical([1, 0, 2]) == [[0, 1, 0], [1, 0, 0], [0, 0, 1]])
        #expect(try toCategorical([[1, 0]], classCount: 2) == [[[0, 1], [1, 0]]])
    }
}
