import Cognitron
import Foundation

// Operators of the elements of two and more inputs, which broadcast.

extension Operators {
    private static func pair(_ function: @escaping @Sendable (Tensor, Tensor) -> Tensor) -> Operation {
        { call in
            let (a, b) = (try call.input(0), try call.input(1))
            _ = try OperatorCall.broadcast([a.shape, b.shape])
            return [a.with(function(a.tensor, b.tensor))]
        }
    }

    private static func each(
        _ function: @escaping @Sendable (ONNXNode, ElementType, Float, Float) throws -> Float
    ) -> Operation {
        { call in
            let (a, b) = (try call.input(0), try call.input(1))
            let result = try combined(a.tensor, b.tensor) { try function(call.node, a.type, $0, $1) }
            return [a.with(result)]
        }
    }

    /// A number as a whole one; 0 for what is none, and the largest for what is beyond.
    private static func whole(_ x: Float) -> Int {
        x.isNaN ? 0 : Int(Swift.max(-4e18, Swift.min(4e18, x.rounded(.towardZero))))
    }

    static func combined(_ a: Tensor, _ b: Tensor, _ function: (Float, Float) throws -> Float) throws
        -> Tensor
    {
        let shape = try OperatorCall.broadcast([a.shape, b.shape])
        let (x, y) = (a.broadcast(to: shape).scalars, b.broadcast(to: shape).scalars)
        return Tensor(try zip(x, y).map { try function($0, $1) }, shape: shape)
    }

    private static func all(_ function: @escaping @Sendable (Tensor, Tensor) -> Tensor) -> Operation {
        { call in
            let inputs = call.inputs.compactMap { $0 }
            _ = try OperatorCall.broadcast(inputs.map(\.shape))
            let first = try call.input(0)
            return [first.with(inputs.dropFirst().reduce(first.tensor) { function($0, $1.tensor) })]
        }
    }

    static let binary: [String: Operation] = [
        "Add": pair { $0 + $1 }, "Sub": pair { $0 - $1 }, "Mul": pair { $0 * $1 },
        "Div": { call in
            let (a, b) = (try call.input(0), try call.input(1))
            _ = try OperatorCall.broadcast([a.shape, b.shape])
            let quotient = a.tensor / b.tensor
            return [a.with(a.type.isFloating ? quotient : quotient.map { $0.rounded(.towardZero) })]
        },
        "Pow": each { _, type, x, y in
            let power = pow(x, y)
            return type.isFloating ? power : power.rounded(.towardZero)
        },
        "Mod": each { node, type, x, y in
            if node.int("fmod") != 0 { return fmod(x, y) }
            let rest = fmod(x, y)
            return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest
        },
        "PRelu": { call in
            let (x, slope) = (try call.input(0), try call.input(1))
            guard try OperatorCall.broadcast([x.shape, slope.shape]) == x.shape else {
                throw ImportProblem("a slope of shape \(slope.shape) for \(x.shape)")
            }
            return [x.with(x.tensor.maximum(0) + x.tensor.minimum(0) * slope.tensor)]
        },
        "Max": all { .where(($0 .!= $0), $0, $0.maximum($1)) },
        "Min": all { .where(($0 .!= $0), $0, $0.minimum($1)) },
        "Sum": all { $0 + $1 },
        "Mean": { call in
            let inputs = call.inputs.compactMap { $0 }
            _ = try OperatorCall.broadcast(inputs.map(\.shape))
            let first = try call.input(0)
            let sum = inputs.dropFirst().reduce(first.tensor) { $0 + $1.tensor }
            return [first.with(sum / Float(inputs.count))]
        },
        "BitShift": each { node, _, x, y in
            let (value, count) = (whole(x), whole(y))
            guard value >= 0, (0...63).contains(count) else { throw ImportProblem("shifts \(x) by \(y)") }
            return Float(
                node.string("direction") == "LEFT"
                    ? UInt64(value) << UInt64(count) : UInt64(value) >> UInt64(count))
        },
        "BitwiseAnd": each { _, _, x, y in Float(whole(x) & whole(y)) },
        "BitwiseOr": each { _, _, x, y in Float(whole(x) | whole(y)) },
        "BitwiseXor": each { _, _, x, y in Float(whole(x) ^ whole(y)) },
    ]

    // MARK: - Truth values

    private static func compared(_ function: @escaping @Sendable (Tensor, Tensor) -> Tensor) -> Operation {
        { call in
            let (a, b) = (try call.input(0), try call.input(1))
            _ = try OperatorCall.broadcast([a.shape, b.shape])
            return [ONNXTensor(function(a.tensor, b.tensor), .bool)]
        }
    }

    static let logic: [String: Operation] = [
        "Equal": compared { $0 .== $1 }, "Greater": compared { $0 .> $1 }, "Less": compared { $0 .< $1 },
        "GreaterOrEqual": compared { $0 .>= $1 }, "LessOrEqual": compared { $0 .<= $1 },
        "And": compared { $0.minimum($1) }, "Or": compared { $0.maximum($1) }, "Xor": compared { $0 .!= $1 },
        "Where": { call in
            let (condition, a, b) = (try call.input(0), try call.input(1), try call.input(2))
            let shape = try OperatorCall.broadcast([condition.shape, a.shape, b.shape])
            return [
                a.with(
                    .where(
                        condition.tensor.broadcast(to: shape), a.tensor.broadcast(to: shape),
                        b.tensor.broadcast(to: shape)))
            ]
        },
    ]
}
