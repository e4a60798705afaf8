import Cognitron

/// Shapes of outputs that follow from those of inputs alone, so that no numbers are needed to know them.
enum OperatorShapes {
    /// Operators of each element by itself, which work in any order of the axes.
    static let elementwise: Set<String> = Set(Operators.unary.keys).union(Operators.binary.keys)
        .union(Operators.logic.keys)

    /// The type of an elementwise operator's output.
    static func type(_ node: ONNXNode, _ inputs: [ElementType]) throws -> ElementType {
        switch node.type {
        case "Cast": try ElementType(code: node.int("to", 1), "Cast")
        case "CastLike" where inputs.count > 1: inputs[1]
        case "Where" where inputs.count > 1: inputs[1]
        case "Not", "IsNaN", "IsInf", "Equal", "Greater", "Less", "GreaterOrEqual", "LessOrEqual", "And",
            "Or", "Xor":
            .bool
        default: inputs.first ?? .float
        }
    }

    /// The shape of a node's only output; nil where a run has to tell it.
    static func known(_ node: ONNXNode, _ inputs: [Shape?]) throws -> Shape? {
        let given = inputs.compactMap { $0 }
        guard node.outputs.count == 1, let first = given.first, inputs[0] != nil else { return nil }
        if elementwise.contains(node.type) {
            let isUnary = Operators.unary[node.type] != nil
            return isUnary ? try OperatorCall.shape(Array(first)) : try OperatorCall.broadcast(given)
        }
        guard node.type == "MatMul", given.count == 2, given.allSatisfy({ $0.rank >= 2 }) else { return nil }
        let (a, b) = (given[0], given[1])
        guard a[a.rank - 1] == b[b.rank - 2] else { throw ImportProblem("the product of \(a) and \(b)") }
        let stack = try OperatorCall.broadcast([Shape(a.dropLast(2)), Shape(b.dropLast(2))])
        return try OperatorCall.shape(Array(stack) + [a[a.rank - 2], b[b.rank - 1]])
    }
}
