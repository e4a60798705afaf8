import CognitronDetection
import CognitronModels
import Foundation
import Testing

@testable import Cognitron
@testable import CognitronONNX

/// Writes networks and layers for ONNX Runtime, which `Scripts/check-onnx.py` runs:
///
///     COGNITRON_ONNX_CASES=FOLDER swift test --filter ExportTableTests
///
/// Layers are those of the folder COGNITRON_LAYER_CASES, which the conformance tests write.
@Suite("Tables of exports")
struct ExportTableTests {
    private static func variable(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }
    static let folder = variable("COGNITRON_ONNX_CASES")
    static let layerFolder = variable("COGNITRON_LAYER_CASES")

    @Test("Every network is exported", .enabled(if: folder != nil))
    func networks() throws {
        let only = Self.variable("COGNITRON_ONNX_ONLY")
        for name in ModelName.registered where only == nil || name.name.contains(only ?? "") {
            do {
                let model = try Self.smallest(name)
                Self.initialize(model)
                let folder = CaseFolder(
                    path: "\(Self.folder ?? "")/model-\(name.name.replacing("/", with: "_"))")
                try folder.write(model, inputs: Self.inputs(of: model))
                let shapes = (model.declaredInputSizes ?? []).map(\.text).joined(separator: " and ")
                print("model \(name.name) of \(shapes): written")
            } catch {
                print("model \(name.name): \(error)")
            }
        }
    }

    @Test("Every layer's case is exported or refused", .enabled(if: folder != nil && layerFolder != nil))
    func layers() throws {
        let root = Self.layerFolder ?? ""
        for file in try FileManager.default.contentsOfDirectory(atPath: root).sorted()
        where file.hasSuffix(".safetensors") {
            let number = file.dropLast(".safetensors".count)
            var title = "case \(number)"
            do {
                let model = try Model.load("\(root)/\(file)")
                title = "\(model.layers.last?.typeName ?? ""): \(model.metadata["case"] ?? "")"
                let saved = try Safetensors(contentsOf: "\(root)/\(number).inputs").tensors
                let inputs = (0..<saved.count).compactMap { saved["\($0)"] }
                try CaseFolder(path: "\(Self.folder ?? "")/layer-\(number)").write(model, inputs: inputs)
                print("layer \(title): written")
            } catch {
                print("layer \(title): \("\(error)".replacing("\n", with: " "))")
            }
        }
    }

    /// The network for the smallest pictures that it takes of some usual sizes.
    static func smallest(_ name: ModelName) throws -> Model {
        let own = name.inputShape
        if own.rank == 3 {
            for size in [28, 32, 48, 64, 96, 128, 192] where size < own[0] {
                let shape: Shape = [size, size, own[2]]
                if let model = try? name.make(inputShape: shape, classCount: min(name.classCount, 5)) {
                    return model
                }
            }
        }
        return try name.make(classCount: name.classCount)
    }

    /// Gives every parameter numbers; biases, moving means and variances too.
    static func initialize(_ model: Model) {
        model.initialize(RandomKey(seed: 1))
        for (index, parameter) in model.allParameters.enumerated() where parameter.shape.rank < 2 {
            let noise = Tensor.randomUniform(parameter.shape, in: 0..<0.1, seed: UInt64(index))
            parameter.value = parameter.value + noise
        }
    }

    /// The sizes that inputs give to the free axes of a file.
    static func freeSizes(of path: String, _ inputs: [Tensor]) throws -> [String: Int] {
        var sizes: [String: Int] = [:]
        for (info, input) in zip(try ONNXFile(contentsOf: path).model.graph.input, inputs) {
            for (dimension, size) in zip(info.type.tensorType.shape.dim, input.shape).dropFirst() {
                if case .dimParam(let name) = dimension.value { sizes[name] = size }
            }
        }
        return sizes
    }

    /// Two samples: numbers, or tokens where layers read such.
    static func inputs(of model: Model) -> [Tensor] {
        let readers = model.parts.tokenReaders
        return (model.declaredInputSizes ?? []).enumerated().map { number, sizes in
            let shape = Shape(sizes.map { $0 ?? 12 })
            let batch = shape.batched(2)
            guard let reader = readers.first(where: { $0.input == number }) else {
                return .randomUniform(batch, seed: UInt64(number + 1))
            }
            let limit = Float(reader.layer.tokenCount)
            let tokens = Tensor.randomUniform(batch, in: 1..<limit, seed: UInt64(number + 1)).map {
                $0.rounded(.down)
            }
            guard shape.rank == 1, shape[0] > 3 else { return tokens }
            // The second sample ends early, in padding.
            var padded = tokens
            padded.assign(.zeros([1, 2]), axis: 1, shape[0] - 2..<shape[0], of: 1)
            return padded
        }
    }
}

extension Tensor {
    /// Sets some columns of one row.
    fileprivate mutating func assign(_ value: Tensor, axis: Int, _ range: Range<Int>, of row: Int) {
        var part = slice(axis: 0, row..<row + 1)
        part.assign(value, axis: axis, range)
        assign(part, axis: 0, row..<row + 1)
    }
}
