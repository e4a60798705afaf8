import CognitronKernels

extension Tensor: Samples {
    public func batch(_ indices: some Collection<Int>) -> Tensor {
        let size = shape.sample.elementCount
        let result = Tensor(uninitialized: shape.sample.batched(indices.count))
        withUnsafeScalars { source in
            guard let base = source.baseAddress else { return }
            for (row, index) in indices.enumerated() {
                require((0..<shape[0]).contains(index), "sample \(index) of \(shape[0])")
                result.buffer.pointer.advanced(by: row * size).update(from: base + index * size, count: size)
            }
        }
        return result
    }
}
