import Cognitron
import Foundation

/// An argument of a node.
enum NodeAttribute {
    case int(Int)
    case ints([Int])
    case float(Float)
    case floats([Float])
    case string(String)
    case strings([String])
    case graph(Onnx_GraphProto)

    /// The attribute as files hold it.
    func proto(named name: String) -> Onnx_AttributeProto {
        var proto = Onnx_AttributeProto()
        proto.name = name
        switch self {
        case .int(let value):
            proto.type = .int
            proto.i = Int64(value)
        case .ints(let values):
            proto.type = .ints
            proto.ints = values.map(Int64.init)
        case .float(let value):
            proto.type = .float
            proto.f = value
        case .floats(let values):
            proto.type = .floats
            proto.floats = values
        case .string(let value):
            proto.type = .string
            proto.s = Data(value.utf8)
        case .strings(let values):
            proto.type = .strings
            proto.strings = values.map { Data($0.utf8) }
        case .graph(let graph):
            proto.type = .graph
            proto.g = graph
        }
        return proto
    }
}

extension NodeAttribute: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral {
    init(integerLiteral value: Int) { self = .int(value) }
    init(floatLiteral value: Float) { self = .float(value) }
    init(stringLiteral value: String) { self = .string(value) }
}
