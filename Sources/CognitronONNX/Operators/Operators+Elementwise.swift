import Cognitron
import Foundation

// Operators of each element by itself.

extension Operators {
    /// A function of a float.
    private static func map(_ function: @escaping @Sendable (Float) -> Float) -> Operation {
        { call in
            let x = try call.input(0)
            return [x.with(x.tensor.map(function))]
        }
    }

    /// A function of a tensor.
    private static func tensor(_ function: @escaping @Sendable (Tensor) -> Tensor) -> Operation {
        { call in
            let x = try call.input(0)
            return [x.with(function(x.tensor))]
        }
    }

    /// An activation function whose arguments are attributes.
    private static func activation(_ function: @escaping @Sendable (ONNXNode) -> ActivationFunction)
        -> Operation
    {
        { call in
            let x = try call.input(0)
            return [x.with(function(call.node)(x.tensor))]
        }
    }

    private static func truth(_ function: @escaping @Sendable (Float) -> Bool) -> Operation {
        { call in [ONNXTensor(try call.input(0).tensor.map { function($0) ? 1 : 0 }, .bool)] }
    }

    static let unary: [String: Operation] = [
        "Identity": { [try $0.input(0)] },
        "Abs": tensor { $0.absolute }, "Neg": tensor { -$0 }, "Exp": tensor { $0.exponential },
        "Log": tensor { $0.logarithm }, "Sqrt": tensor { $0.squareRoot },
        "Sin": tensor { $0.sine }, "Cos": tensor { $0.cosine }, "Tan": map { tan($0) },
        "Asin": map { asin($0) }, "Acos": map { acos($0) }, "Atan": map { atan($0) },
        "Sinh": map { sinh($0) }, "Cosh": map { cosh($0) }, "Tanh": tensor { $0.hyperbolicTangent },
        "Asinh": map { asinh($0) }, "Acosh": map { acosh($0) }, "Atanh": map { atanh($0) },
        "Ceil": map { $0.rounded(.up) }, "Floor": map { $0.rounded(.down) },
        "Round": map { $0.rounded(.toNearestOrEven) },
        "Sign": map { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }, "Erf": tensor { $0.errorFunction },
        "Reciprocal": tensor { 1 / $0 }, "Sigmoid": tensor { $0.sigmoid }, "Relu": tensor { $0.maximum(0) },
        "Softplus": activation { _ in .softplus }, "Softsign": activation { _ in .softsign },
        "Selu": selu, "Mish": activation { _ in .mish }, "HardSwish": activation { _ in .hardSilu },
        "Elu": activation { .elu(alpha: $0.float("alpha", 1)) },
        "Celu": activation { .celu(alpha: $0.float("alpha", 1)) },
        "LeakyRelu": activation { .leakyRelu(negativeSlope: $0.float("alpha", 0.01)) },
        "Gelu": activation { .gelu(approximate: $0.string("approximate", "none") == "tanh") },
        "ThresholdedRelu": activation { .threshold($0.float("alpha", 1), defaultValue: 0) },
        "HardSigmoid": { call in
            let (alpha, beta) = (call.node.float("alpha", 0.2), call.node.float("beta", 0.5))
            let x = try call.input(0)
            return [x.with((x.tensor * alpha + beta).clamped(to: 0...1))]
        },
        "Swish": { call in
            let x = try call.input(0)
            return [x.with(x.tensor * (x.tensor * call.node.float("alpha", 1)).sigmoid)]
        },
        "Shrink": { call in
            let (limit, bias) = (call.node.float("lambd", 0.5), call.node.float("bias", 0))
            let x = try call.input(0)
            return [x.with(x.tensor.map { $0 < -limit ? $0 + bias : $0 > limit ? $0 - bias : 0 })]
        },
        "IsNaN": truth { $0.isNaN },
        "IsInf": { call in
            let negative = call.node.int("detect_negative", 1) != 0
            let positive = call.node.int("detect_positive", 1) != 0
            return [
                ONNXTensor(
                    try call.input(0).tensor.map {
                        $0.isInfinite && ($0 > 0 ? positive : negative) ? 1 : 0
                    }, .bool)
            ]
        },
        "Not": truth { $0 == 0 },
        "BitwiseNot": { call in
            let x = try call.input(0)
            guard !x.type.isFloating, x.type.size <= 2 else { throw ImportProblem("bits of \(x.type.name)") }
            let isSigned = x.type == .int8 || x.type == .int16
            let top = Float(x.type.size == 1 ? 255 : 65_535)
            return [x.with(x.tensor.map { isSigned ? -$0 - 1 : top - $0 })]
        },
        "Dropout": { call in
            let x = try call.input(0)
            guard
                call.optional(2)?.tensor.scalars.first ?? 0 == 0
                    || call.optional(1)?.tensor.scalars.first == 0
            else { throw ImportProblem("random numbers of a training") }
            return [x] + (call.node.outputs.count > 1 ? [ONNXTensor(.ones(x.shape), .bool)] : [])
        },
        "Clip": { call in
            let x = try call.input(0)
            let low = call.optional(1)?.tensor.scalars.first ?? call.node.float("min", -.infinity)
            let high = call.optional(2)?.tensor.scalars.first ?? call.node.float("max", .infinity)
            return [x.with(x.tensor.map { Swift.min(Swift.max($0, low), high) })]
        },
        "Cast": { [try $0.input(0).cast(to: try ElementType(code: $0.node.int("to", 1), "Cast"))] },
        "CastLike": { [try $0.input(0).cast(to: try $0.input(1).type)] },
    ]

