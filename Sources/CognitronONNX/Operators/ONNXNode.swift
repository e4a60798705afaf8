import Cognitron
import Foundation

/// A node of a file: an operator, its arguments and the names of the values that it reads and gives.
struct ONNXNode: Sendable {
    let proto: Onnx_NodeProto
    /// The version of the operator set that the file asks for.
    let opset: Int

    var type: String { proto.opType }
    /// Its name, or that of its first output.
    var name: String { proto.name.isEmpty ? proto.output.first ?? "" : proto.name }
    var inputs: [String] { proto.input }
    var outputs: [String] { proto.output }

    private func attribute(_ name: String) -> Onnx_AttributeProto? {
        proto.attribute.first { $0.name == name }
    }

    func has(_ name: String) -> Bool { attribute(name) != nil }
    func int(_ name: String, _ standard: Int = 0) -> Int { attribute(name).map { Int($0.i) } ?? standard }
    func ints(_ name: String) -> [Int]? { attribute(name).map { $0.ints.map(Int.init) } }
    func float(_ name: String, _ standard: Float) -> Float { attribute(name)?.f ?? standard }
    func floats(_ name: String) -> [Float]? { attribute(name)?.floats }
    func string(_ name: String, _ standard: String = "") -> String {
        attribute(name).map { String(decoding: $0.s, as: UTF8.self) } ?? standard
    }
    func strings(_ name: String) -> [String]? {
        attribute(name).map { $0.strings.map { String(decoding: $0, as: UTF8.self) } }
    }
    func tensor(_ name: String) throws -> ONNXTensor? {
        try attribute(name).map { try ONNXTensor($0.t, folder: nil) }
    }
}

/// A node with the values of its inputs.
struct OperatorCall {
    let node: ONNXNode
    /// nil for inputs that are left out.
    let inputs: [ONNXTensor?]

    /// The largest number of elements that a value may have: less while a file is read than in a model that
    /// runs.
    @TaskLocal static var largestCount = 1 << 31

    func input(_ number: Int) throws -> ONNXTensor {
        guard let input = optional(number) else { throw ImportProblem("input \(number + 1) is missing") }
        return input
    }

    func optional(_ number: Int) -> ONNXTensor? { inputs.indices.contains(number) ? inputs[number] : nil }

    /// Whole numbers that are an attribute in old operator sets and an input in new ones.
    func integers(_ name: String, input number: Int) -> [Int]? {
        node.ints(name) ?? optional(number)?.integers
    }

    /// An axis counted from the start; throws where the rank has none such.
    func axis(_ axis: Int, rank: Int) throws -> Int {
        let own = axis < 0 ? axis + rank : axis
        guard (0..<max(rank, 1)).contains(own) else {
            throw ImportProblem("axis \(axis) of a value with \(rank) axes")
        }
        return own
    }

    func axes(_ axes: [Int], rank: Int) throws -> [Int] {
        let own = try axes.map { try axis($0, rank: rank) }
        guard Set(own).count == own.count else { throw ImportProblem("an axis is named twice: \(axes)") }
        return own
    }

    /// A shape whose sizes can be held; throws for others before anything is allocated.
    static func shape(_ sizes: [Int]) throws -> Shape {
        var count = 1
        for size in sizes {
            guard size >= 0 else { throw ImportProblem("a size of \(size)") }
            let (product, overflow) = count.multipliedReportingOverflow(by: Swift.max(size, 1))
            guard !overflow, product <= largestCount else {
                throw ImportProblem("a value of more than \(largestCount) elements")
            }
            count = product
        }
        return Shape(sizes)
    }

    /// The shape that shapes broadcast to.
    static func broadcast(_ shapes: [Shape]) throws -> Shape {
        let rank = shapes.map(\.rank).max() ?? 0
        var sizes = [Int](repeating: 1, count: rank)
        for shape in shapes {
            for (axis, size) in zip(rank - shape.rank..<rank, shape) where size != 1 {
                guard sizes[axis] == 1 || sizes[axis] == size else {
                    throw ImportProblem(
                        "shapes that do not broadcast: \(shapes.map(\.description).joined(separator: ", "))")
                }
                sizes[axis] = size
            }
        }
        return try shape(sizes)
    }
}

/// The operators that imports compute with, by name.
enum Operators {
    typealias Operation = @Sendable (OperatorCall) throws -> [ONNXTensor]

    static let all: [String: Operation] = [
        unary, binary, logic, reductions, shapes, indexing, products, convolutions, poolings, normalizations,
        recurrences, resampling, selections,
    ].reduce(into: [:]) { $0.merge($1) { first, _ in first } }

    /// Runs a node.
    static func run(_ node: ONNXNode, _ inputs: [ONNXTensor?]) throws -> [ONNXTensor] {
        guard node.proto.domain.isEmpty || node.proto.domain == "ai.onnx", let operation = all[node.type]
        else {
            throw ImportProblem("no such operator: \(node.type)")
        }
        return try operation(OperatorCall(node: node, inputs: inputs))
    }
}
