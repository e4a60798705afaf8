import Cognitron

// Operators that choose elements by number.

extension Operators {
    static let indexing: [String: Operation] = [
        "Gather": { call in
            let (x, indices) = (try call.input(0), try call.input(1))
            guard x.rank > 0 else { throw ImportProblem("chooses from a number") }
            let axis = try call.axis(call.node.int("axis"), rank: x.rank)
            let places = try own(indices.integers, below: x.shape[axis])
            let shape = try OperatorCall.shape(
                Array(x.shape.prefix(axis)) + Array(indices.shape) + Array(x.shape.dropFirst(axis + 1)))
            guard shape.elementCount > 0 else { return [x.with(.zeros(shape))] }
            return [x.with(x.tensor.gathering(places, axis: axis).reshaped(shape))]
        },
        "GatherElements": { call in
            let (x, indices) = (try call.input(0), try call.input(1))
            let axis = try call.axis(call.node.int("axis"), rank: x.rank)
            let places = try elementPlaces(indices, in: x.shape, axis: axis)
            let source = x.tensor.scalars
            return [x.with(Tensor(places.map { source[$0] }, shape: indices.shape))]
        },
        "ScatterElements": scatterElements, "Scatter": scatterElements,
        "GatherND": gatherND, "ScatterND": scatterND,
        "OneHot": oneHot, "NonZero": nonZero, "TopK": topK,
        "Compress": { call in
            let x = try call.input(0)
            let kept = try call.input(1).tensor.scalars
            let places = kept.indices.filter { kept[$0] != 0 }
            let source = call.node.has("axis") ? x.tensor : x.tensor.reshaped([x.tensor.count])
            let axis = try call.axis(call.node.int("axis"), rank: source.rank)
            guard places.allSatisfy({ $0 < source.shape[axis] }) else {
                throw ImportProblem("keeps more than there is")
            }
            guard !places.isEmpty else { return [x.with(source.part(axis: axis, 0..<0))] }
            return [x.with(source.gathering(places, axis: axis))]
        },
        "ReverseSequence": { call in
            let x = try call.input(0)
            let lengths = try call.input(1).integers
            let (time, batch) = (call.node.int("time_axis"), call.node.int("batch_axis", 1))
            guard x.rank >= 2, Set([time, batch]) == [0, 1], lengths.count == x.shape[batch],
                lengths.allSatisfy({ (0...x.shape[time]).contains($0) })
            else { throw ImportProblem("turns \(x.shape) around") }
            let order = [1, 0] + Array(2..<x.rank)
            let sequences = batch == 0 ? x.tensor : x.tensor.permuted(order)
            let turned = lengths.enumerated().map { number, length in
                sequences[number].gathering(
                    Array((0..<length).reversed()) + Array(length..<x.shape[time]), axis: 0)
            }
            let y = Tensor.stacked(turned)
            return [x.with(batch == 0 ? y : y.permuted(order))]
        },
    ]

    /// Places counted from the start; throws for those outside.
    static func own(_ indices: [Int], below size: Int) throws -> [Int] {
        try indices.map { index in
            let own = index < 0 ? index + size : index
            guard (0..<size).contains(own) else { throw ImportProblem("place \(index) of \(size)") }
            return own
        }
    }

