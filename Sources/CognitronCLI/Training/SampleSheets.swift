import Cognitron
import CognitronData
import CognitronImages
import Foundation

/// Writes a sheet of pictures after every epoch, which a generator makes of the same noise or pictures each
/// time, and adds it to the logs of TensorBoard. If it cannot be written, warns and continues the training.
final class SampleSheets: Callback {
    var isForFirstRank: Bool { true }
    private let path: String
    private let tensorBoard: TensorBoard?
    private let sheet: (Model) throws -> Picture

    init(_ path: String, _ tensorBoard: TensorBoard?, sheet: @escaping (Model) throws -> Picture) {
        (self.path, self.tensorBoard, self.sheet) = (path, tensorBoard, sheet)
    }

    func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws {
        let png = Data(try PictureFile.encode(sheet(model), as: .png))
        do {
            try AtomicFile.write(png, to: path)
            try tensorBoard?.addImage("samples", png: png, step: epoch)
        } catch let error as CognitronError where error.kind == .file {
            Output.warn("the sheet of epoch \(epoch) is not saved: \(error)")
        }
    }
}

extension TrainingSession {
    /// The sheet of pictures that a generator makes after every epoch; none of other networks.
    func sheets(of model: Model, _ run: RunCallbacks, _ test: DatasetPart) throws -> [any Callback] {
        let path = plan.path(ending: ".samples.png")
        if model.makesPictures {
            let seed = plan.recipe.seed
            return [SampleSheets(path, run.tensorBoard) { try SampleGenerator(of: $0).sheet(seed: seed) }]
        }
        guard let translator = model.translator,
            let batch = try test.source.batch(Array(0..<min(8, test.count)), nil)
        else { return [] }
        let (given, real) = (batch.inputs[0], batch.targets[0])
        // Rows: what is given, what is made of it, what it should be.
        return [
            SampleSheets(path, run.tensorBoard) { _ in
                let rows = [given.fitted(to: real.shape.sample), try translator.predict(given), real]
                return Picture(sheetOf: .concatenated(rows, axis: 0), columns: given.shape[0])
            }
        ]
    }
}
