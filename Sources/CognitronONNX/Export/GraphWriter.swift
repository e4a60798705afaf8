import Cognitron
import Foundation

/// Collects the nodes and constants of an exported graph.
///
/// Values go by name. Constants that are equal are written once.
final class GraphWriter {
    private(set) var nodes: [Onnx_NodeProto] = []
    private(set) var initializers: [Onnx_TensorProto] = []
    /// The path of the layer that is being exported, the prefix of new names.
    var scope = ""
    private var takenNames: Set<String> = []
    private var constantNames: [String: String] = [:]

    /// Reserves a name: the given one, or with a number behind it.
    func unique(_ name: String) -> String {
        if takenNames.insert(name).inserted { return name }
        var number = 1
        while !takenNames.insert("\(name)_\(number)").inserted { number += 1 }
        return "\(name)_\(number)"
    }

    /// Adds a node with several outputs and returns their names. An input that is left out is "".
    func nodes(
        _ type: String, _ inputs: [String], _ attributes: [String: NodeAttribute] = [:], outputs count: Int
    ) -> [String] {
        var node = Onnx_NodeProto()
        node.opType = type
        node.name = unique(scope.isEmpty ? type : "\(scope)/\(type)")
        node.input = inputs
        while node.input.last == "" { node.input.removeLast() }
        node.output = (0..<count).map { unique($0 == 0 ? "\(node.name):0" : "\(node.name):\($0)") }
        node.attribute = attributes.sorted { $0.key < $1.key }.map { $0.value.proto(named: $0.key) }
        nodes.append(node)
        return node.output
    }

    /// Adds a node and returns the name of its output.
    func node(_ type: String, _ inputs: String..., attributes: [String: NodeAttribute] = [:]) -> String {
        nodes(type, inputs, attributes, outputs: 1)[0]
    }

    /// The graph of the nodes that a closure adds, which may read values from outside it.
    ///
    /// - Parameters:
    ///   - inputs: the names of the graph's inputs.
    ///   - build: returns the names of its outputs.
    func graph(_ inputs: [String], _ build: () throws -> [String]) rethrows -> Onnx_GraphProto {
        let start = nodes.count
        let outputs = try build()
        var graph = Onnx_GraphProto()
        graph.name = unique("\(scope)/body")
        graph.node = Array(nodes[start...])
        nodes.removeSubrange(start...)
        func info(_ name: String) -> Onnx_ValueInfoProto {
            var info = Onnx_ValueInfoProto()
            info.name = name
            info.type.tensorType.elemType = Int32(Onnx_TensorProto.DataType.float.rawValue)
            return info
        }
        graph.input = inputs.map(info)
        graph.output = outputs.map(info)
        return graph
    }

    // MARK: - Constants

    /// A constant of floats, written once for equal numbers.
    func constant(_ tensor: Tensor) -> String {
        constant(tensor, named: "constant", key: "floats \(tensor.shape) \(tensor.scalars)")
    }

    /// A constant of floats, written once for a key.
    func constant(_ tensor: Tensor, named name: String, key: String) -> String {
        constant(key, name, tensor.shape, .float) { tensor.withUnsafeScalars { Data(buffer: $0) } }
    }

    func constant(_ scalar: Float) -> String { constant(Tensor(scalar)) }

    /// A constant list of whole numbers: shapes, axes, indices.
    func constant(_ integers: [Int]) -> String { constant(integers, shape: [integers.count]) }

    func constant(_ integers: [Int], shape: Shape) -> String {
        constant("integers \(shape) \(integers)", "constant", shape, .int64) {
            integers.map { Int64($0).littleEndian }.withUnsafeBufferPointer { Data(buffer: $0) }
        }
    }

    private func constant(
        _ key: String, _ name: String, _ shape: Shape, _ type: Onnx_TensorProto.DataType, _ data: () -> Data
    ) -> String {
        if let known = constantNames[key] { return known }
        var proto = Onnx_TensorProto()
        proto.name = unique(name)
        proto.dataType = Int32(type.rawValue)
        proto.dims = shape.map(Int64.init)
        proto.rawData = data()
        initializers.append(proto)
        constantNames[key] = proto.name
        return proto.name
    }

    /// The last node's output gets a name of its own, where no other use forbids it; else a copy does.
    func rename(_ value: String, to name: String) -> Bool {
        guard nodes.contains(where: { $0.output.contains(value) }) else { return false }
        for index in nodes.indices {
            nodes[index].input = nodes[index].input.map { $0 == value ? name : $0 }
            nodes[index].output = nodes[index].output.map { $0 == value ? name : $0 }
        }
        return true
    }
}

// MARK: - Usual nodes

extension GraphWriter {
    func transpose(_ value: String, _ order: [Int]) -> String {
        order == Array(order.indices) ? value : node("Transpose", value, attributes: ["perm": .ints(order)])
    }

    /// - Parameter sizes: 0 keeps the input's size, -1 takes what is left.
    func reshape(_ value: String, _ sizes: [Int]) -> String { node("Reshape", value, constant(sizes)) }

    func slice(_ value: String, axis: Int, _ range: Range<Int>) -> String {
        node(
            "Slice", value, constant([range.lowerBound]), constant([range.upperBound]), constant([axis]))
    }

    func concat(_ values: [String], axis: Int) -> String {
        values.count == 1 ? values[0] : nodes("Concat", values, ["axis": .int(axis)], outputs: 1)[0]
    }

    func unsqueeze(_ value: String, axes: [Int]) -> String { node("Unsqueeze", value, constant(axes)) }
    func squeeze(_ value: String, axes: [Int]) -> String { node("Squeeze", value, constant(axes)) }

    /// To 64-bit whole numbers.
    func integers(_ value: String) -> String {
        node("Cast", value, attributes: ["to": .int(Onnx_TensorProto.DataType.int64.rawValue)])
    }

    func floats(_ value: String) -> String {
        node("Cast", value, attributes: ["to": .int(Onnx_TensorProto.DataType.float.rawValue)])
    }

    /// The sum over axes, which in opset 17 are an input.
    func sum(_ value: String, axes: [Int], keepingDimensions: Bool = false) -> String {
        node("ReduceSum", value, constant(axes), attributes: ["keepdims": .int(keepingDimensions ? 1 : 0)])
    }

    /// Another reduction over axes, which in opset 17 are an attribute.
    func reduce(_ type: String, _ value: String, axes: [Int], keepingDimensions: Bool = false) -> String {
        node(type, value, attributes: ["axes": .ints(axes), "keepdims": .int(keepingDimensions ? 1 : 0)])
    }

    /// The sizes of a value, as a list of whole numbers.
    func shape(_ value: String, _ axes: Range<Int>? = nil) -> String {
        guard let axes else { return node("Shape", value) }
        return node(
            "Shape", value, attributes: ["start": .int(axes.lowerBound), "end": .int(axes.upperBound)])
    }
}
