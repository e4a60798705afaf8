import Cognitron
import Foundation
import Testing

@testable import CognitronONNX

/// Runs the operators on the cases of the Python package onnx:
///
///     python -m onnx.backend.test.cmd_tools generate-data -o CASES
///     COGNITRON_ONNX_NODES=CASES/node swift test --filter NodeTests
@Suite("Operators of ONNX files")
struct NodeTests {
    static let folder = ProcessInfo.processInfo.environment["COGNITRON_ONNX_NODES"]

    enum Verdict {
        case passed
        case refused(String)
        case failed(String)
    }

    @Test("Each of the package's cases passes or is refused", .enabled(if: folder != nil))
    func cases() throws {
        let root = Self.folder ?? ""
        var (passed, refused, failed) = (0, [String: [String]](), [(String, String)]())
        let only = ProcessInfo.processInfo.environment["COGNITRON_ONNX_ONLY"]
        for name in try FileManager.default.contentsOfDirectory(atPath: root).sorted() {
            if let only, !name.contains(only) { continue }
            switch Self.verdict(CaseFolder(path: "\(root)/\(name)")) {
            case .passed: passed += 1
            case .refused(let why): refused[why, default: []].append(name)
            case .failed(let why): failed.append((name, why))
            }
        }
        let refusedCount = refused.values.reduce(0) { $0 + $1.count }
        print("passed \(passed), refused \(refusedCount), failed \(failed.count)")
        for (why, names) in refused.sorted(by: { ($1.value.count, $0.key) < ($0.value.count, $1.key) }) {
            print("refused \(names.count): \(why) (\(names.prefix(3).joined(separator: ", ")))")
        }
        for (name, why) in failed { print("failed \(name): \(why)") }
        #expect(passed >= 250)
        #expect(failed.isEmpty)
    }

    static func verdict(_ folder: CaseFolder) -> Verdict {
        let outputs: [ONNXTensor]
        let expected: [ONNXTensor]
        do {
            let file = try ONNXFile(contentsOf: folder.path + "/model.onnx")
            let inputs = try folder.tensors("input")
            expected = try folder.tensors("output")
            outputs = try GraphRunner(file).run(inputs)
        } catch { return .refused("\(error)".replacing(/^.*model.onnx/, with: "")) }
        guard outputs.count == expected.count else { return .failed("\(outputs.count) outputs") }
        for (a, b) in zip(outputs, expected) {
            guard a.shape == b.shape else { return .failed("shape \(a.shape), expected \(b.shape)") }
            guard a.type == b.type else { return .failed("type \(a.type), expected \(b.type)") }
            // The package's own tolerance; of half precision, two units of the last place.
            let relative: Float = b.type == .bfloat16 ? 0x1p-6 : b.type == .float16 ? 0x1p-9 : 1e-3
            for (x, y) in zip(a.tensor.scalars, b.tensor.scalars) {
                let isEqual = x == y || x.isNaN && y.isNaN || abs(x - y) <= 1e-7 + relative * abs(y)
                if !isEqual { return .failed("\(x), expected \(y)") }
            }
        }
        return .passed
    }
}
