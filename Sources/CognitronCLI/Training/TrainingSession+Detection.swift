import Cognitron
import CognitronData
import CognitronDetection
import CognitronModels

extension TrainingSession {
    /// What finds objects by the trained network; nil of networks that find none.
    func detector(_ network: Network, _ part: DatasetPart) throws -> (any Detector)? {
        try plan.recipe.model.detector(for: part.task, network.model)
    }

    /// Measures a detector once, after the training: epochs know its losses only.
    func noteDetections(_ detector: any Detector, _ test: DatasetPart) throws {
        let scores = try detector.scores(on: test.source, classNames: test.task.classNames)
        let names = ["AP@0.5", "AP"] + (scores.masks == nil ? [] : ["mask AP@0.5", "mask AP"])
        let texts = names.compactMap { name in scores[name].map { "\(name) \(ScoreText.percent($0))" } }
        guard !texts.isEmpty else { return }
        Output.note("Test \(texts.joined(separator: ", ")) on \(test.count) \(test.unit)")
    }
}
