import Cognitron
import CognitronData

/// A file that `torch.save` wrote: a zip archive of a pickle, `data.pkl`, and the bytes of each storage.
///
/// The pickle is read without running anything; one that calls for more than tensors is refused, and what it
/// calls for is named. Takes at most three times the file's size.
///
/// - Source: torch/serialization.py; torch/csrc/jit/serialization (the archive's form).
public struct TorchFile: Sendable {
    public var tensors: [String: Tensor]
    /// The names of what else the file holds, such as `epoch` and `optimizer`.
    public var others: [String] = []
    /// The types in the file by tensor, `HalfStorage` for example.
    var types: [String: String] = [:]

    public init(tensors: [String: Tensor]) { self.tensors = tensors }

    /// The storages' types, as the format names them.
    static let storages: [String: StoredNumber] = [
        "DoubleStorage": .float64, "FloatStorage": .float32, "HalfStorage": .float16,
        "BFloat16Storage": .bfloat16, "LongStorage": .int64, "IntStorage": .int32, "ShortStorage": .int16,
        "CharStorage": .int8, "ByteStorage": .uint8, "BoolStorage": .bool,
    ]

    static let rebuild = "torch._utils._rebuild_tensor_v2"
    static let orderedDictionary = "collections.OrderedDict"

    static func damaged(_ path: String, _ problem: String) -> CognitronError {
        CognitronError(
            .file, path, problem, expected: "a state dictionary, as torch.save(model.state_dict(), …) writes",
            advice: "save it so")
    }
}
