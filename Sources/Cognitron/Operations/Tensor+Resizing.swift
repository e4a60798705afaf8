import CognitronKernels

// Images in another size. x: (N, H, W, C), y: (N, rows.outputs, columns.outputs, C).

extension Tensor {
    /// y = x resampled along its rows and columns, with self as x. With the transposed axes and self as dy it
    /// is dx.
    func resampled(rows: ResamplingAxis, columns: ResamplingAxis) -> Tensor {
        require(
            rank == 4 && shape[1] == rows.inputs && shape[2] == columns.inputs,
            "images of shape \(shape) resampled from \(rows.inputs) × \(columns.inputs)")
        var y = Tensor(uninitialized: [shape[0], rows.outputs, columns.outputs, shape[3]])
        Resampling(images: shape[0], rows: rows, columns: columns, channels: shape[3])
            .apply(pointer, into: y.mutablePointer)
        withExtendedLifetime(self) {}
        return y
    }
}
