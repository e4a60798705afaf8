import CognitronKernels

// Tensors of constants.

extension Tensor {
    public static func zeros(_ shape: Shape) -> Tensor { Tensor(repeating: 0, shape: shape) }
    public static func ones(_ shape: Shape) -> Tensor { Tensor(repeating: 1, shape: shape) }

    /// The identity matrix, or as much of it as fits in `rows × columns`.
    public static func identity(_ rows: Int, columns: Int? = nil) -> Tensor {
        let columns = columns ?? rows
        var matrix = zeros([rows, columns])
        matrix.withUnsafeMutableScalars { scalars in
            for i in 0..<Swift.min(rows, columns) { scalars[i * columns + i] = 1 }
        }
        return matrix
    }

    public init(repeating scalar: Float, shape: Shape) {
        self.init(uninitialized: shape)
        Elementwise.fill(buffer.pointer, with: scalar, count: count)
    }
}
