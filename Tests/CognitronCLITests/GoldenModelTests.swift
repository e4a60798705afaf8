import Foundation
import Testing

/// Files that earlier versions have written: whatever changes, they predict what they predicted.
@Suite("Models of earlier versions")
struct GoldenModelTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures").path

    @Test("A perceptron for Boston's houses, of format 2")
    func table() throws {
        let result = try Program().run(
            "predict", "\(Self.folder)/model-format-2.safetensors", "0", "1", "2", "--format", "csv")
        try #require(result.status == 0, "\(result.errors)")
        let rows = result.output.split(separator: "\n").dropFirst().compactMap { row in
            row.split(separator: ",").last.flatMap { Float($0) }
        }
        #expect(rows.count == 3)
        for (value, expected) in zip(rows, [4.2138596, 18.951738, 18.954773] as [Float]) {
            #expect(abs(value - expected) < 1e-3)
        }
    }
}