    static func strides(_ shape: Shape) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.rank)
        for axis in (0..<max(0, shape.rank - 1)).reversed() {
            strides[axis] = strides[axis + 1] * shape[axis + 1]
        }
        return strides
    }

    /// Where in a tensor the elements stand whose places along one axis are given.
    private static func elementPlaces(_ indices: ONNXTensor, in shape: Shape, axis: Int) throws -> [Int] {
        guard indices.rank == shape.rank,
            shape.indices.allSatisfy({ $0 == axis || indices.shape[$0] <= shape[$0] })
        else { throw ImportProblem("indices \(indices.shape) of \(shape)") }
        let places = try own(indices.integers, below: shape[axis])
        let (own, target) = (strides(indices.shape), strides(shape))
        return places.enumerated().map { number, place in
            var (rest, sum) = (number, 0)
            for other in 0..<shape.rank {
                let coordinate = rest / own[other]
                rest %= own[other]
                sum += (other == axis ? place : coordinate) * target[other]
            }
            return sum
        }
    }

    private static func combine(_ mode: String, _ a: Float, _ b: Float) -> Float {
        switch mode {
        case "add": a + b
        case "mul": a * b
        case "max": Swift.max(a, b)
        case "min": Swift.min(a, b)
        default: b
        }
    }

    private static let scatterElements: Operation = { call in
        let (x, indices, updates) = (try call.input(0), try call.input(1), try call.input(2))
        let axis = try call.axis(call.node.int("axis"), rank: x.rank)
        guard updates.shape == indices.shape else {
            throw ImportProblem("updates \(updates.shape) at \(indices.shape)")
        }
        let places = try elementPlaces(indices, in: x.shape, axis: axis)
        var result = x.tensor.scalars
        let mode = call.node.string("reduction", "none")
        for (place, value) in zip(places, updates.tensor.scalars) {
            result[place] = combine(mode, result[place], value)
        }
        return [x.with(Tensor(result, shape: x.shape))]
    }

    /// The first elements of the slices that rows of coordinates name.
    private static func slices(_ indices: ONNXTensor, in shape: Shape, batch: Int) throws -> [Int] {
        guard let depth = indices.shape.last, depth + batch <= shape.rank, indices.rank > batch,
            Array(indices.shape.prefix(batch)) == Array(shape.prefix(batch))
        else { throw ImportProblem("indices \(indices.shape) of \(shape)") }
        let strides = strides(shape)
        let coordinates = indices.integers
        let rows = depth == 0 ? 0 : coordinates.count / depth
        let perBatch = Swift.max(1, rows / Swift.max(1, shape.prefix(batch).reduce(1, *)))
        return try (0..<rows).map { row in
            // The coordinates of the batch's axes.
            var (rest, first) = (row / perBatch, 0)
            for axis in (0..<batch).reversed() {
                first += rest % shape[axis] * strides[axis]
                rest /= shape[axis]
            }
            for part in 0..<depth {
                let place = try own([coordinates[row * depth + part]], below: shape[batch + part])[0]
                first += place * strides[batch + part]
            }
            return first
        }
    }

    private static let gatherND: Operation = { call in
        let (x, indices) = (try call.input(0), try call.input(1))
        let batch = call.node.int("batch_dims")
        guard batch >= 0, let depth = indices.shape.last, batch + depth <= x.rank, depth > 0 else {
            throw ImportProblem("indices \(indices.shape) of \(x.shape)")
        }
        let starts = try slices(indices, in: x.shape, batch: batch)
        let rest = Array(x.shape.dropFirst(batch + depth))
        let size = rest.reduce(1, *)
        let shape = try OperatorCall.shape(Array(indices.shape.dropLast()) + rest)
        let source = x.tensor.scalars
        return [x.with(Tensor(starts.flatMap { source[$0..<$0 + size] }, shape: shape))]
    }

    private static let scatterND: Operation = { call in
        let (x, indices, updates) = (try call.input(0), try call.input(1), try call.input(2))
        guard let depth = indices.shape.last, depth > 0, depth <= x.rank else {
            throw ImportProblem("indices \(indices.shape) of \(x.shape)")
        }
        let starts = try slices(indices, in: x.shape, batch: 0)
        let size = x.shape.dropFirst(depth).reduce(1, *)
        guard updates.tensor.count == starts.count * size else {
            throw ImportProblem("updates \(updates.shape) at \(indices.shape)")
        }
        var result = x.tensor.scalars
        let values = updates.tensor.scalars
        let mode = call.node.string("reduction", "none")
        for (number, start) in starts.enumerated() {
            for place in 0..<size {
                result[start + place] = combine(mode, result[start + place], values[number * size + place])
            }
        }
        return [x.with(Tensor(result, shape: x.shape))]
    }

    private static let oneHot: Operation = { call in
        let (indices, values) = (try call.input(0), try call.input(2))
        let depth = try call.input(1).integers.first ?? 0
        let pair = values.tensor.scalars
        guard depth >= 0, pair.count == 2 else { throw ImportProblem("OneHot of depth \(depth)") }
        let axis = try call.axis(call.node.int("axis", -1), rank: indices.rank + 1)
        let shape = try OperatorCall.shape(Array(indices.shape) + [depth])
        var rows = [Float](repeating: pair[0], count: shape.elementCount)
        for (row, index) in indices.integers.enumerated() {
            let own = index < 0 ? index + depth : index
            if (0..<depth).contains(own) { rows[row * depth + own] = pair[1] }
        }
        var order = Array(0..<indices.rank)
        order.insert(indices.rank, at: axis)
        let result = Tensor(rows, shape: shape)
        return [values.with(order.count < 2 ? result : result.permuted(order))]
    }

    private static let nonZero: Operation = { call in
        let x = try call.input(0)
        let strides = strides(x.shape)
        let scalars = x.tensor.scalars
        let places = scalars.indices.filter { scalars[$0] != 0 }
        let coordinates = x.shape.indices.flatMap { axis in
            places.map { Float($0 / strides[axis] % x.shape[axis]) }
        }
        return [ONNXTensor(Tensor(coordinates, shape: [x.rank, places.count]), .int64)]
    }

    private static let topK: Operation = { call in
        let x = try call.input(0)
        let axis = try call.axis(call.node.int("axis", -1), rank: x.rank)
        let k = call.integers("k", input: 1)?.first ?? 0
        guard x.rank > 0, (0...x.shape[axis]).contains(k) else {
            throw ImportProblem("the largest \(k) of \(x.shape)")
        }
        guard k > 0 else {
            let none = x.tensor.part(axis: axis, 0..<0)
            return [x.with(none), ONNXTensor(none, .int64)]
        }
        let isLargest = call.node.int("largest", 1) != 0
        let (values, indices) = (isLargest ? x.tensor : -x.tensor).topK(k, axis: axis)
        return [x.with(isLargest ? values : -values), ONNXTensor(indices, .int64)]
    }
}
