import Cognitron
import CognitronData
import CognitronModels
import Foundation
import Testing

@testable import CognitronCLI

@Suite("Scores with their intervals")
struct EvaluationTests {
    @Test(
        "Wilson's interval of a share is the textbook's",
        arguments: [
            (0.9, 100, 0.8256, 0.9448), (1, 20, 0.8389, 1), (0, 20, 0, 0.1611), (0.5, 2, 0.0945, 0.9055),
        ])
    func wilson(_ share: Double, _ count: Int, _ low: Double, _ high: Double) {
        let interval = Interval(wilson: Float(share), count: count)
        #expect(abs(Double(interval.low) - low) < 1e-4 && abs(Double(interval.high) - high) < 1e-4)
        #expect(interval.method == .wilson)
    }

    @Test("A bootstrap of a mean is as wide as the mean's standard error says")
    func bootstrap() throws {
        var generator = RandomKey(seed: 5).generator()
        let errors = (0..<400).map { _ in Float.random(in: -1...1, using: &generator) }
        let metrics = (0..<100).map { group in
            var metric = MeanMetric.meanSquaredError
            let part = Tensor(Array(errors[group * 4..<group * 4 + 4]), shape: [4, 1])
            metric.update(part, Tensor.zeros([4, 1]))
            return metric
        }
        let interval = try #require(Interval(bootstrap: metrics))
        // x² of x in -1…1 has the mean 1/3 and the variance 4/45.
        let width = 2 * 1.96 * (4.0 / 45 / 400).squareRoot()
        #expect(abs(Double(interval.high - interval.low) / width - 1) < 0.25)
        #expect(interval.low < 1 / 3 && interval.high > 1 / 3)
        #expect(Interval(bootstrap: [MeanMetric.meanSquaredError]) == nil)
    }

    @Test("The scores are those of evaluate, whatever the groups")
    func exact() throws {
        let images = Shapes.make(count: 230, seed: 3)
        let task = DataTask.classification(classNames: images.classNames)
        let model = try ModelName.lenet.make(inputShape: images.images.shape.sample, task: task)
        let recipe = try TaskRecipe(for: task, model)
        try model.compile(optimizer: SGD(), losses: recipe.losses, metrics: recipe.metrics, seed: 1)
        let expected = try model.evaluate(images.images, images.labels)
        let evaluation = try Evaluation(model, recipe, DatasetPart(images).source)
        #expect(evaluation.scores.map(\.name) == ["loss", "accuracy", "top_5_accuracy", "f1_score"])
        #expect(abs(evaluation.scores[0].value - expected.loss) < 1e-5)
        #expect(abs(evaluation.scores[1].value - (expected.accuracy ?? 0)) < 1e-6)
        #expect(evaluation.scores[1].interval?.method == .wilson)
        for score in evaluation.scores {
            let interval = try #require(score.interval)
            #expect(interval.low <= score.value && score.value <= interval.high, "\(score)")
        }
        let views = try Evaluation(model, recipe, DatasetPart(images).source, views: .six)
        #expect(views.scores[0].value != evaluation.scores[0].value)
        let csv = try evaluation.text(.csv, title: "230 pictures").split(separator: "\n")
        #expect(csv[0] == "score,value,low,high,interval" && csv.count == 5)
        #expect(csv[1].hasPrefix("loss,") && csv[1].hasSuffix(",bootstrap"))
        let json = try JSONSerialization.jsonObject(
            with: Data(evaluation.text(.json, title: "230 pictures").utf8))
        let scores = try #require((json as? [String: Any])?["scores"] as? [[String: Any]])
        #expect(scores.map { $0["name"] as? String } == ["loss", "accuracy", "top_5_accuracy", "f1_score"])
        #expect(throws: CognitronError.self) {
            try Evaluation(model, recipe, SampleSource(Tensor.zeros([0, 28, 28, 1]), Tensor.zeros([0])))
        }
    }
}
