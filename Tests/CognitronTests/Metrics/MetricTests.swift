import Testing

@testable import Cognitron

@Suite("Metrics by hand")
struct MetricTests {
    private func mean(_ metric: Metric, _ prediction: Tensor, _ target: Tensor) -> Double {
        let (sum, count) = metric.measure(prediction, target)
        return sum / Double(count)
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
        let t = Tensor((0..<rows).map { $0 % 3 })
        let before = Threads.count
        defer { Threads.count = before }
        for metric in [Metric.accuracy, .topKAccuracy(k: 2), .meanSquaredError] {
            let sums = [1, 2, 3].map {
                Threads.count = $0
                return metric.measure(p, t).sum
            }
            #expect(sums[1] == sums[0] && sums[2] == sums[0])
            let parts = stride(from: 0, to: rows, by: 1000).reduce(0.0) { sum, start in
                let range = start..<min(rows, start + 1000)
                return sum + metric.measure(p[range], t[range]).sum
            }
            #expect(abs(sums[0] - parts) < 1e-9 * parts)
        }
    }

    @Test("One-hot rows have a 1 in the column of the class")
    func categorical() throws {
        #expect(try toCategorical([1, 0, 2]) == [[0, 1, 0], [1, 0, 0], [0, 0, 1]])
        #expect(try toCategorical([[1], [0]], classCount: 2) == [[[0, 1]], [[1, 0]]])
    }
}
