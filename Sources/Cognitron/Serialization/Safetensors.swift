/// A file of named tensors in Hugging Face's safetensors format: a length, a JSON header with every tensor's
/// position, and the numbers.
///
///     try Safetensors(tensors: ["kernel": kernel], metadata: ["author": "Ada"]).write(to: "w.safetensors")
///     let file = try Safetensors(contentsOf: "w.safetensors")
///     for (name, conversion) in file.conversions { print(name, conversion) }     // kernel F16
///
/// Writes 32-bit floats (F32). Reads F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8 and BOOL as
/// 32-bit floats: F64 is rounded to the nearest one; whole numbers must be exact.
///
/// - Source: the safetensors format description, version 0.4.
public struct Safetensors: Sendable {
    public var tensors: [String: Tensor]
    public var metadata: [String: String]

    /// The conversions of tensors that the file holds in another type than F32, by name.
    public internal(set) var conversions: [String: Conversion] = [:]

    public init(tensors: [String: Tensor], metadata: [String: String] = [:]) {
        self.tensors = tensors
        self.metadata = metadata
    }

    /// The conversion of a tensor's numbers to 32-bit floats.
    public struct Conversion: Sendable, Equatable, CustomStringConvertible {
        /// The type in the file, as the format spells it: `F16`, `I64`, …
        public let storedType: String
        /// The number of elements that were rounded to the nearest 32-bit float. Above 0 for F64 only.
        public let roundedCount: Int

        /// "F16", or "F64, 3 numbers rounded".
        public var description: String {
            switch roundedCount {
            case 0: storedType
            case 1: "\(storedType), 1 number rounded"
            default: "\(storedType), \(roundedCount) numbers rounded"
            }
        }
    }

    /// The header's key of the metadata, which cannot be a tensor's name.
    static let metadataKey = "__metadata__"

    /// The largest header the format allows, in bytes.
    static let largestHeader = 100_000_000
}
