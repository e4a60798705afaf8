import CognitronKernels

// Images with rows and columns of zeros around them. x: (N, H, W, C), y: (N, top + H + bottom, left + W +
// right, C).

extension Tensor {
    /// y = x with a border of zeros, with self as x. Unlike `padded(_:with:)` it writes every element once.
    func zeroPadded(_ border: Border) -> Tensor {
        var y = Tensor(
            uninitialized: [
                shape[0], border.top + shape[1] + border.bottom, border.left + shape[2] + border.right,
                shape[3],
            ])
        ZeroPadding(shape, border).forward(pointer, into: y.mutablePointer)
        withExtendedLifetime(self) {}
        return y
    }

    /// dx of `zeroPadded`, with self as dy.
    ///
    /// - Parameter shape: of x.
    func zeroPaddingGradient(_ border: Border, _ shape: Shape) -> Tensor {
        var dx = Tensor(uninitialized: shape)
        ZeroPadding(shape, border).backward(pointer, into: dx.mutablePointer)
        withExtendedLifetime(self) {}
        return dx
    }
}

extension ZeroPadding {
    /// - Parameter input: `(N, H, W, C)`.
    fileprivate init(_ input: Shape, _ border: Border) {
        self.init(images: input[0], ImageSize(input[1], input[2], channels: input[3]), border)
    }
}
