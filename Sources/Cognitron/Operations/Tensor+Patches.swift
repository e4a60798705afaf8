import CognitronKernels

// The windows of a convolution or pooling as one tensor, written for reading: slices instead of kernels. The
// layers gather their windows in tiles, which never exist as a whole (`Im2colConvolution`).

/// The axes of what `im2col` gives, in their order: which of the two pairs of loops is outside.
public enum PatchOrder: Sendable {
    /// A patch for each place of the window: (N, OH, OW, F, F, C). X̃[i, j] is what the window at (i, j) sees.
    case windows
    /// An image for each pixel of the window: (N, F, F, OH, OW, C). X̂[a, b] is what pixel (a, b) of the
    /// window sees as it slides.
    case taps
}

extension Tensor {
    /// Gathers the windows of images x (N, H, W, C): each pixel once for every window that sees it.
    ///
    ///     X̃[n, i, j, a, b, c] = X̂[n, a, b, i, j, c] = x[n, i·S + a − P, j·S + b − P, c]
    ///
    ///     // A convolution is a product of matrices, a pooling a reduction:
    ///     let columns = x.im2col(kernelSize: 3)                            // (N, OH, OW, 3, 3, C)
    ///     let y = columns.reshaped([n * oh * ow, 9 * c]).matmul(kernel.reshaped([9 * c, filters]))
    ///     let pooled = x.im2col(kernelSize: 2, strides: 2).max(axis: 3).max(axis: 3)
    ///
    /// - Parameters:
    ///   - kernelSize: F, the rows and columns of the window.
    ///   - strides: S, the steps from one window to the next.
    ///   - padding: P, rows and columns of zeros on every side.
    ///   - order: which axes come first.
    public func im2col(
        kernelSize: Int, strides: Int = 1, padding: Int = 0, order: PatchOrder = .windows
    ) -> Tensor {
        require(rank == 4, "im2col of a tensor of shape \(shape); expected (N, H, W, C)")
        let places = PatchPlaces(shape[1], shape[2], kernelSize, strides, padding)
        let x = padded([(0, 0), (padding, padding), (padding, padding), (0, 0)])
        let (rows, columns) = places.outer(order)
        return .stacked(
            rows.map { i in
                let band = x.slice(axis: 1, places.range(i, 0, order), by: places.step(order))
                return .stacked(
                    columns.map { j in
                        band.slice(axis: 2, places.range(j, 1, order), by: places.step(order))
                    }, axis: 1)
            }, axis: 1)
    }

    /// The way back: adds each number of what `im2col` gave to the pixel that it came from. Where windows
    /// overlap, sums arise: it is the transpose of `im2col`, and so takes gradients of columns to gradients
    /// of images.
    ///
    /// - Parameters:
    ///   - height: H of the images.
    ///   - width: W of the images.
    /// - Returns: (N, H, W, C)
    public func col2im(
        height: Int, width: Int, strides: Int = 1, padding: Int = 0, order: PatchOrder = .windows
    ) -> Tensor {
        require(rank == 6, "col2im of a tensor of shape \(shape); expected the six axes of im2col")
        let places = PatchPlaces(height, width, shape[order == .windows ? 3 : 1], strides, padding)
        let (rows, columns) = places.outer(order)
        require(
            shape[1] == rows.count && shape[2] == columns.count,
            "col2im of a tensor of shape \(shape) for images of \(height) × \(width)")
        var x = Tensor.zeros([shape[0], height + 2 * padding, width + 2 * padding, shape[5]])
        for i in rows {
            let range = places.range(i, 0, order)
            var band = x.slice(axis: 1, range, by: places.step(order))
            for j in columns {
                let range = places.range(j, 1, order)
                let patch = slice(axis: 1, i).slice(axis: 1, j)
                let sum = band.slice(axis: 2, range, by: places.step(order)) + patch
                band.assign(sum, axis: 2, range, by: places.step(order))
            }
            x.assign(band, axis: 1, range, by: places.step(order))
        }
        return x.slice(axis: 1, padding..<padding + height).slice(axis: 2, padding..<padding + width)
    }

    /// The cross-correlation of images x (N, H, W, C) with filters (F, F, C, OC), which deep learning calls a
    /// convolution: `Conv2D` without a bias.
    ///
    ///     y[n, i, j, o] = Σ x[n, i·S + a − P, j·S + b − P, c] · kernel[a, b, c, o]
    ///
    /// - Returns: (N, OH, OW, OC)
    public func correlated(with kernel: Tensor, strides: Int = 1, padding: Int = 0) -> Tensor {
        require(
            rank == 4 && kernel.rank == 4 && kernel.shape[2] == shape[3],
            "images \(shape) with filters \(kernel.shape); expected (N, H, W, C) and (F, F, C, OC)")
        return convolved(
            Convolution(
                ConvolutionGeometry(
                    batch: shape[0], input: ImageSize(shape[1], shape[2], channels: shape[3]),
                    kernel: (kernel.shape[0], kernel.shape[1]), filters: kernel.shape[3],
                    strides: (strides, strides),
                    padding: Border(rows: (padding, padding), columns: (padding, padding)))),
            kernel, bias: nil)
    }

    /// The convolution of mathematics: `correlated` with the filters turned by half a turn.
    ///
    ///     y[n, i, j, o] = Σ x[n, i·S + a − P, j·S + b − P, c] · kernel[F − 1 − a, F − 1 − b, c, o]
    public func convolved(with kernel: Tensor, strides: Int = 1, padding: Int = 0) -> Tensor {
        correlated(
            with: kernel.flipped(axis: 0).flipped(axis: 1), strides: strides, padding: padding)
    }
}

/// Where the windows of an image lie.
private struct PatchPlaces {
    let kernel: Int
    let strides: Int
    /// OH and OW.
    let outputs: [Int]

    init(_ height: Int, _ width: Int, _ kernel: Int, _ strides: Int, _ padding: Int) {
        require(
            kernel >= 1 && strides >= 1 && padding >= 0 && min(height, width) + 2 * padding >= kernel,
            "windows of \(kernel) pixels with strides \(strides) and padding \(padding) on images of "
                + "\(height) × \(width)")
        (self.kernel, self.strides) = (kernel, strides)
        outputs = [height, width].map { ($0 + 2 * padding - kernel) / strides + 1 }
    }

    /// What the two outer loops count.
    func outer(_ order: PatchOrder) -> (rows: Range<Int>, columns: Range<Int>) {
        order == .windows ? (0..<outputs[0], 0..<outputs[1]) : (0..<kernel, 0..<kernel)
    }

    /// The rows (axis 0) or columns (axis 1) that place `number` of the outer loops reads, `step` apart.
    func range(_ number: Int, _ axis: Int, _ order: PatchOrder) -> Range<Int> {
        switch order {
        case .windows: number * strides..<number * strides + kernel
        case .taps: number..<number + (outputs[axis] - 1) * strides + 1
        }
    }

    func step(_ order: PatchOrder) -> Int { order == .windows ? 1 : strides }
}
