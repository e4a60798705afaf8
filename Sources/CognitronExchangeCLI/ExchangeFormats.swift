import Cognitron
import CognitronExchange
import CognitronKeras
import CognitronONNX
import Foundation

/// The formats of files, by the endings of their names.
enum ExchangeFormats {
    static let all: [ExchangeFormat] = [
        .safetensors, .pyTorch, .keras, .kerasWeights, .onnx, .npz, .npy,
    ]

    static var endings: String { all.flatMap(\.endings).map { ".\($0)" }.joined(separator: ", ") }

    /// The format of a file's name: that with the longest ending that fits.
    static func format(of path: String) throws -> ExchangeFormat {
        let name = path.lowercased()
        let fitting = all.flatMap { format in format.endings.map { (format, $0) } }
            .filter { name.hasSuffix("." + $0.1) }
        guard let format = fitting.max(by: { $0.1.count < $1.1.count })?.0 else {
            throw CognitronError(
                .argument, path, "its name does not say which kind of file it is",
                expected: "a name that ends in \(endings)", got: path)
        }
        return format
    }
}
