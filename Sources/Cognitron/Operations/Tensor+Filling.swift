import CognitronKernels

// Tensors of one number.

extension Tensor {
    public static func zeros(_ shape: Shape) -> Tensor { Tensor(repeating: 0, shape: shape) }
    public static func ones(_ shape: Shape) -> Tensor { Tensor(repeating: 1, shape: shape) }

    public init(repeating scalar: Float, shape: Shape) {
        self.init(uninitialized: shape)
        Elementwise.fill(buffer.pointer, with: scalar, count: count)
    }
}