    private static let selu: Operation = { call in
        let (alpha, gamma) = (call.node.float("alpha", 1.673_263_2), call.node.float("gamma", 1.050_701))
        let x = try call.input(0)
        return [x.with(ActivationFunction.elu(alpha: alpha)(x.tensor) * gamma)]
    }

    // MARK: - Two and more inputs

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

extension ONNXTensor {
    /// The elements as numbers of another type.
    func cast(to type: ElementType) throws -> ONNXTensor {
        switch type {
        case .bool: ONNXTensor(tensor .!= 0, type)
        case .float, .double: ONNXTensor(tensor, type)
        case .float16: ONNXTensor(tensor.map { Float(half: Self.halfBits($0)) }, type)
        case .bfloat16: ONNXTensor(tensor.map(Self.roundedToBFloat16), type)
        default:
            ONNXTensor(self.type.isFloating ? tensor.map { $0.rounded(.towardZero) } : wrapped(type), type)
        }
    }

    /// Whole numbers modulo the range of a smaller type.
    private func wrapped(_ type: ElementType) -> Tensor {
        guard type.size <= 2 else { return tensor }
        let range = Float(type.size == 1 ? 256 : 65_536)
        let isSigned = type == .int8 || type == .int16
        return tensor.map { value in
            let rest = value - (value / range).rounded(.down) * range
            return isSigned && rest >= range / 2 ? rest - range : rest
        }
    }

    /// The nearest number of half precision, ties to even.
    private static func halfBits(_ value: Float) -> UInt16 {
        let sign = UInt16(value.bitPattern >> 16 & 0x8000)
        let magnitude = value.bitPattern & 0x7fff_ffff
        if magnitude > 0x7f80_0000 { return sign | 0x7e00 }
        if magnitude >= 0x477f_f000 { return sign | 0x7c00 }
        if magnitude < 0x3880_0000 {
            // Subnormal: a multiple of 2⁻²⁴.
            return sign | UInt16((Float(bitPattern: magnitude) * 0x1p24).rounded(.toNearestOrEven))
        }
        return sign | UInt16((magnitude &+ 0xfff &+ (magnitude >> 13 & 1) &- 0x3800_0000) >> 13)
    }

    private static func roundedToBFloat16(_ value: Float) -> Float {
        guard value.isFinite else { return value }
        let bits = value.bitPattern
        return Float(bitPattern: (bits &+ 0x7fff &+ (bits >> 16 & 1)) & 0xffff_0000)
    }
}
