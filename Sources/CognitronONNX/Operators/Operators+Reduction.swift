import Cognitron
import Foundation

// Sums, products and extremes along axes.

extension Operators {
    private typealias Reduction = @Sendable (_ x: Tensor, _ axes: [Int]) -> Tensor

    /// A reduction that keeps the reduced axes with size 1, as an operator.
    ///
    /// - Parameters:
    ///   - empty: the result where there is nothing to reduce.
    ///   - after: applied to the result, also where no axis is reduced.
    private static func reduction(empty: Float? = nil, _ reduce: @escaping Reduction) -> Operation {
        { call in
            let x = try call.input(0)
            let given = call.integers("axes", input: 1)
            if given?.isEmpty ?? true, call.node.int("noop_with_empty_axes") != 0 {
                return [
                    x.with(reduce(x.tensor.reshaped(Shape(Array(x.shape) + [1])), [x.rank]).reshaped(x.shape))
                ]
            }
            let axes = try call.axes(
                given.flatMap { $0.isEmpty ? nil : $0 } ?? Array(0..<x.rank), rank: x.rank)
            let kept = Shape(x.shape.enumerated().map { axes.contains($0.offset) ? 1 : $0.element })
            var result: Tensor
            if x.rank == 0 {
                result = reduce(x.tensor.reshaped([1]), [0]).reshaped([])
            } else if x.tensor.count == 0 {
                guard let empty else { throw ImportProblem("a reduction of nothing") }
                let isTruth = x.type == .bool
                result = Tensor(repeating: isTruth ? (empty > 0 ? 1 : 0) : empty, shape: kept)
            } else {
                result = reduce(x.tensor, axes)
            }
            if call.node.int("keepdims", 1) == 0 {
                result = result.reshaped(
                    Shape(kept.enumerated().filter { !axes.contains($0.offset) }.map(\.element)))
            }
            return [x.with(result)]
        }
    }

    private static func extreme(_ isMaximum: Bool) -> Reduction {
        { x, axes in
            axes.reduce(x) {
                isMaximum
                    ? $0.max(axis: $1, keepingDimensions: true) : $0.min(axis: $1, keepingDimensions: true)
            }
        }
    }

    private static func logSumExp(_ x: Tensor, _ axes: [Int]) -> Tensor {
        axes.reduce(x) { $0.logSumExp(axis: $1, keepingDimensions: true) }
    }

    static let reductions: [String: Operation] = [
        "ReduceSum": reduction(empty: 0) { $0.sum(axes: $1, keepingDimensions: true) },
        "ReduceMean": reduction { $0.mean(axes: $1, keepingDimensions: true) },
        "ReduceMax": reduction(empty: -.infinity, extreme(true)),
        "ReduceMin": reduction(empty: .infinity, extreme(false)),
        "ReduceProd": reduction(empty: 1) { x, axes in
            axes.reduce(x) { $0.product(axis: $1).expandingDimensions(at: $1) }
        },
        "ReduceL1": reduction(empty: 0) { $0.absolute.sum(axes: $1, keepingDimensions: true) },
        "ReduceL2": reduction(empty: 0) { $0.squared.sum(axes: $1, keepingDimensions: true).squareRoot },
        "ReduceSumSquare": reduction(empty: 0) { $0.squared.sum(axes: $1, keepingDimensions: true) },
        "ReduceLogSum": reduction(empty: -.infinity) { $0.sum(axes: $1, keepingDimensions: true).logarithm },
        "ReduceLogSumExp": reduction(empty: -.infinity, logSumExp),
        "ArgMax": place(largest: true), "ArgMin": place(largest: false),
        "CumSum": cumulative { $0.cumulativeSum(axis: $1, exclusive: $2, reverse: $3) },
        "CumProd": cumulative { $0.cumulativeProduct(axis: $1, exclusive: $2, reverse: $3) },
        "Softmax": { try softmax($0) { $0.softmax(axis: $1) } },
        "LogSoftmax": { try softmax($0) { $0 - $0.logSumExp(axis: $1, keepingDimensions: true) } },
        "Hardmax": { try softmax($0, hardmax) },
    ]

    private static func place(largest: Bool) -> Operation {
        { call in
            let x = try call.input(0)
            let axis = try call.axis(call.node.int("axis"), rank: x.rank)
            guard x.rank > 0, x.shape[axis] > 0 else { throw ImportProblem("an extreme of nothing") }
            var source = x.tensor
            let isLast = call.node.int("select_last_index") != 0
            if isLast { source = source.flipped(axis: axis) }
            var index = largest ? source.argmax(axis: axis) : source.argmin(axis: axis)
            if isLast { index = Float(x.shape[axis] - 1) - index }
            if call.node.int("keepdims", 1) != 0 { index = index.expandingDimensions(at: axis) }
            return [ONNXTensor(index, .int64)]
        }
    }

    private static func cumulative(
        _ function: @escaping @Sendable (Tensor, _ axis: Int, _ exclusive: Bool, _ reverse: Bool) -> Tensor
    ) -> Operation {
        { call in
            let x = try call.input(0)
            let axis = try call.axis(try call.input(1).integers.first ?? 0, rank: x.rank)
            return [
                x.with(
                    function(
                        x.tensor, axis, call.node.int("exclusive") != 0, call.node.int("reverse") != 0))
            ]
        }
    }

    /// A function of rows: along an axis, or before opset 13 along all axes from one on.
    private static func softmax(_ call: OperatorCall, _ function: (Tensor, Int) -> Tensor) throws
        -> [ONNXTensor]
    {
        let x = try call.input(0)
        guard x.rank > 0 else { throw ImportProblem("a softmax of a number") }
        let isOld = call.node.opset < 13
        let axis = try call.axis(call.node.int("axis", isOld ? 1 : -1), rank: x.rank)
        if x.tensor.count == 0 { return [x] }
        guard isOld else { return [x.with(function(x.tensor, axis))] }
        let rows = x.shape.prefix(axis).reduce(1, *)
        return [x.with(function(x.tensor.reshaped([rows, -1]), 1).reshaped(x.shape))]
    }

    private static func hardmax(_ x: Tensor, _ axis: Int) -> Tensor {
        let ones = x.argmax(axis: axis).oneHot(classCount: x.shape[axis])
        var order = Array(0..<x.rank - 1)
        order.insert(x.rank - 1, at: axis)
        return ones.permuted(order)
    }
}
