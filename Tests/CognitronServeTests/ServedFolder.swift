import Cognitron
import CognitronData
import CognitronImages
import CognitronModels
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import CognitronPrediction
@testable import CognitronServe

/// A folder with small models, which is removed with everything in it.
final class ServedFolder: Sendable {
    let path = FileManager.default.temporaryDirectory.appending(path: "cognitron-serve-\(UUID().uuidString)")
        .path

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func place(_ name: String) throws -> ModelPlace { try ModelPlace("\(name)=\(file(name)).safetensors") }

    @discardableResult
    private func save(_ model: Model, _ task: DataTask, _ name: String) throws -> ModelPlace {
        model.metadata[ModelFile.Key.task] = try JSONText.text(of: task)
        try model.save(file(name) + ".safetensors")
        return try place(name)
    }

    /// Three classes of four numbers.
    ///
    /// - Parameter seed: of the weights.
    @discardableResult
    func classifier(_ name: String = "flowers", seed: UInt64 = 1) throws -> ModelPlace {
        let model = Sequential {
            Input(4)
            Dense(3, activation: .softmax)
        }
        try model.compile(optimizer: SGD(), loss: .sparseCategoricalCrossentropy, seed: seed)
        try model.build([[4]])
        return try save(model, .classification(classNames: ["rose", "lily", "aster"]), name)
    }

    /// Two classes of grey pictures of 8 × 8.
    @discardableResult
    func pictures(_ name: String = "shades") throws -> ModelPlace {
        let model = Sequential {
            Input(8, 8, 1)
            Flatten()
            Dense(2, activation: .softmax)
        }
        try model.build([[8, 8, 1]])
        return try save(model, .classification(classNames: ["dark", "bright"]), name)
    }

    /// The class of each pixel of pictures of 8 × 8.
    @discardableResult
    func masks(_ name: String = "masks") throws -> ModelPlace {
        let model = Sequential {
            Input(8, 8, 3)
            Conv2D(2, kernelSize: 3, padding: .same, activation: .softmax)
        }
        try model.build([[8, 8, 3]])
        return try save(model, .segmentation(classNames: ["ground", "square"]), name)
    }

    /// Objects in pictures.
    @discardableResult
    func detector(_ name: String = "objects") throws -> ModelPlace {
        let network = try ModelName(named: "yolo")
        let task = DataTask.detection(classNames: ["cat", "dog"])
        let model = try network.make(inputShape: [64, 64, 3], task: task)
        let samples = try JSONText.text(of: DatasetOptions())
        model.metadata[ModelFile.Key.recipe] =
            "{\"model\":\"yolo\",\"dataset\":\"shapes-scenes\",\"samples\":\(samples)}"
        return try save(model, task, name)
    }

    /// Goes on with texts of words from word0 to word99.
    @discardableResult
    func language(_ name: String = "words") throws -> ModelPlace {
        let model = try ModelName(named: "char-lm").make(task: .language)
        model.metadata[ModelFile.Key.text] = try JSONText.text(
            of: TextCoding.example(inputs: 100, targets: nil))
        return try save(model, .language, name)
    }

    /// A server of some models, without a socket.
    func server(
        _ places: [ModelPlace], _ change: (inout ServerSettings) -> Void = { _ in }
    ) throws -> TestServer {
        var settings = ServerSettings()
        settings.models = places
        change(&settings)
        return TestServer(try ModelServer(settings))
    }
}

/// A server that is asked directly. Its queue ends with it.
final class TestServer: Sendable {
    let server: ModelServer
    private let responder: Responder

    init(_ server: ModelServer) {
        self.server = server
        responder = server.responder
    }

    deinit { server.queue.finish() }

    struct Answer {
        let reply: Reply
        var status: Int { reply.status.code }
        var text: String { String(buffer: reply.body) }
        var json: RequestJSON { get throws { try JSONReader.read(Array(reply.body.readableBytesView)) } }
        var error: String { (try? json["error"]?.text) ?? "" }
    }

    func get(_ path: String, _ headers: HTTPFields = [:]) async -> Answer {
        await ask(.get, path, headers, [])
    }

    func post(_ path: String, type: String? = nil, _ body: [UInt8]) async -> Answer {
        var headers: HTTPFields = [:]
        if let type { headers[.contentType] = type }
        return await ask(.post, path, headers, body)
    }

    func post(_ path: String, json: String) async -> Answer {
        await post(path, type: "application/json", Array(json.utf8))
    }

    func ask(
        _ method: HTTPRequest.Method, _ path: String, _ headers: HTTPFields, _ body: [UInt8]
    ) async -> Answer {
        let head = HTTPRequest(
            method: method, scheme: "http", authority: "localhost", path: path, headerFields: headers)
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: body)))
        return Answer(reply: await responder.reply(to: request))
    }
}
