import Cognitron
import CognitronData
import Foundation
import Testing

/// The files of Fixtures, and what Pillow reads in them (Scripts/make-picture-fixtures.py).
enum Fixtures {
    private struct Expected: Decodable {
        let shape: [Int]
        let pixels: Data
    }

    private static let expected: [String: Expected] = {
        let file = folder.appendingPathComponent("pixels.json")
        let data = try? Data(contentsOf: file)
        return data.flatMap { try? JSONDecoder().decode([String: Expected].self, from: $0) } ?? [:]
    }()

    static var folder: URL { Bundle.module.bundleURL.appendingPathComponent("Fixtures") }

    static func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
    }

    /// The pixels that Pillow reads.
    static func pixels(_ name: String) throws -> Picture {
        let expected = try #require(expected[name], "\(name) in pixels.json")
        return Picture(
            height: expected.shape[0], width: expected.shape[1], channels: expected.shape[2],
            pixels: [UInt8](expected.pixels))
    }

    static var resizedNames: [String] { expected.keys.filter { $0.hasPrefix("resized/") }.sorted() }
}

/// What `body` throws, which must be a `CognitronError`.
func error(
    _ sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> some Any
) -> CognitronError? {
    #expect(throws: CognitronError.self, sourceLocation: sourceLocation) { _ = try body() }
}
