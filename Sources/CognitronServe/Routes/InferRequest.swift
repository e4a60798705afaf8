import Cognitron
import CognitronData

/// A request of KServe's protocol, version 2: tensors for a model's inputs.
///
///     {"id": "7", "inputs": [{"name": "input", "shape": [1, 4], "datatype": "FP32", "data": [0, 1, 2, 3]}]}
///
/// With the extension for binary tensors, `Inference-Header-Content-Length` says where the JSON ends; the
/// elements of inputs with a `binary_data_size` follow it, little-endian, in the inputs' order.
///
/// - Source: KServe, "Open Inference Protocol"; Triton, "Binary tensor data extension".
struct InferRequest {
    let id: String?
    /// In the order of the model's inputs.
    let inputs: [Tensor]
    /// The outputs that are asked for, in that order; nil for all.
    let outputs: [WantedOutput]?
    /// Whether outputs are binary that do not say.
    let isBinary: Bool

    struct WantedOutput: Equatable {
        let name: String
        let isBinary: Bool?
    }

    private static func wrong(_ message: String) -> ServeError { ServeError(.badRequest, message) }

    /// - Parameter headerLength: the length of the JSON; nil where it is the whole body.
    /// - Throws: `ServeError` or `CognitronError` where the body is none for the model.
    init(_ body: [UInt8], headerLength: Int?, for model: ServedModel) throws {
        let length = headerLength ?? body.count
        guard (0...body.count).contains(length) else {
            throw Self.wrong(
                "Inference-Header-Content-Length: expected at most \(body.count), got \(length)")
        }
        let json = try JSONReader.read(Array(body[..<length]))
        guard case .list(let list)? = json["inputs"], !list.isEmpty else {
            throw Self.wrong("inputs: expected a list of tensors")
        }
        switch json["id"] {
        case nil, .null?: id = nil
        case .text(let text)?: id = text
        case let other?: throw Self.wrong("id: expected a text, got \(other.kind)")
        }
        var rest = body[length...]
        let tensors = try list.map { try Self.named($0, &rest) }
        guard rest.isEmpty else {
            throw Self.wrong("the body has \(rest.count) bytes that belong to no input")
        }
        inputs = try Self.ordered(tensors, model)
        isBinary = json["parameters"]?["binary_data_output"]?.bool ?? false
        outputs = try Self.outputs(json["outputs"], model)
    }

    // MARK: - Inputs

    private static func named(
        _ json: RequestJSON, _ rest: inout ArraySlice<UInt8>
    ) throws -> (name: String, tensor: Tensor) {
        guard let name = json["name"]?.text else { throw wrong("inputs: expected a name") }
        guard let word = json["datatype"]?.text, let type = TensorType(rawValue: word) else {
            let known = TensorType.allCases.map(\.rawValue).joined(separator: ", ")
            throw wrong("\(name): expected a datatype of \(known)")
        }
        let sizes = (json["shape"]?.elements ?? []).map(\.integer)
        guard !sizes.isEmpty, sizes.allSatisfy({ $0.map { $0 >= 0 } ?? false }),
            let count = Shape(sizes.compactMap { $0 }).checkedElementCount
        else { throw wrong("\(name): expected a shape of whole numbers") }
        let shape = Shape(sizes.compactMap { $0 })
        let numbers: [Float]
        if let size = json["parameters"]?["binary_data_size"]?.integer {
            guard size >= 0, size <= rest.count, size % type.size == 0 else {
                throw wrong("\(name): expected \(size) bytes of whole elements, got \(rest.count)")
            }
            numbers = type.floats(rest.prefix(size))
            rest = rest.dropFirst(size)
        } else {
            numbers = try self.numbers(json["data"], name)
        }
        guard numbers.count == count else {
            throw wrong("\(name): expected \(count) elements for the shape \(shape), got \(numbers.count)")
        }
        guard numbers.allSatisfy(\.isFinite) else {
            throw wrong("\(name): the numbers have NaN or infinity among them")
        }
        return (name, Tensor(numbers, shape: shape))
    }

    private static func numbers(_ data: RequestJSON?, _ name: String) throws -> [Float] {
        switch data {
        case .numbers(let numbers, _)?: return numbers
        case .list(let values)?:
            return try values.map { value in
                switch value {
                case .bool(let truth): return truth ? 1 : 0
                default: throw wrong("\(name): expected numbers, got \(value.kind)")
                }
            }
        default: throw wrong("\(name): expected data, a list of numbers")
        }
    }

    private static func ordered(
        _ tensors: [(name: String, tensor: Tensor)], _ model: ServedModel
    ) throws -> [Tensor] {
        let names = model.inputNames
        let inputs = try names.enumerated().map { index, name in
            guard let tensor = tensors.first(where: { $0.name == name })?.tensor else {
                throw wrong("there is no input \(name); expected \(names.joined(separator: ", "))")
            }
            guard tensor.shape.rank > 0, tensor.shape[0] > 0 else {
                throw wrong("\(name): expected samples (N, …), got \(tensor.shape)")
            }
            let sample = names.count == 1 ? model.sampleShape : nil
            guard let sample, Shape(tensor.shape.dropFirst()) != sample else { return tensor }
            throw wrong("\(name): expected the shape \(sample.batched(tensor.shape[0])), got \(tensor.shape)")
        }
        guard tensors.count == names.count, Set(inputs.map { $0.shape[0] }).count == 1 else {
            throw wrong(
                "expected the inputs \(names.joined(separator: ", ")) with the same number of samples")
        }
        return inputs
    }

    // MARK: - Outputs

    private static func outputs(_ json: RequestJSON?, _ model: ServedModel) throws -> [WantedOutput]? {
        guard let json, json != .null else { return nil }
        guard let list = json.elements else { throw wrong("outputs: expected a list") }
        guard !list.isEmpty else { return nil }
        let names = model.file.answering.outputNames
        return try list.map { output in
            guard let name = output["name"]?.text, names.contains(name) else {
                throw wrong("outputs: expected names among \(names.joined(separator: ", "))")
            }
            return WantedOutput(name: name, isBinary: output["parameters"]?["binary_data"]?.bool)
        }
    }
}

extension ServedModel {
    /// The inputs' names in KServe's protocol.
    var inputNames: [String] {
        let count = file.answering.inputCount
        return count == 1 ? ["input"] : (0..<count).map { "input_\($0)" }
    }
}
