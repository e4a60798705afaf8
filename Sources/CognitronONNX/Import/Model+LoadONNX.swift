import Cognitron
import Foundation

extension Model {
    /// Makes a model of an ONNX file (operator sets 7 to 25). It can predict at once.
    ///
    /// Convolutions, dense layers, normalisations, poolings, recurrent layers, embeddings and activation
    /// functions become this package's layers, with the file's weights, and can be trained on. Other nodes
    /// become an `ONNXOperator`, which predicts alone. Inputs and outputs keep the file's shapes and the
    /// first axis is the batch, of any size, also where the file has a fixed one; pictures are channels first
    /// where the file has them so.
    ///
    ///     let model = try Model.load(onnx: "resnet50.onnx")
    ///     let bert = try Model.load(onnx: "bert.onnx", sizes: ["sequence": 128])
    ///
    /// - Parameter sizes: the sizes of axes that are free in the file, by the names that they have there.
    /// - Throws: `CognitronError` where the file cannot be read or is damaged, or has nodes that this package
    ///   cannot make: all are listed.
    public static func load(onnx path: String, sizes: [String: Int] = [:]) throws -> Model {
        let file = try ONNXFile(contentsOf: path)
        return try GraphImporter(file, sizes: sizes).model()
    }
}
