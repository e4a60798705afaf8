import Cognitron
import CognitronExchange

extension ExchangeFormat {
    /// ONNX: networks for other runtimes, and from other frameworks.
    public static let onnx = ExchangeFormat(
        name: "ONNX", endings: ["onnx"],
        read: { path, _ in Exchanged(.model(try Model.load(onnx: path))) },
        write: { content, path in
            switch content {
            case .model(let model):
                try model.save(onnx: path)
                return []
            case .tensors:
                throw CognitronError(
                    .file, path, "ONNX holds networks, and these are weights alone",
                    advice: "give the model that they belong to")
            }
        },
        list: { try ONNXFile(contentsOf: $0).listing })
}
