import Foundation
import Testing

@testable import CognitronServe

@Suite("What describes a server")
struct DescriptionTests {
    @Test("The page and its files come from the server alone")
    func page() async throws {
        let folder = try ServedFolder()
        let server = try folder.server([folder.classifier()])
        let page = await server.get("/")
        #expect(page.reply.headers[.contentType] == "text/html; charset=utf-8")
        #expect(page.reply.headers[.contentSecurityPolicy]?.hasPrefix("default-src 'none'") == true)
        for path in ["/page.js", "/page.css"] {
            #expect(page.text.contains("\"\(path)\""))
            #expect(await server.get(path).status == 200)
        }
        for path in ["/", "/page.js", "/page.css"] {
            let text = await server.get(path).text
            #expect(!text.contains("http://") && !text.contains("https://") && !text.contains("//cdn"))
        }
        let head = await server.ask(.head, "/", [:], [])
        #expect(head.status == 200)
    }

    @Test("The models are listed with what they take")
    func models() async throws {
        let folder = try ServedFolder()
        let server = try folder.server([folder.classifier(), folder.pictures(), folder.language()])
        let list = try #require(try await server.get("/v1/models").json["models"]?.elements)
        #expect(list.compactMap { $0["name"]?.text } == ["flowers", "shades", "words"])
        #expect(list.compactMap { $0["takes_pictures"]?.bool } == [false, true, false])
        let model = try await server.get("/v1/models/flowers").json
        #expect(model["classes"] == .list([.text("rose"), .text("lily"), .text("aster")]))
        #expect(model["input"] == .numbers([4], shape: [1]))
        #expect(await server.get("/v1/models/nobody").status == 404)
    }

    @Test("OpenAPI describes a path for each model, and every path it describes is there")
    func openAPI() async throws {
        let folder = try ServedFolder()
        let server = try folder.server([folder.classifier(), folder.masks(), folder.language()])
        let document = await server.get("/openapi.json")
        let root = try JSONSerialization.jsonObject(with: Data(document.text.utf8)) as? [String: Any]
        let paths = try #require(root?["paths"] as? [String: [String: Any]])
        #expect(
            paths.keys.contains("/v1/models/flowers/predict") && paths.keys.contains("/v2/models/masks/infer")
        )
        for (path, operations) in paths {
            for method in operations.keys {
                let answer = await server.ask(method == "get" ? .get : .post, path, [:], [])
                #expect(method == "get" ? answer.status == 200 : answer.status == 400, "\(method) \(path)")
            }
        }
    }

    @Test("At the end the server is not ready any more")
    func ready() async throws {
        let folder = try ServedFolder()
        let server = try folder.server([folder.classifier()])
        #expect(await server.get("/health/ready").status == 200)
        server.server.state.end()
        #expect(await server.get("/health/ready").status == 503)
        #expect(await server.get("/health/live").status == 200)
    }
}
