import Cognitron
import CognitronData
import Foundation
import Testing

@Suite("The README's example")
struct ReadmeTests {
    private static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    @Test("is the code that is compiled here")
    func isCompiled() throws {
        let readme = try String(contentsOf: Self.repository.appending(path: "README.md"), encoding: .utf8)
        let source = try String(
            contentsOf: Self.repository.appending(path: "Tests/CognitronModelsTests/ReadmeExample.swift"),
            encoding: .utf8)
        let begin = try #require(source.range(of: "    // README begins\n"))
        let end = try #require(source.range(of: "    // README ends\n"))
        let code = source[begin.upperBound..<end.lowerBound].split(separator: "\n").map { $0.dropFirst(4) }
        #expect(readme.contains("import Cognitron\nimport CognitronData\n\n" + code.joined(separator: "\n")))
    }

    @Test("runs, and predicts probabilities")
    func runs() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "readme-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let previous = FileManager.default.currentDirectoryPath
        #expect(FileManager.default.changeCurrentDirectoryPath(folder.path))
        defer { _ = FileManager.default.changeCurrentDirectoryPath(previous) }
        let probabilities = try readmeExample()
        #expect(probabilities.shape == [4, 10])
        #expect(probabilities.sum(axis: 1).isClose(to: .ones([4]), absolute: 1e-5))
        #expect(FileManager.default.fileExists(atPath: folder.appending(path: "shapes.safetensors").path))
    }
}
