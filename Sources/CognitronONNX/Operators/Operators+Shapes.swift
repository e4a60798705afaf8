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
                        (0..<x.tensor.count).map { $0 % columns - $0 / columns == k ? 1 : 0 },
                        shape: x.shape),
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
}
