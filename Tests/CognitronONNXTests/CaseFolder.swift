import Cognitron
import Foundation

@testable import CognitronONNX

/// A folder in the layout of ONNX's own tests: model.onnx, test_data_set_0/input_0.pb, output_0.pb.
struct CaseFolder {
    let path: String
    private var data: String { path + "/test_data_set_0" }

    /// Writes a model, inputs for it and what it predicts for them.
    func write(_ model: Model, inputs: [Tensor]) throws {
        let proto: Data = try model.onnxProto().serializedBytes()
        let outputs = try model.predict(inputs)
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        try proto.write(to: URL(fileURLWithPath: path + "/model.onnx"))
        for (kind, tensors) in [("input", inputs), ("output", outputs)] {
            for (number, tensor) in tensors.enumerated() {
                let bytes: Data = try Self.proto(tensor).serializedBytes()
                try bytes.write(to: URL(fileURLWithPath: "\(data)/\(kind)_\(number).pb"))
            }
        }
    }

    static func proto(_ tensor: Tensor) -> Onnx_TensorProto {
        var proto = Onnx_TensorProto()
        proto.dims = tensor.shape.map(Int64.init)
        proto.dataType = Int32(ElementType.float.rawValue)
        proto.rawData = tensor.bytes
        return proto
    }

    /// The tensors of a kind, `input` or `output`, in order.
    func tensors(_ kind: String) throws -> [ONNXTensor] {
        var found: [ONNXTensor] = []
        while let bytes = FileManager.default.contents(atPath: "\(data)/\(kind)_\(found.count).pb") {
            let proto = try Onnx_TensorProto(serializedBytes: bytes)
            found.append(try ONNXTensor(proto, folder: nil))
        }
        return found
    }
}
