import Cognitron
import Foundation
import Testing

@testable import CognitronONNX

/// Imports the models of a folder of cases, as `Scripts/make-onnx-models.py` and ExportTableTests write them,
/// and compares what they predict:
///
///     COGNITRON_ONNX_MODELS=FOLDER swift test --filter ImportTableTests
@Suite("Table of imports")
struct ImportTableTests {
    static let folder = ProcessInfo.processInfo.environment["COGNITRON_ONNX_MODELS"]

    @Test("Every model is imported or refused", .enabled(if: folder != nil))
    func models() throws {
        let root = Self.folder ?? ""
        let only = ProcessInfo.processInfo.environment["COGNITRON_ONNX_ONLY"]
        for name in try FileManager.default.contentsOfDirectory(atPath: root).sorted() {
            if let only, !name.contains(only) { continue }
            print("import \(name): \(Self.verdict(CaseFolder(path: "\(root)/\(name)")))")
        }
    }

    static func verdict(_ folder: CaseFolder) -> String {
        do {
            let path = folder.path + "/model.onnx"
            let inputs = try folder.tensors("input").map(\.tensor)
            let sizes = try ExportTableTests.freeSizes(of: path, inputs)
            let model = try Model.load(onnx: path, sizes: sizes)
            let outputs = try model.predict(inputs)
            var worst: Float = 0
            for (a, b) in zip(outputs, try folder.tensors("output").map(\.tensor)) {
                guard a.shape == b.shape else { return "shape \(a.shape), expected \(b.shape)" }
                worst = max(worst, a.maximumDifference(from: b) / max(1, b.absolute.max()))
            }
            let layers = model.layers
            let operators = layers.compactMap { ($0 as? ONNXOperator)?.operatorType }
            let kinds = Dictionary(grouping: operators) { $0 }.map { "\($1.count) \($0)" }.sorted()
            let verdict = worst <= 1e-4 ? "equal" : "differs"
            return "\(verdict) \(worst), \(layers.count) layers, operators: \(kinds.joined(separator: ", "))"
        } catch { return "\(error)".replacing("\n", with: " ") }
    }
}
