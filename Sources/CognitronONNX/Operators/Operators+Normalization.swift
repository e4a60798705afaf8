import Cognitron
import Foundation

extension Operators {
    static let normalizations: [String: Operation] = [
        "BatchNormalization": { call in
            let x = try call.input(0)
            guard x.rank >= 2, call.node.int("training_mode") == 0 else {
                throw ImportProblem("statistics of a training")
            }
            let parts = try (1...4).map { try channels(try call.input($0).tensor, of: x.shape) }
            let factor = parts[0] / (parts[3] + call.node.float("epsilon", 1e-5)).squareRoot
            return [x.with(x.tensor * factor + (parts[1] - parts[2] * factor))]
        },
        "InstanceNormalization": { call in
            let x = try call.input(0)
            guard x.rank >= 3, x.tensor.count > 0 else { throw ImportProblem("normalises \(x.shape)") }
            let (scale, bias) = (
                try channels(try call.input(1).tensor, of: x.shape),
                try channels(try call.input(2).tensor, of: x.shape)
            )
            let y = normalized(x.tensor, axes: Array(2..<x.rank), epsilon: call.node.float("epsilon", 1e-5))
            return [x.with(y * scale + bias)]
        },
        "GroupNormalization": groupNormalization,
        "LayerNormalization": { call in
            let x = try call.input(0)
            let axis = try call.axis(call.node.int("axis", -1), rank: x.rank)
            guard x.tensor.count > 0, x.rank > 0 else { throw ImportProblem("normalises \(x.shape)") }
            let axes = Array(axis..<x.rank)
            let mean = x.tensor.mean(axes: axes, keepingDimensions: true)
            let variance = (x.tensor - mean).squared.mean(axes: axes, keepingDimensions: true)
            let inverse = 1 / (variance + call.node.float("epsilon", 1e-5)).squareRoot
            let y = try affine((x.tensor - mean) * inverse, call)
            return [x.with(y), ONNXTensor(mean), ONNXTensor(inverse)].prefix(
                Swift.max(1, call.node.outputs.count)
            ).map { $0 }
        },
        "RMSNormalization": { call in
            let x = try call.input(0)
            let axis = try call.axis(call.node.int("axis", -1), rank: x.rank)
            guard x.tensor.count > 0, x.rank > 0 else { throw ImportProblem("normalises \(x.shape)") }
            let mean = x.tensor.squared.mean(axes: Array(axis..<x.rank), keepingDimensions: true)
            let y = x.tensor / (mean + call.node.float("epsilon", 1e-5)).squareRoot
            return [x.with(try affine(y, call))]
        },
        "MeanVarianceNormalization": { call in
            let x = try call.input(0)
            let axes = try call.axes(call.node.ints("axes") ?? [0, 2, 3], rank: x.rank)
            guard x.tensor.count > 0 else { throw ImportProblem("normalises \(x.shape)") }
            let mean = x.tensor.mean(axes: axes, keepingDimensions: true)
            let deviation = (x.tensor - mean).squared.mean(axes: axes, keepingDimensions: true).squareRoot
            return [x.with((x.tensor - mean) / (deviation + 1e-9))]
        },
        "LpNormalization": { call in
            let x = try call.input(0)
            let axis = try call.axis(call.node.int("axis", -1), rank: x.rank)
            guard x.rank > 0 else { throw ImportProblem("normalises \(x.shape)") }
            let norm =
                call.node.int("p", 2) == 1
                ? x.tensor.absolute.sum(axis: axis, keepingDimensions: true)
                : x.tensor.squared.sum(axis: axis, keepingDimensions: true).squareRoot
            return [x.with(.where(norm .== 0, Tensor.zeros(x.shape), x.tensor / norm))]
        },
        "LRN": { call in
            let x = try call.input(0)
            let size = call.node.int("size", 1)
            guard x.rank >= 3, (1...4096).contains(size), x.tensor.count > 0 else {
                throw ImportProblem("responses of \(x.shape)")
            }
            let squares = x.tensor.squared
            var amounts = x.shape.map { _ in (before: 0, after: 0) }
            amounts[1] = ((size - 1) / 2, size - 1 - (size - 1) / 2)
            let padded = squares.padded(amounts)
            let sum = (0..<size).reduce(Tensor.zeros(x.shape)) {
                $0 + padded.part(axis: 1, $1..<$1 + x.shape[1])
            }
            let (alpha, beta) = (call.node.float("alpha", 1e-4), call.node.float("beta", 0.75))
            let base = sum * (alpha / Float(size)) + call.node.float("bias", 1)
            return [x.with(x.tensor / base.map { pow($0, beta) })]
        },
    ]

    /// A number for each channel, beside (N, C, …).
    private static func channels(_ values: Tensor, of shape: Shape) throws -> Tensor {
        guard values.shape == [shape[1]] else {
            throw ImportProblem("\(values.shape) numbers for \(shape[1]) channels")
        }
        return values.reshaped(Shape([shape[1]] + Array(repeating: 1, count: shape.rank - 2)))
    }

    private static func normalized(_ x: Tensor, axes: [Int], epsilon: Float) -> Tensor {
        let mean = x.mean(axes: axes, keepingDimensions: true)
        let variance = (x - mean).squared.mean(axes: axes, keepingDimensions: true)
        return (x - mean) / (variance + epsilon).squareRoot
    }

    /// Scaled by the second input, and the third added where there is one.
    private static func affine(_ x: Tensor, _ call: OperatorCall) throws -> Tensor {
        let parts = [try call.input(1).tensor] + (call.optional(2).map { [$0.tensor] } ?? [])
        guard try OperatorCall.broadcast([x.shape] + parts.map(\.shape)) == x.shape else {
            throw ImportProblem("scales \(x.shape) by \(parts[0].shape)")
        }
        let y = x * parts[0]
        return parts.count > 1 ? y + parts[1] : y
    }

    /// Scale and bias are of the channels from opset 21 on, of the groups before.
    private static let groupNormalization: Operation = { call in
        let x = try call.input(0)
        let groups = call.node.int("num_groups")
        guard x.rank >= 3, x.tensor.count > 0, groups >= 1, x.shape[1].isMultiple(of: groups) else {
            throw ImportProblem("\(groups) groups of \(x.shape)")
        }
        let rows = x.tensor.reshaped([x.shape[0], groups, -1])
        var y = normalized(rows, axes: [2], epsilon: call.node.float("epsilon", 1e-5))
        let parts = [try call.input(1).tensor, try call.input(2).tensor]
        if parts[0].count == groups, groups != x.shape[1] {
            y = y * parts[0].reshaped([groups, 1]) + parts[1].reshaped([groups, 1])
            return [x.with(y.reshaped(x.shape))]
        }
        let (scale, bias) = (try channels(parts[0], of: x.shape), try channels(parts[1], of: x.shape))
        return [x.with(y.reshaped(x.shape) * scale + bias)]
    }
}
