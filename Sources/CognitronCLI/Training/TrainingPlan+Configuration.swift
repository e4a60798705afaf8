import Cognitron
import CognitronPrediction
import Foundation

extension TrainingPlan {
    /// The file of options beside the model: `net.safetensors` → `net.yaml`.
    var configurationPath: String { path(ending: ".yaml") }

    /// A file beside the model, with its name and another ending.
    func path(ending: String) -> String {
        ModelFile.path(output, ending: ending)
    }

    /// Writes the file of options, unless it is there already.
    func writeConfiguration() throws {
        guard let configuration else { return }
        let data = Data(configuration.utf8)
        guard FileManager.default.contents(atPath: configurationPath) != data else { return }
        try AtomicFile.write(data, to: configurationPath)
    }
}
