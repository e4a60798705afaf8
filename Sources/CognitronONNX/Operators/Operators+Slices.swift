import Cognitron

// Operators that cut, repeat and continue axes.

extension Operators {
    static let split: Operation = { call in
        let x = try call.input(0)
        let axis = try call.axis(call.node.int("axis"), rank: x.rank)
        guard x.rank > 0 else { throw ImportProblem("splits a number") }
        let total = x.shape[axis]
        let parts: [Int]
        if let given = call.integers("split", input: 1) {
            parts = given
        } else {
            let count = call.node.int("num_outputs", call.node.outputs.count)
            guard (1...65_536).contains(count) else { throw ImportProblem("\(count) parts") }
            let size = (total + count - 1) / count
            parts = (0..<count).map { Swift.max(0, Swift.min(size, total - $0 * size)) }
        }
        guard parts.allSatisfy({ $0 >= 0 && $0 <= total }), parts.reduce(0, +) == total else {
            throw ImportProblem("parts \(parts) of \(total)")
        }
        var start = 0
        return parts.map { size in
            defer { start += size }
            return x.with(x.tensor.part(axis: axis, start..<start + size))
        }
    }

    static let slice: Operation = { call in
        let x = try call.input(0)
        let starts = call.integers("starts", input: 1) ?? []
        let ends = call.integers("ends", input: 2) ?? []
        let axes = try call.axes(call.integers("axes", input: 3) ?? Array(starts.indices), rank: x.rank)
        let steps = call.optional(4)?.integers ?? starts.map { _ in 1 }
        guard starts.count == ends.count, axes.count == starts.count, steps.count == starts.count,
            x.rank > 0 || axes.isEmpty
        else { throw ImportProblem("starts, ends, axes and steps differ in number") }
        var result = x.tensor
        for (number, axis) in axes.enumerated() {
            let size = x.shape[axis]
            let step = steps[number]
            guard step != 0, step != .min else { throw ImportProblem("a step of \(step)") }
            func place(_ value: Int, _ range: ClosedRange<Int>) -> Int {
                Swift.min(Swift.max(value < 0 ? value + size : value, range.lowerBound), range.upperBound)
            }
            if step > 0 {
                let start = place(starts[number], 0...size)
                let end = Swift.max(start, place(ends[number], 0...size))
                result = result.part(axis: axis, start..<end, by: Swift.min(step, Swift.max(size, 1)))
            } else {
                let start = place(starts[number], -1...Swift.max(size - 1, -1))
                let end = Swift.min(start, place(ends[number], -1...Swift.max(size - 1, -1)))
                let stride = Swift.min(-step, Swift.max(size, 1))
                result = result.flipped(axis: axis)
                    .part(axis: axis, size - 1 - start..<size - 1 - end, by: stride)
            }
        }
        return [x.with(result)]
    }

    static let expand: Operation = { call in
        let x = try call.input(0)
        let shape = try OperatorCall.broadcast([x.shape, try OperatorCall.shape(try call.input(1).integers)])
        return [x.with(x.tensor.broadcast(to: shape))]
    }

    static let tile: Operation = { call in
        let x = try call.input(0)
        let repeats = try call.input(1).integers
        guard repeats.count == x.rank, repeats.allSatisfy({ (0...OperatorCall.largestCount).contains($0) })
        else {
            throw ImportProblem("repeats \(repeats) of \(x.shape)")
        }
        let shape = try OperatorCall.shape(zip(x.shape, repeats).map { $0 * $1 })
        return [x.with(shape.elementCount == 0 ? .zeros(shape) : x.tensor.tiled(repeats))]
    }

    static let pad: Operation = { call in
        let x = try call.input(0)
        let pads = call.integers("pads", input: 1) ?? call.node.ints("paddings") ?? []
        let axes = try call.axes(call.optional(3)?.integers ?? Array(0..<x.rank), rank: x.rank)
        guard pads.count == 2 * axes.count, pads.allSatisfy({ abs($0) <= OperatorCall.largestCount }) else {
            throw ImportProblem("pads \(pads) of \(x.shape)")
        }
        let value = call.optional(2)?.tensor.scalars.first ?? call.node.float("value", 0)
        var result = x.tensor
        for (number, axis) in axes.enumerated() {
            let (before, after) = (pads[number], pads[axes.count + number])
            let size = x.shape[axis]
            guard before + size + after >= 0 else { throw ImportProblem("pads \(pads) of \(x.shape)") }
            _ = try OperatorCall.shape(
                result.shape.enumerated().map { $0.offset == axis ? before + size + after : $0.element })
            let mode = call.node.string("mode", "constant")
            if mode == "constant" || size == 0 {
                result = result.part(
                    axis: axis,
                    Swift.max(0, -before)..<Swift.max(Swift.max(0, -before), size - Swift.max(0, -after)))
                var amounts = result.shape.map { _ in (before: 0, after: 0) }
                amounts[axis] = (Swift.max(0, before), Swift.max(0, after))
                result = result.padded(amounts, with: value)
                continue
            }
            let sources = (-before..<size + after).map { index -> Int in
                switch mode {
                case "edge": return Swift.min(Swift.max(index, 0), size - 1)
                case "wrap": return (index % size + size) % size
                default:
                    let period = Swift.max(1, 2 * (size - 1))
                    let place = (index % period + period) % period
                    return place < size ? place : period - place
                }
            }
            result = result.gathering(sources, axis: axis)
        }
        return [x.with(result)]
    }

    static let centerCropPad: Operation = { call in
        let x = try call.input(0)
        let axes = try call.axes(call.node.ints("axes") ?? Array(0..<x.rank), rank: x.rank)
        let sizes = try call.input(1).integers
        guard sizes.count == axes.count else { throw ImportProblem("sizes \(sizes) for axes \(axes)") }
        var result = x.tensor
        for (axis, wanted) in zip(axes, sizes) {
            let size = x.shape[axis]
            _ = try OperatorCall.shape(
                result.shape.enumerated().map { $0.offset == axis ? wanted : $0.element })
            if wanted <= size {
                let start = (size - wanted) / 2
                result = result.part(axis: axis, start..<start + wanted)
            } else {
                var amounts = result.shape.map { _ in (before: 0, after: 0) }
                let before = (wanted - size) / 2
                amounts[axis] = (before, wanted - size - before)
                result = result.padded(amounts)
            }
        }
        return [x.with(result)]
    }
}

extension Tensor {
    /// A part along an axis, which may be empty.
    func part(axis: Int, _ range: Range<Int>, by step: Int = 1) -> Tensor {
        guard !range.isEmpty, count > 0 else {
            let sizes = shape.enumerated().map {
                $0.offset == axis ? (range.count + step - 1) / step : $0.element
            }
            return .zeros(Shape(sizes))
        }
        return range == 0..<shape[axis] && step == 1 ? self : slice(axis: axis, range, by: step)
    }
}
