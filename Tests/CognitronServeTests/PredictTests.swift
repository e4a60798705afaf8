import Cognitron
import CognitronData
import CognitronImages
import CognitronPrediction
import Foundation
import HTTPTypes
import Testing

@testable import CognitronServe

@Suite("Predictions over HTTP")
struct PredictTests {
    private static let path = "/v1/models/flowers/predict"

    private func picture(_ height: Int, _ width: Int, channels: Int = 3) -> Picture {
        let pixels = (0..<height * width * channels).map { UInt8($0 * 7 % 256) }
        return Picture(height: height, width: width, channels: channels, pixels: pixels)
    }

    @Test("Numbers as JSON give classes with their probabilities, the likeliest first")
    func json() async throws {
        let folder = try ServedFolder()
        let place = try folder.classifier()
        let server = try folder.server([place])
        let answer = await server.post(Self.path, json: #"{"inputs": [[1, 0, 2, 0.5], [0, 1, 0, 3]]}"#)
        #expect(answer.status == 200, "\(answer.text)")
        let json = try answer.json
        #expect(json["model"] == .text("flowers") && json["version"] == .number(1))
        let rows = try #require(json["predictions"]?.elements)
        let wanted = try ModelFile(place.path).model.predict(
            Tensor([1, 0, 2, 0.5, 0, 1, 0, 3], shape: [2, 4]))
        #expect(rows.count == 2)
        for (index, row) in rows.enumerated() {
            let probabilities = wanted[index].scalars
            let best = try #require(probabilities.indices.max { probabilities[$0] < probabilities[$1] })
            #expect(row["class"] == .text(["rose", "lily", "aster"][best]))
            #expect(row["probability"]?.number.map { Float($0) } == probabilities[best])
            let classes = try #require(row["classes"]?.elements)
            #expect(
                classes.compactMap { $0["probability"]?.number }
                    == probabilities.sorted(by: >).map { Double("\($0)") })
        }
        let one = await server.post(Self.path + "?top=1", json: #"{"inputs": [1, 0, 2, 0.5]}"#)
        #expect(try one.json["predictions"]?.elements?.first?["classes"]?.elements?.count == 1)
    }

    @Test("An array of NumPy gives the same answer as JSON")
    func array() async throws {
        let folder = try ServedFolder()
        let server = try folder.server([folder.classifier(), folder.pictures()])
        let json = await server.post(Self.path, json: #"{"inputs": [1, 0, 2, 0.5]}"#)
        let array = await server.post(Self.path, Tensor([1, 0, 2, 0.5]).numPyBytes)
        #expect(array.status == 200 && array.text == json.text)
        // The only channel of pictures may be left out.
        let grey = await server.post("/v1/models/shades/predict", Tensor.zeros([8, 8]).numPyBytes)
        let whole = await server.post("/v1/models/shades/predict", Tensor.zeros([1, 8, 8, 1]).numPyBytes)
        #expect(grey.status == 200 && grey.text == whole.text)
    }

    @Test(
        "A picture of any size is resized and converted as cognitron predict does it",
        arguments: [false, true])
    func picture(asForm: Bool) async throws {
        let folder = try ServedFolder()
        let place = try folder.pictures()
        let server = try folder.server([place])
        let picture = picture(31, 17)
        let path = folder.file("a.png")
        try PictureFile.write(picture, to: path)
        var body = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        var type = "application/x-www-form-urlencoded"  // what curl --data-binary says
        if asForm {
            type = "multipart/form-data; boundary=b"
            body =
                Array("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n".utf8)
                + body + Array("\r\n--b--\r\n".utf8)
        }
        let answer = await server.post("/v1/models/shades/predict", type: type, body)
        #expect(answer.status == 200, "\(answer.text)")
        let source = try PictureSource([path], shape: [8, 8, 1])
        let batch = try #require(try source.batch([0], nil))
        let wanted = try ModelFile(place.path).model.predict(batch.inputs[0]).scalars
        let best = try answer.json["predictions"]?.elements?.first?["probability"]?.number
        #expect(best.map { Float($0) } == wanted.max())
    }

    @Test("A mask has the picture's size, as base64 in JSON or as a PNG file where that is asked for")
    func masks() async throws {
        let folder = try ServedFolder()
        let server = try folder.server([folder.masks()])
        let body = try PictureFile.encode(picture(20, 30), as: .png)
        let answer = await server.post("/v1/models/masks/predict", body)
        #expect(answer.status == 200, "\(answer.text)")
        let row = try #require(try answer.json["predictions"]?.elements?.first)
        let png = try #require(row["mask"]?.text.flatMap { Data(base64Encoded: $0) })
        let mask = try PictureFile.readMask(Array(png))
        #expect((mask.height, mask.width) == (20, 30))
        let share = Double(mask.pixels.count { $0 == 1 }) / 600
        #expect(abs((row["classes"]?["square"]?.number ?? -1) - share) < 1e-6)
        let file = await server.ask(.post, "/v1/models/masks/predict", [.accept: "image/png"], body)
        #expect(file.reply.headers[.contentType] == "image/png")
        #expect(try PictureFile.readMask(Array(file.reply.body.readableBytesView)) == mask)
    }

    @Test("Objects have boxes in the pixels of the picture that was sent")
    func objects() async throws {
        let folder = try ServedFolder()
        let place = try folder.detector()
        let server = try folder.server([place])
        let picture = picture(48, 96)
        let answer = await server.post(
            "/v1/models/objects/predict?threshold=0", try PictureFile.encode(picture, as: .png))
        #expect(answer.status == 200, "\(answer.text)")
        let objects = try #require(try answer.json["predictions"]?.elements?.first?["objects"]?.elements)
        let wanted = try #require(try ModelFile(place.path).detector()).detections(in: picture)
        #expect(objects.count == wanted.count && !wanted.isEmpty)
        for (object, detection) in zip(objects, wanted) {
            #expect(object["class"] == .text(["cat", "dog"][detection.label]))
            let right = try #require(object["box"]?["right"]?.number)
            #expect(abs(Float(right) - detection.box.right) < 1e-2)
        }
        let none = await server.post(
            "/v1/models/objects/predict?threshold=1", try PictureFile.encode(picture, as: .png))
        #expect(try none.json["predictions"]?.elements?.first?["objects"] == .list([]))
    }

    @Test("A language model goes on with a prompt, the same for the same seed")
    func language() async throws {
        let folder = try ServedFolder()
        let server = try folder.server([folder.language()])
        let body = #"{"prompt": "word1 word2", "length": 5, "temperature": 0.5, "seed": 3}"#
        let one = await server.post("/v1/models/words/predict", json: body)
        let two = await server.post("/v1/models/words/predict", json: body)
        #expect(one.status == 200 && one.text == two.text, "\(one.text)")
        let text = try one.json["predictions"]?.elements?.first?["text"]?.text
        #expect(text?.split(separator: " ").count == 5)
        let unknown = await server.post("/v1/models/words/predict", json: #"{"prompt": "xyz"}"#)
        #expect(unknown.status == 400 && unknown.error.contains("knows nothing"))
        let long = await server.post("/v1/models/words/predict", json: #"{"prompt": "word1", "length": 1e6}"#)
        #expect(long.status == 400 && long.error.contains("length"))
    }

    @Test("What is wrong is said, with the status that fits", arguments: wrong)
    func errors(_ wrong: Wrong) async throws {
        let folder = try ServedFolder()
        let server = try folder.server([folder.classifier(), folder.pictures()])
        let answer = await server.ask(wrong.method, wrong.path, wrong.headers, wrong.body)
        #expect(answer.status == wrong.status, "\(answer.text)")
        #expect(answer.error.contains(wrong.words), "\(answer.text)")
    }

    struct Wrong: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var method: HTTPRequest.Method = .post
        var path = PredictTests.path
        var headers: HTTPFields = [:]
        var body: [UInt8] = []
        let status: Int
        let words: String
    }

    private static func json(_ name: String, _ text: String, _ words: String) -> Wrong {
        Wrong(
            testDescription: name, headers: [.contentType: "application/json"], body: Array(text.utf8),
            status: 400, words: words)
    }

    /// The header of a PNG file of 100,000 × 100,000 pixels in a few bytes, as bombs have it.
    private static let bomb: [UInt8] = {
        let header: [UInt8] = Array("IHDR".utf8) + [0, 1, 0x86, 0xA0, 0, 1, 0x86, 0xA0, 8, 2, 0, 0, 0]
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in header {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        let check = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: ~crc >> $0) }
        let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        let data: [UInt8] = [0, 0, 0, 64] + Array("IDAT".utf8) + [UInt8](repeating: 0, count: 68)
        return signature + [0, 0, 0, 13] + header + check + data
    }()

    static let wrong: [Wrong] = [
        Wrong(
            testDescription: "an unknown model", path: "/v1/models/nobody/predict", status: 404,
            words: "expected one of flowers, shades"),
        Wrong(testDescription: "an unknown path", path: "/v1/nothing/x/y", status: 404, words: "nothing at"),
        Wrong(testDescription: "another method", method: .get, status: 405, words: "expected POST"),
        Wrong(testDescription: "no body", status: 400, words: "empty"),
        Wrong(
            testDescription: "a body of another kind", body: Array("hello".utf8), status: 415,
            words: "expected a picture"),
        json("a wrong shape", #"{"inputs": [1, 2, 3]}"#, "expected 4, or several in one list, got 3"),
        json("a text in place of numbers", #"{"inputs": "abc"}"#, "got a text"),
        json("NaN", #"{"inputs": [1, NaN, 2, 3]}"#, "NaN and Infinity are none"),
        json("JSON that is cut off", #"{"inputs": [1, 2"#, "is not valid"),
        json("no inputs", "{}", "one of the members inputs"),
        json("a text for numbers", #"{"text": "abc"}"#, "takes no texts"),
        Wrong(
            testDescription: "NaN in an array", body: Tensor([1, .nan, 2, 3]).numPyBytes, status: 400,
            words: "NaN or infinity"),
        Wrong(
            testDescription: "a wrong query", path: path + "?top=none",
            body: Tensor([1, 2, 3, 4]).numPyBytes,
            status: 400, words: "top: expected"),
        Wrong(
            testDescription: "a picture for numbers", headers: [.contentType: "image/png"], body: bomb,
            status: 400, words: "takes no pictures"),
        Wrong(
            testDescription: "a picture of too many pixels", path: "/v1/models/shades/predict", body: bomb,
            status: 400, words: "pixels"),
        Wrong(
            testDescription: "a damaged picture", path: "/v1/models/shades/predict",
            body: Array([0xFF, 0xD8, 0xFF, 0xE0, 0, 1]), status: 400, words: "picture"),
        Wrong(
            testDescription: "a body that says it is larger than it may be",
            headers: [.contentLength: "104857600"], status: 413, words: "at most 16777216 bytes"),
        Wrong(
            testDescription: "a body larger than it may be", body: Array(repeating: 0, count: 16 << 20 + 1),
            status: 413, words: "too large"),
    ]

    @Test("Bodies of more memory than all may have together are refused until others are answered")
    func memory() async throws {
        let folder = try ServedFolder()
        let place = try folder.classifier()
        let server = try folder.server([place]) { $0.memoryLimit = 100 }
        let body = Tensor([1, 2, 3, 4]).numPyBytes
        #expect(body.count > 100)
        #expect(await server.post(Self.path, body).status == 503)
        #expect(await server.post(Self.path, json: #"{"inputs": [1, 2, 3, 4]}"#).status == 200)
    }

    @Test("Where there is an API key, everything but health and the page needs it")
    func key() async throws {
        let folder = try ServedFolder()
        let place = try folder.classifier()
        let server = try folder.server([place]) { $0.apiKey = "secret" }
        for path in ["/v1/models", "/metrics", "/v2/models/flowers", "/openapi.json", "/v1/latency"] {
            let refused = await server.get(path)
            #expect(refused.status == 401 && refused.reply.headers[.wwwAuthenticate] == "Bearer", "\(path)")
            #expect(await server.get(path, [.authorization: "Bearer secrets"]).status == 401)
            #expect(await server.get(path, [.authorization: "Bearer secret"]).status == 200, "\(path)")
        }
        for path in ["/health/live", "/health/ready", "/", "/page.js"] {
            #expect(await server.get(path).status == 200, "\(path)")
        }
        let key = try #require(HTTPField.Name("X-API-Key"))
        #expect(await server.get("/v1/models", [key: "secret"]).status == 200)
    }
}
