import Cognitron

/// The types of numbers in ONNX files that this package reads. All are computed with as floats.
enum ElementType: Int, Sendable, Codable {
    case float = 1, uint8, int8, uint16, int16, int32, int64
    case bool = 9, float16, double, uint32, uint64
    case bfloat16 = 16

    init(code: Int, _ place: String) throws {
        guard let type = ElementType(rawValue: code) else {
            let name = Onnx_TensorProto.DataType(rawValue: code).map { "\($0)" } ?? "\(code)"
            throw ImportProblem("\(place): numbers of type \(name)")
        }
        self = type
    }

    var isFloating: Bool {
        switch self {
        case .float, .float16, .double, .bfloat16: true
        default: false
        }
    }

    /// The bytes of one number in a file.
    var size: Int {
        switch self {
        case .uint8, .int8, .bool: 1
        case .uint16, .int16, .float16, .bfloat16: 2
        case .float, .int32, .uint32: 4
        case .double, .int64, .uint64: 8
        }
    }

    var name: String { "\(self)" }
}

/// What a file asks for that this package does not do.
struct ImportProblem: Error, CustomStringConvertible {
    let description: String

    init(_ text: String) { description = text }
}

/// A tensor with its type in the file.
struct ONNXTensor: Sendable {
    var type: ElementType
    var tensor: Tensor

    init(_ tensor: Tensor, _ type: ElementType = .float) { (self.tensor, self.type) = (tensor, type) }

    init(integers: [Int]) { self.init(Tensor(integers.map(Float.init)), .int64) }

    init(_ truths: Tensor, isTruth: Bool) { self.init(truths, .bool) }

    var shape: Shape { tensor.shape }
    var rank: Int { tensor.rank }

    /// The elements as whole numbers; those beyond all sizes become the largest.
    var integers: [Int] {
        tensor.scalars.map { value in
            value.isNaN ? 0 : Int(Swift.max(-4e18, Swift.min(4e18, value.rounded(.towardZero))))
        }
    }

    /// The same with other elements.
    func with(_ tensor: Tensor) -> ONNXTensor { ONNXTensor(tensor, type) }
}
