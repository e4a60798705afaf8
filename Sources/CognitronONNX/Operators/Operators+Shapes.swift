import Cognitron

// Operators that move elements without changing them.

extension Operators {
    static let shapes: [String: Operation] = [
        "Shape": { call in
            let sizes = Array(try call.input(0).shape)
            func clamped(_ value: Int) -> Int {
                Swift.min(Swift.max(value < 0 ? value + sizes.count : value, 0), sizes.count)
            }
            let (start, end) = (clamped(call.node.int("start")), clamped(call.node.int("end", sizes.count)))
            return [ONNXTensor(integers: start < end ? Array(sizes[start..<end]) : [])]
        },
        "Size": { [ONNXTensor(Tensor(Float(try $0.input(0).tensor.count)), .int64)] },
        "Reshape": reshape,
        "Flatten": { call in
            let x = try call.input(0)
            let axis = call.node.int("axis", 1)
            let own = axis < 0 ? axis + x.rank : axis
            guard (0...x.rank).contains(own) else { throw ImportProblem("axis \(axis) of \(x.shape)") }
            let rows = x.shape.prefix(own).reduce(1, *)
            return [x.with(x.tensor.reshaped([rows, x.shape.dropFirst(own).reduce(1, *)]))]
        },
        "Squeeze": { call in
            let x = try call.input(0)
            let given = call.integers("axes", input: 1)
            let axes =
                try given.map { try call.axes($0, rank: x.rank) }
                ?? x.shape.indices.filter { x.shape[$0] == 1 }
            guard axes.allSatisfy({ x.shape.indices.contains($0) && x.shape[$0] == 1 }) else {
                throw ImportProblem("squeezes axes \(axes) of \(x.shape)")
            }
            return [
                x.with(
                    x.tensor.reshaped(
                        Shape(x.shape.indices.filter { !axes.contains($0) }.map { x.shape[$0] })))
            ]
        },
        "Unsqueeze": { call in
            let x = try call.input(0)
            let given = call.integers("axes", input: 1) ?? []
            guard given.count < 16 else { throw ImportProblem("\(given.count) new axes") }
            let axes = try call.axes(given, rank: x.rank + given.count)
            var sizes = Array(x.shape)
            for axis in axes.sorted() { sizes.insert(1, at: Swift.min(axis, sizes.count)) }
            return [x.with(x.tensor.reshaped(Shape(sizes)))]
        },
        "Transpose": { call in
            let x = try call.input(0)
            let order = call.node.ints("perm") ?? Array((0..<x.rank).reversed())
            guard order.sorted() == Array(0..<x.rank) else {
                throw ImportProblem("perm \(order) of \(x.shape)")
            }
            return [x.rank < 2 ? x : x.with(x.tensor.permuted(order))]
        },
        "Concat": { call in
            let inputs = call.inputs.compactMap { $0 }
            let first = try call.input(0)
            let axis = try call.axis(call.node.int("axis"), rank: first.rank)
            func rest(_ shape: Shape) -> [Int] { shape.indices.filter { $0 != axis }.map { shape[$0] } }
            guard first.rank > 0,
                inputs.allSatisfy({ $0.rank == first.rank && rest($0.shape) == rest(first.shape) })
            else { throw ImportProblem("joins shapes that differ in other axes") }
            let filled = inputs.filter { $0.tensor.count > 0 }
            guard filled.count > 1 else { return [filled.first ?? first] }
            return [first.with(.concatenated(filled.map(\.tensor), axis: axis))]
        },
        "Split": split, "Slice": slice, "Expand": expand, "Tile": tile, "Pad": pad,
        "DepthToSpace": { call in
            let x = try call.input(0)
            let b = call.node.int("blocksize")
            guard x.rank == 4, (1...1024).contains(b), x.shape[1].isMultiple(of: b * b) else {
                throw ImportProblem("blocks of \(b) in \(x.shape)")
            }
            let (n, c, h, w) = (x.shape[0], x.shape[1] / (b * b), x.shape[2], x.shape[3])
            let y =
                call.node.string("mode", "DCR") == "DCR"
                ? x.tensor.reshaped([n, b, b, c, h, w]).permuted([0, 3, 4, 1, 5, 2])
                : x.tensor.reshaped([n, c, b, b, h, w]).permuted([0, 1, 4, 2, 5, 3])
            return [x.with(y.reshaped([n, c, h * b, w * b]))]
        },
        "SpaceToDepth": { call in
            let x = try call.input(0)
            let b = call.node.int("blocksize")
            guard x.rank == 4, (1...1024).contains(b), x.shape[2].isMultiple(of: b),
                x.shape[3].isMultiple(of: b)
            else { throw ImportProblem("blocks of \(b) in \(x.shape)") }
            let (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2] / b, x.shape[3] / b)
            let blocks = x.tensor.reshaped([n, c, h, b, w, b])
            let isDepthFirst = call.node.string("mode", "DCR") == "DCR"
            let y = blocks.permuted(isDepthFirst ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4])
            return [x.with(y.reshaped([n, c * b * b, h, w]))]
        },
        "Constant": constant,
        "ConstantOfShape": { call in
            let shape = try OperatorCall.shape(try call.input(0).integers)
            let value = try call.node.tensor("value") ?? ONNXTensor(Tensor([0]))
            return [value.with(Tensor(repeating: value.tensor.scalars.first ?? 0, shape: shape))]
        },
        "Range": { call in
            let (start, limit, delta) = (
                try call.input(0).tensor.scalars.first ?? 0, try call.input(1).tensor.scalars.first ?? 0,
                try call.input(2).tensor.scalars.first ?? 1
            )
            let count = ((limit - start) / delta).rounded(.up)
            guard count.isFinite else { throw ImportProblem("a range without end") }
            let shape = try OperatorCall.shape([Int(Swift.max(0, Swift.min(count, 1e9)))])
            return [try call.input(0).with(Tensor((0..<shape[0]).map { start + Float($0) * delta }))]
        },
        "EyeLike": { call in
            let x = try call.input(0)
            guard x.rank == 2 else { throw ImportProblem("EyeLike of \(x.shape)") }
            let k = call.node.int("k")
            let columns = x.shape[1]
            let type =
                try call.node.has("dtype") ? ElementType(code: call.node.int("dtype"), "EyeLike") : x.type
            return [
                ONNXTensor(
                    Tensor(
                        (0..<x.tensor.count).map { $0 % columns - $0 / columns == k ? 1 : 0 }, shape: x.shape),
                    type)
            ]
        },
        "Trilu": { call in
            let x = try call.input(0)
            guard x.rank >= 2 else { throw ImportProblem("Trilu of \(x.shape)") }
            let k = call.optional(1)?.integers.first ?? 0
            let (rows, columns) = (x.shape[x.rank - 2], x.shape[x.rank - 1])
            let isUpper = call.node.int("upper", 1) != 0
            guard x.tensor.count > 0 else { return [x] }
            let mask = Tensor(
                (0..<rows * columns).map { place -> Float in
                    let distance = place % columns - place / columns
                    return (isUpper ? distance >= k : distance <= k) ? 1 : 0
                }, shape: [rows, columns])
            return [x.with(.where(mask.broadcast(to: x.shape), x.tensor, Tensor(0)))]
        },
        "CenterCropPad": centerCropPad,
    ]

    private static let reshape: Operation = { call in
        let x = try call.input(0)
        var sizes = call.integers("shape", input: 1) ?? []
        let keepsZeros = call.node.int("allowzero") == 0
        for (axis, size) in sizes.enumerated() where size == 0 && keepsZeros {
            guard x.shape.indices.contains(axis) else { throw ImportProblem("size 0 copies no axis \(axis)") }
            sizes[axis] = x.shape[axis]
        }
        if let free = sizes.firstIndex(of: -1) {
            let known = try OperatorCall.shape(sizes.enumerated().filter { $0.offset != free }.map(\.element))
            guard known.elementCount > 0, x.tensor.count.isMultiple(of: known.elementCount) else {
                throw ImportProblem("\(x.shape) does not reshape to \(sizes)")
            }
            sizes[free] = x.tensor.count / known.elementCount
        }
        let shape = try OperatorCall.shape(sizes)
        guard shape.elementCount == x.tensor.count else {
            throw ImportProblem("\(x.shape) does not reshape to \(sizes)")
        }
        return [x.with(x.tensor.reshaped(shape))]
    }

    private static let split: Operation = { call in
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

    private static let slice: Operation = { call in
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

    private static let expand: Operation = { call in
        let x = try call.input(0)
        let shape = try OperatorCall.broadcast([x.shape, try OperatorCall.shape(try call.input(1).integers)])
        return [x.with(x.tensor.broadcast(to: shape))]
    }

    private static let tile: Operation = { call in
        let x = try call.input(0)
        let repeats = try call.input(1).integers
        guard repeats.count == x.rank, repeats.allSatisfy({ (0...OperatorCall.largestCount).contains($0) })
        else {
            throw ImportProblem("repeats \(repeats) of \(x.shape)")
        }
        let shape = try OperatorCall.shape(zip(x.shape, repeats).map { $0 * $1 })
        return [x.with(shape.elementCount == 0 ? .zeros(shape) : x.tensor.tiled(repeats))]
    }

    private static let pad: Operation = { call in
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

    private static let constant: Operation = { call in
        let node = call.node
        if let tensor = try node.tensor("value") { return [tensor] }
        if node.has("value_float") { return [ONNXTensor(Tensor(node.float("value_float", 0)))] }
        if let floats = node.floats("value_floats"), node.has("value_floats") {
            return [ONNXTensor(Tensor(floats))]
        }
        if node.has("value_int") { return [ONNXTensor(Tensor(Float(node.int("value_int"))), .int64)] }
        if let integers = node.ints("value_ints"), node.has("value_ints") {
            return [ONNXTensor(integers: integers)]
        }
        throw ImportProblem("a constant of another kind than numbers")
    }

    private static let centerCropPad: Operation = { call in
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
