import Cognitron
import CognitronData
import CognitronPlots
import Foundation

extension TrainingPlan {
    /// The page of a report: `net.safetensors` → `net.html`.
    var reportPath: String { path(ending: ".html") }
}

extension TrainingSession {
    /// Writes the training as a page beside the model.
    func writeReport(
        _ model: Model, _ history: History, _ training: DatasetPart, _ test: DatasetPart
    ) throws {
        let name = URL(fileURLWithPath: plan.path(ending: "")).lastPathComponent
        var request = PlotRequest(
            model, name: name, classNames: training.task.classNames, history: { history }, data: { test },
            fresh: { (model, training) })
        request.detector = try plan.recipe.model.detector(for: test.task, model)
        let kinds: [PlotKind] =
            model.makesPictures
            ? [.curves, .generated, .filters, .model]
            : request.detector == nil
                ? TrainingReport.kinds : [.curves, .detections, .precisionRecall, .filters, .model]
        try TrainingReport(request, facts: facts(training, test), kinds: kinds).write(to: plan.reportPath)
        Output.note("Wrote \(plan.reportPath)")
    }

    private func facts(_ training: DatasetPart, _ test: DatasetPart) -> [(String, String)] {
        let recipe = plan.recipe
        let augmentations = recipe.augmentations.map { "\($0)" }.joined(separator: ", ")
        return [
            ("Model", "\(recipe.model)"),
            ("Data set", "\(recipe.dataset): \(training.count) \(training.unit), \(test.count) to test with"),
            ("Optimizer", "\(recipe.optimizer)"), ("Schedule", "\(recipe.schedule)"),
            ("Batch size", "\(recipe.batchSize)"),
            ("Augmentation", augmentations.isEmpty ? "none" : augmentations), ("Seed", "\(recipe.seed)"),
        ]
    }
}
