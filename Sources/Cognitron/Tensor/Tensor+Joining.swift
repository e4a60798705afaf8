import CognitronKernels

// Tensors joined along an axis, and split.

extension Tensor {
    /// Tensors of one shape side by side along a new axis, which is axis `axis` of the result.
    public static func stacked(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
        guard let first = tensors.first else { return Tensor(uninitialized: [0]) }
        require(
            tensors.allSatisfy { $0.shape == first.shape },
            "stacked tensors differ in shape: \(tensors.map(\.shape).map(\.description).joined(separator: ", "))"
        )
        let axis = axis < 0 ? axis + first.rank + 1 : axis
        return concatenated(tensors.map { $0.expandingDimensions(at: axis) }, axis: axis)
    }

    /// Tensors one after another along `axis`; their other axes must agree.
    public static func concatenated(_ tensors: [Tensor], axis: Int = -1) -> Tensor {
        guard let first = tensors.first else { fail("no tensors to concatenate") }
        let axis = first.shape.resolve(axis)
        require(
            tensors.allSatisfy {
                $0.rank == first.rank && $0.shape.removing([axis]) == first.shape.removing([axis])
            },
            "tensors concatenated along axis \(axis) differ elsewhere: "
                + tensors.map(\.shape).map(\.description).joined(separator: ", "))
        let outer = first.shape.prefix(axis).reduce(1, *)
        let inner = first.shape.dropFirst(axis + 1).reduce(1, *)
        let total = tensors.reduce(0) { $0 + $1.shape[axis] }
        let result = Tensor(uninitialized: first.shape.replacing(axis, with: total))
        var column = 0
        for tensor in tensors {
            let run = tensor.shape[axis] * inner
            tensor.withUnsafeScalars { source in
                guard let base = source.baseAddress else { return }
                for o in 0..<outer {
                    result.buffer.pointer.advanced(by: (o * total) * inner + column)
                        .update(from: base + o * run, count: run)
                }
            }
            column += run
        }
        return result
    }

    /// The parts of the given sizes along `axis`: the inverse of `concatenated`.
    public func split(_ sizes: [Int], axis: Int = -1) -> [Tensor] {
        let axis = shape.resolve(axis)
        require(sizes.reduce(0, +) == shape[axis], "parts \(sizes) of axis \(axis) of shape \(shape)")
        let outer = shape.prefix(axis).reduce(1, *)
        let inner = shape.dropFirst(axis + 1).reduce(1, *)
        var column = 0
        return sizes.map { size in
            let part = Tensor(uninitialized: shape.replacing(axis, with: size))
            withUnsafeScalars { source in
                guard let base = source.baseAddress else { return }
                for o in 0..<outer {
                    part.buffer.pointer.advanced(by: o * size * inner)
                        .update(from: base + (o * shape[axis]) * inner + column, count: size * inner)
                }
            }
            column += size * inner
            return part
        }
    }
}
