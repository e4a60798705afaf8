import Cognitron
import CognitronPrediction
import Foundation
import HTTPTypes
import Testing

@testable import CognitronServe

@Suite("KServe's protocol")
struct InferTests {
    private static let path = "/v2/models/flowers/infer"

    private func request(_ shape: String, _ data: String, more: String = "", type: String = "FP32") -> String
    {
        #"{"id": "7", "inputs": [{"name": "input", "shape": \#(shape), "datatype": "\#(type)", "data": \#(data)}]\#(more)}"#
    }

    @Test("The server and its models say what they are")
    func metadata() async throws {
        let folder = try ServedFolder()
        let server = try folder.server([folder.classifier()])
        #expect(try await server.get("/v2").json["name"] == .text("cognitron"))
        for path in ["/v2/health/live", "/v2/health/ready", "/v2/models/flowers/ready"] {
            #expect(await server.get(path).status == 200)
        }
        for path in ["/v2/models/flowers", "/v2/models/flowers/versions/1"] {
            let model = try await server.get(path).json
            #expect(model["name"] == .text("flowers"))
            let input = try #require(model["inputs"]?.elements?.first)
            #expect(input["name"] == .text("input") && input["datatype"] == .text("FP32"))
            #expect(input["shape"] == .numbers([-1, 4], shape: [2]))
            #expect(model["outputs"]?.elements?.first?["shape"] == .numbers([-1, 3], shape: [2]))
        }
    }

    @Test("Tensors in, tensors out: flat or nested, of any type, with the id")
    func tensors() async throws {
        let folder = try ServedFolder()
        let place = try folder.classifier()
        let server = try folder.server([place])
        let wanted = try ModelFile(place.path).model.predict(Tensor([1, 0, 2, 1], shape: [1, 4])).scalars
        for body in [
            request("[1, 4]", "[1, 0, 2, 1]"), request("[1, 4]", "[[1, 0, 2, 1]]", type: "INT64"),
            request("[1, 4]", "[1, 0, 2, 1]", type: "UINT8"),
        ] {
            let answer = await server.post(Self.path, json: body)
            #expect(answer.status == 200, "\(answer.text)")
            let json = try answer.json
            #expect(json["id"] == .text("7") && json["model_name"] == .text("flowers"))
            let output = try #require(json["outputs"]?.elements?.first)
            #expect(output["shape"] == .numbers([1, 3], shape: [2]))
            #expect(output["data"] == .numbers(wanted, shape: [3]))
        }
    }

    @Test("Binary tensors follow the JSON both ways")
    func binary() async throws {
        let folder = try ServedFolder()
        let place = try folder.classifier()
        let server = try folder.server([place])
        let head =
            #"{"inputs": [{"name": "input", "shape": [1, 4], "datatype": "FP32", "parameters": {"binary_data_size": 16}}], "#
            + #""parameters": {"binary_data_output": true}}"#
        let numbers: [Float] = [1, 0, 2, 0.5]
        let field = try #require(HTTPField.Name("Inference-Header-Content-Length"))
        let body =
            Array(head.utf8)
            + numbers.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian) { Array($0) } }
        let answer = await server.ask(.post, Self.path, [field: "\(head.utf8.count)"], body)
        #expect(answer.status == 200, "\(answer.text)")
        let length = try #require(answer.reply.headers[field].flatMap { Int($0) })
        let bytes = Array(answer.reply.body.readableBytesView)
        let json = try JSONReader.read(Array(bytes[..<length]))
        let output = try #require(json["outputs"]?.elements?.first)
        #expect(output["parameters"]?["binary_data_size"] == .number(12))
        let wanted = try ModelFile(place.path).model.predict(Tensor(numbers, shape: [1, 4])).scalars
        #expect(TensorType.float4.floats(bytes[length...]) == wanted)
    }

    @Test("What is wrong is said")
    func errors() async throws {
        let folder = try ServedFolder()
        let server = try folder.server([folder.classifier()])
        for (body, words) in [
            ("{}", "inputs: expected"), (request("[1, 3]", "[1, 0, 2]"), "expected the shape"),
            (request("[1, 4]", "[1, 0, 2]"), "expected 4 elements"),
            (request("[1, 4]", "[1, 0, 2, 1]", type: "BYTES"), "datatype"),
            (request("[-1, 4]", "[1, 0, 2, 1]"), "whole numbers"),
            (request("[9223372036854775807, 4]", "[1, 0, 2, 1]"), "whole numbers"),
            (request("[1, 4]", "[1, 0, 2, 1]", more: #", "outputs": [{"name": "none"}]"#), "names among"),
            (request("[0, 4]", "[]"), "expected"),
        ] {
            let answer = await server.post(Self.path, json: body)
            #expect(answer.status == 400 && answer.error.contains(words), "\(body): \(answer.text)")
        }
        let field = try #require(HTTPField.Name("Inference-Header-Content-Length"))
        let long = await server.ask(.post, Self.path, [field: "99"], Array("{}".utf8))
        #expect(long.status == 400 && long.error.contains("at most 2"))
    }
}
