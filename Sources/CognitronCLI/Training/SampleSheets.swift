import Cognitron
import CognitronData
import CognitronImages
import Foundation

/// Writes a sheet of pictures after every epoch, which the generator makes of the same noise each time, and
/// adds it to the logs of TensorBoard. If it cannot be written, warns and continues the training.
final class SampleSheets: Callback {
    private let path: String
    private let seed: UInt64
    private let tensorBoard: TensorBoard?

    init(_ path: String, seed: UInt64, _ tensorBoard: TensorBoard?) {
        (self.path, self.seed, self.tensorBoard) = (path, seed, tensorBoard)
    }

    func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws {
        let sheet = try SampleGenerator(of: model).sheet(seed: seed)
        let png = Data(try PictureFile.encode(sheet, as: .png))
        do {
            try AtomicFile.write(png, to: path)
            try tensorBoard?.addImage("samples", png: png, step: epoch)
        } catch let error as CognitronError where error.kind == .file {
            Output.warn("the sheet of epoch \(epoch) is not saved: \(error)")
        }
    }
}
