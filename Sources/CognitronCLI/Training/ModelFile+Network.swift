import CognitronModels
import CognitronPrediction
import Foundation

extension ModelFile {
    /// The saved model in a file; where there is no such file, the untrained network of that name.
    init(orNetwork word: String) throws {
        guard !FileManager.default.fileExists(atPath: word), let network = try? ModelName(named: word) else {
            try self.init(word)
            return
        }
        try self.init(untrained: network)
    }
}
