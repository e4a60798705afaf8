import Cognitron
import CognitronKernels
import Foundation
import Logging
import Testing

@testable import CognitronServe

@Suite("Models whose file is replaced")
struct ExchangeTests {
    private static let body = #"{"inputs": [1, 0, 2, 0.5]}"#

    private func watcher(_ server: TestServer) -> ModelWatcher {
        ModelWatcher(
            shelf: server.server.shelf, queue: server.server.queue, metrics: server.server.metrics,
            interval: 1, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    @Test("A replaced file answers from the next look on, and requests meanwhile are all answered")
    func exchange() async throws {
        let folder = try ServedFolder()
        let server = try folder.server([folder.classifier(seed: 1)])
        let watcher = watcher(server)
        let first = await server.post("/v1/models/flowers/predict", json: Self.body)
        await watcher.look()
        #expect(await server.post("/v1/models/flowers/predict", json: Self.body).text == first.text)

        let isDone = Flag()
        let statuses = await withTaskGroup(of: [Int].self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var statuses: [Int] = []
                    while !isDone.isSet {
                        let answer = await server.post("/v1/models/flowers/predict", json: Self.body)
                        statuses.append(answer.status)
                    }
                    return statuses
                }
            }
            for seed in 2...6 {
                do { try folder.classifier(seed: UInt64(seed)) } catch { Issue.record(error) }
                await watcher.look()
            }
            isDone.set()
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(!statuses.isEmpty && statuses.allSatisfy { $0 == 200 })
        let last = await server.post("/v1/models/flowers/predict", json: Self.body)
        #expect(try last.json["version"] == .number(6))
        #expect(try last.json["predictions"] != first.json["predictions"])
        #expect(
            await server.get("/metrics").text.contains(
                #"cognitron_model_exchanges_total{model="flowers",result="done"} 5"#))
    }

    @Test("A damaged, missing or unusable file leaves the model as it is, until a good one comes")
    func damaged() async throws {
        let folder = try ServedFolder()
        let place = try folder.classifier()
        let server = try folder.server([place])
        let watcher = watcher(server)
        for content in ["", "no model", String(repeating: "x", count: 1000)] {
            try Data(content.utf8).write(to: URL(fileURLWithPath: place.path))
            await watcher.look()
            let answer = await server.post("/v1/models/flowers/predict", json: Self.body)
            #expect(try answer.status == 200 && answer.json["version"] == .number(1))
        }
        try FileManager.default.removeItem(atPath: place.path)
        await watcher.look()
        #expect(await server.post("/v1/models/flowers/predict", json: Self.body).status == 200)
        try folder.classifier(seed: 9)
        await watcher.look()
        let answer = await server.post("/v1/models/flowers/predict", json: Self.body)
        #expect(try answer.json["version"] == .number(2))
    }

    @Test("Names are the files' own or given ones, each once; files that are missing are errors")
    func names() throws {
        let folder = try ServedFolder()
        let place = try folder.classifier()
        #expect(try ModelPlace("/a/b.c/lenet.v2.safetensors").name == "lenet.v2")
        #expect(try ModelPlace("x=/a/y=z.safetensors").path == "/a/y=z.safetensors")
        #expect(try ModelPlace("/a/y=z.safetensors".replacing("y=z", with: "yz")).name == "yz")
        for word in ["", "a b=/x", "/a/y=z.safetensors", "..=/x", "x=", "ä=/x"] {
            #expect(throws: CognitronError.self, "\(word)") { try ModelPlace(word) }
        }
        #expect(throws: CognitronError.self) { try ModelShelf([place, place]) }
        #expect(throws: CognitronError.self) { try ModelShelf([]) }
        let missing = try ModelPlace(folder.file("none.safetensors"))
        #expect(throws: CognitronError.self) { try ModelShelf([missing]) }
    }
}

/// What one task tells others.
private final class Flag: Sendable {
    private let state = Locked(false)
    var isSet: Bool { state.withLock { $0 } }
    func set() { state.withLock { $0 = true } }
}
