import Cognitron
import NIOCore

/// Answers of KServe's protocol, version 2.
struct InferReply {
    let model: ServedModel

    /// The outputs of an answer.
    ///
    /// - Returns: the body, and the length of its JSON where elements follow it.
    func outputs(_ tensors: [Tensor], _ request: InferRequest) -> (body: ByteBuffer, jsonLength: Int?) {
        let all = Array(zip(model.file.answering.outputNames, tensors))
        let wanted =
            request.outputs
            ?? all.map { InferRequest.WantedOutput(name: $0.0, isBinary: nil) }
        var binary = ByteBuffer()
        var json = JSONWriter()
        json.object { json in
            json.member("model_name", model.name)
            json.member("model_version", "\(model.version)")
            if let id = request.id { json.member("id", id) }
            json.member("outputs", wanted) { json, wanted in
                guard let tensor = all.first(where: { $0.0 == wanted.name })?.1 else { return }
                write(tensor, wanted.name, wanted.isBinary ?? request.isBinary, &json, &binary)
            }
        }
        guard binary.readableBytes > 0 else { return (json.buffer, nil) }
        var body = json.buffer
        body.writeBuffer(&binary)
        return (body, json.buffer.readableBytes)
    }

    private func write(
        _ tensor: Tensor, _ name: String, _ isBinary: Bool, _ json: inout JSONWriter,
        _ binary: inout ByteBuffer
    ) {
        json.object { json in
            json.member("name", name)
            json.member("datatype", TensorType.float4.rawValue)
            json.member("shape", tensor.shape) { $0.integer($1) }
            let scalars = tensor.scalars
            if isBinary {
                json.name("parameters")
                json.object { $0.member("binary_data_size", scalars.count * 4) }
                for scalar in scalars { binary.writeInteger(scalar.bitPattern, endianness: .little) }
            } else {
                json.member("data", scalars) { $0.number($1) }
            }
        }
    }

    /// What the model takes and gives.
    var metadata: ByteBuffer {
        var json = JSONWriter()
        json.object { json in
            json.member("name", model.name)
            json.member("versions", ["\(model.version)"]) { $0.text($1) }
            json.member("platform", "cognitron")
            let network = model.file.answering
            write(model.inputNames, network.inputShapes, "inputs", &json)
            write(network.outputNames, network.outputShapes, "outputs", &json)
        }
        return json.buffer
    }

    /// Axes of unknown length, and the number of samples, are −1.
    private func write(_ names: [String], _ shapes: [Shape]?, _ member: String, _ json: inout JSONWriter) {
        json.member(member, names.enumerated()) { json, name in
            json.object { json in
                json.member("name", name.element)
                json.member("datatype", TensorType.float4.rawValue)
                let sample = shapes.map { Array($0[name.offset]) } ?? [-1]
                json.member("shape", [-1] + sample) { $0.integer($1) }
            }
        }
    }
}
