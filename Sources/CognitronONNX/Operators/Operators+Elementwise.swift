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
}
