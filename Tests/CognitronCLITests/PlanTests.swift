import Cognitron
import CognitronData
import CognitronModels
import Foundation
import Testing

@testable import CognitronCLI

/// Inverts an image's brightness in a share of the epochs.
private struct Invert: ImageRule {
    var share: Float

    func apply(to image: inout ImagePixels, _ draw: inout ImageDraw) {
        if Float.random(in: 0..<1, using: &draw.generator) < share { image.map { 1 - $0 } }
    }
}

@Suite("The plan of a training in its checkpoints' folder")
struct PlanTests {
    private let folder = FileManager.default.temporaryDirectory.appending(
        path: "cognitron-plan-\(UUID().uuidString)"
    )
    .path

    private func plan(_ augmentations: [AugmentationName], _ dataset: Dataset = .shapes) -> TrainingPlan {
        TrainingPlan(
            recipe: TrainingRecipe(
                model: .lenet, dataset: DatasetName(dataset), samples: DatasetOptions(), epochs: 2,
                batchSize: 8, optimizer: .muon, learningRate: 0.5,
                schedule: .cosine, weightDecay: nil, labelSmoothing: 0.1, augmentations: augmentations,
                seed: 3),
            output: "/m.safetensors", data: nil, checkpoint: folder, checkpointEvery: 5)
    }

    private static let invert = AugmentationName("upside", "inverted") { _, _ in
        Augmentation(Invert(share: 0.25))
    }

    private static let dots = Dataset("dots", "single dots", shape: [8, 8, 1], classNames: ["dot"]) { _, _ in
        try LabelledImages(Images([0], shape: [1, 1, 1, 1]), labels: [0], classNames: ["dot"], name: "Dots")
    }

    @Test("It is restored with the package's and users' augmentations and data sets, by their names")
    func restores() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        AugmentationName.register(Self.invert)
        Dataset.register(Self.dots)
        let plan = plan(
            try ["flip", "shift:4", "cutout:3", "upside"].map { try AugmentationName(named: $0) }, Self.dots)
        try plan.writeToFolder()
        let restored = try TrainingPlan(folder: folder)
        #expect(restored == plan)
        #expect(try restored.recipe.dataset.open().summary == "single dots")
    }

    @Test("An augmentation or data set that this program does not know is named")
    func unknown() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try plan([AugmentationName("unregistered", "") { _, _ in .cutout(size: 1) }]).writeToFolder()
        let error = try #require(#expect(throws: CognitronError.self) { try TrainingPlan(folder: folder) })
        #expect(error.description.contains("augmentation: there is none called \"unregistered\""))

        try FileManager.default.removeItem(atPath: folder)
        try plan([], Dataset("nowhere", "", shape: nil, classNames: []) { _, _ in Self.none }).writeToFolder()
        let other = try #require(#expect(throws: CognitronError.self) { try TrainingPlan(folder: folder) })
        #expect(other.description.contains("data set: there is none called \"nowhere\""))
    }

    private static let none = Shapes.make(count: 0)
}
