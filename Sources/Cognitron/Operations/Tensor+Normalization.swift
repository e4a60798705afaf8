import CognitronKernels

// Normalisation within samples, and its gradients.

/// What the gradient of a normalisation within samples reads: the input and its statistics.
struct OwnNormalization {
    fileprivate let x: Tensor
    fileprivate let mean: Tensor
    fileprivate let inverse: Tensor
    fileprivate let gamma: Tensor?
}

// Rows: x, y (…, size of gamma), normalised over gamma's axes. gamma, beta: of x's last axes.
extension Tensor {
    /// y = (x − mean) / √(variance + epsilon) · gamma + beta over the last `columns` elements, with self as
    /// x.
    ///
    /// - Parameter isCentered: whether the mean is subtracted; without it the variance is the mean square.
    func rowsNormalized(
        columns: Int, epsilon: Float, isCentered: Bool, gamma: Tensor?, beta: Tensor?
    ) -> (y: Tensor, normalization: OwnNormalization) {
        let rows = count / Swift.max(1, columns)
        var y = Tensor(uninitialized: shape)
        var mean = Tensor(uninitialized: [isCentered ? rows : 0])
        var inverse = Tensor(uninitialized: [rows])
        RowNormalization(rows: rows, columns: columns, epsilon: epsilon, isCentered: isCentered).forward(
            pointer, gamma: gamma?.pointer, beta: beta?.pointer, into: y.mutablePointer,
            mean: isCentered ? mean.mutablePointer : nil, inverse: inverse.mutablePointer)
        withExtendedLifetime((self, gamma, beta)) {}
        return (y, OwnNormalization(x: self, mean: mean, inverse: inverse, gamma: gamma))
    }

    /// dx of `rowsNormalized`, and the gradients of gamma and beta, with self as dy; in place where the
    /// storage is not shared.
    consuming func rowsNormalizationGradients(
        _ n: OwnNormalization, columns: Int, isCentered: Bool
    ) -> (dx: Tensor, gamma: Tensor, beta: Tensor) {
        var dGamma = Tensor(uninitialized: [columns])
        var dBeta = Tensor(uninitialized: [columns])
        let kernel = RowNormalization(
            rows: n.inverse.count, columns: columns, epsilon: 0, isCentered: isCentered)
        let dx = overwritten { dy, dx in
            kernel.backward(
                n.x.pointer, dy, gamma: n.gamma?.pointer, mean: isCentered ? n.mean.pointer : nil,
                inverse: n.inverse.pointer, into: dx, dGamma: dGamma.mutablePointer,
                dBeta: dBeta.mutablePointer)
        }
        withExtendedLifetime(n) {}
        return (dx, dGamma, dBeta)
    }
}

// Groups of channels: x, y (N, …, C); gamma, beta (C).
extension Tensor {
    /// y = (x − mean) / √(variance + epsilon) · gamma + beta within each sample's groups of channels, with
    /// self as x.
    func groupsNormalized(
        _ groups: Int, epsilon: Float, gamma: Tensor?, beta: Tensor?
    ) -> (y: Tensor, normalization: OwnNormalization) {
        var y = Tensor(uninitialized: shape)
        var mean = Tensor(uninitialized: [shape[0], shape[rank - 1]])
        var inverse = Tensor(uninitialized: mean.shape)
        GroupwiseNormalization(shape, groups: groups, epsilon: epsilon).forward(
            pointer, gamma: gamma?.pointer, beta: beta?.pointer, into: y.mutablePointer,
            mean: mean.mutablePointer, inverse: inverse.mutablePointer)
        withExtendedLifetime((self, gamma, beta)) {}
        return (y, OwnNormalization(x: self, mean: mean, inverse: inverse, gamma: gamma))
    }

    /// dx of `groupsNormalized`, and the gradients of gamma and beta, with self as dy; in place where the
    /// storage is not shared.
    consuming func groupsNormalizationGradients(
        _ n: OwnNormalization, groups: Int
    ) -> (dx: Tensor, gamma: Tensor, beta: Tensor) {
        let channels = n.x.shape[n.x.rank - 1]
        var dGamma = Tensor(uninitialized: [channels])
        var dBeta = Tensor(uninitialized: [channels])
        let kernel = GroupwiseNormalization(n.x.shape, groups: groups, epsilon: 0)
        let dx = overwritten { dy, dx in
            kernel.backward(
                n.x.pointer, dy, gamma: n.gamma?.pointer, mean: n.mean.pointer, inverse: n.inverse.pointer,
                into: dx, dGamma: dGamma.mutablePointer, dBeta: dBeta.mutablePointer)
        }
        withExtendedLifetime(n) {}
        return (dx, dGamma, dBeta)
    }
}

extension GroupwiseNormalization {
    /// - Parameter input: `(N, …, C)`.
    fileprivate init(_ input: Shape, groups: Int, epsilon: Float) {
        self.init(
            samples: input[0], pixels: input.dropFirst().dropLast().reduce(1, *),
            channels: input[input.rank - 1], groups: groups, epsilon: epsilon)
    }
}

// Local responses: x, y (…, C).
extension Tensor {
    /// y = x / (k + alpha / size · Σ x² over neighbouring channels)^beta, with self as x.
    func localResponse(size: Int, alpha: Float, beta: Float, k: Float) -> Tensor {
        var y = Tensor(uninitialized: shape)
        LocalResponse(shape, size: size, alpha: alpha, beta: beta, k: k)
            .forward(pointer, into: y.mutablePointer)
        withExtendedLifetime(self) {}
        return y
    }

    /// dx of `localResponse`, with self as dy.
    func localResponseGradient(_ x: Tensor, size: Int, alpha: Float, beta: Float, k: Float) -> Tensor {
        var dx = Tensor(uninitialized: shape)
        LocalResponse(shape, size: size, alpha: alpha, beta: beta, k: k)
            .backward(x.pointer, pointer, into: dx.mutablePointer)
        withExtendedLifetime((self, x)) {}
        return dx
    }
}

extension LocalResponse {
    /// - Parameter input: `(…, C)`.
    fileprivate init(_ input: Shape, size: Int, alpha: Float, beta: Float, k: Float) {
        let channels = input[input.rank - 1]
        self.init(
            rows: input.dropLast().reduce(1, *), channels: channels, size: size, alpha: alpha, beta: beta,
            k: k)
    }
}
