import CognitronKernels

// Pooling over all positions of each sample, and its gradients. x: (N, …, C), y: (N, C).

/// At which position each channel's maximum was: what the gradient of `globalMaximum` reads.
struct MaximumPositions {
    fileprivate let buffer: Buffer
}

extension Tensor {
    /// y = the mean over the positions, with self as x.
    func globalMean() -> Tensor {
        let kernel = GlobalPooling(shape)
        var y = Tensor(uninitialized: [kernel.images, kernel.channels])
        kernel.mean(pointer, into: y.mutablePointer)
        withExtendedLifetime(self) {}
        return y
    }

    /// dx of `globalMean`, with self as dy.
    ///
    /// - Parameter shape: of x.
    func globalMeanGradient(_ shape: Shape) -> Tensor {
        var dx = Tensor(uninitialized: shape)
        GlobalPooling(shape).meanBackward(pointer, into: dx.mutablePointer)
        withExtendedLifetime(self) {}
        return dx
    }

    /// y = the maximum over the positions, and the first position that has it, with self as x.
    func globalMaximum() -> (y: Tensor, positions: MaximumPositions) {
        let kernel = GlobalPooling(shape)
        var y = Tensor(uninitialized: [kernel.images, kernel.channels])
        let positions = Buffer(y.count)
        kernel.maximum(pointer, into: y.mutablePointer, places: positions.words)
        withExtendedLifetime(self) {}
        return (y, MaximumPositions(buffer: positions))
    }

    /// dx of `globalMaximum`, with self as dy.
    ///
    /// - Parameter shape: of x.
    func globalMaximumGradient(_ positions: MaximumPositions, _ shape: Shape) -> Tensor {
        var dx = Tensor(uninitialized: shape)
        GlobalPooling(shape).maximumBackward(
            pointer, places: positions.buffer.words, into: dx.mutablePointer)
        withExtendedLifetime((self, positions)) {}
        return dx
    }
}

extension GlobalPooling {
    /// - Parameter input: `(N, …, C)`.
    fileprivate init(_ input: Shape) {
        self.init(
            images: input[0], pixels: input[1..<input.rank - 1].reduce(1, *), channels: input[input.rank - 1])
    }
}
