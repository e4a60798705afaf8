import Cognitron

// The layers of generators and discriminators. Weights begin as DCGAN's: kernels N(0, 0.02), the scale of
// batch normalisation N(1, 0.02).

let adversarialKernel = Initializer.randomNormal(stddev: 0.02)

/// A convolution of 4×4 with a padding of a pixel: strides of 2 halve even sizes, strides of 1 take a pixel
/// off.
func adversarialConvolution(
    _ filters: Int, strides: Int = 2, useBias: Bool = false, name: String? = nil
) -> Conv2D {
    Conv2D(
        filters, kernelSize: 4, strides: strides, padding: .explicit(1), useBias: useBias,
        kernelInitializer: adversarialKernel, name: name)
}

/// A transposed convolution of 4×4 that doubles sizes where strides and padding are not given.
func adversarialTransposed(
    _ filters: Int, strides: Int = 2, padding: Padding = .explicit(1),
    activation: ActivationFunction = .linear, useBias: Bool = false, name: String? = nil
) -> Conv2DTranspose {
    Conv2DTranspose(
        filters, kernelSize: 4, strides: strides, padding: padding, activation: activation,
        useBias: useBias, kernelInitializer: adversarialKernel, name: name)
}

/// A transposed convolution of 4×4 that doubles height and width, batch normalisation and ReLU.
func doubling(_ filters: Int, strides: Int = 2, padding: Padding = .explicit(1)) -> [any AnyLayer] {
    [
        adversarialTransposed(filters, strides: strides, padding: padding), adversarialNormalization(),
        ReLU(),
    ]
}

/// The generator's last layers: doubles height and width, tanh, brought to 0…1.
func lastDoubling(_ channels: Int) -> [any AnyLayer] {
    [adversarialTransposed(channels, activation: .tanh), Rescaling(0.5, offset: 0.5)]
}

/// A convolution of 4×4 that halves height and width, batch normalisation if `isNormalized`, and leaky ReLU.
func halving(_ filters: Int, isNormalized: Bool = true) -> [any AnyLayer] {
    [adversarialConvolution(filters)] + (isNormalized ? [adversarialNormalization()] : [])
        + [LeakyReLU(negativeSlope: 0.2)]
}

func adversarialNormalization(name: String? = nil) -> BatchNormalization {
    BatchNormalization(
        momentum: 0.9, epsilon: 1e-5, gammaInitializer: .randomNormal(mean: 1, stddev: 0.02), name: name)
}

/// Maps of small pictures, halved as long as their sizes are even and at least 8.
struct HalvedMaps {
    private let shape: Shape
    private let filters: Int
    /// How often the sizes are halved.
    private let steps: Int

    /// - Parameters:
    ///   - shape: that of the pictures.
    ///   - filters: of the first halving; each further one has twice as many.
    ///   - name: the network, for the error.
    /// - Throws: `CognitronError` where the pictures cannot be halved.
    init(_ shape: Shape, filters: Int, _ name: String) throws {
        try requirePictures(shape, classCount: 1, name)
        var (height, width, steps) = (shape[0], shape[1], 0)
        while height % 2 == 0, width % 2 == 0, min(height, width) >= 8 {
            (height, width, steps) = (height / 2, width / 2, steps + 1)
        }
        guard steps > 0, filters > 0 else {
            throw CognitronError(
                .shape, name, "the pictures cannot be halved", expected: "even sizes of at least 8 × 8",
                got: "\(shape[0]) × \(shape[1])", advice: "choose another size")
        }
        (self.shape, self.filters, self.steps) = (shape, filters, steps)
    }

    private func width(_ step: Int) -> Int { filters << step }

    /// From a vector to a picture.
    var grown: [any AnyLayer] {
        let (height, width) = (shape[0] >> steps, shape[1] >> steps)
        let deepest = self.width(steps - 1)
        let first: [any AnyLayer] = [
            Dense(height * width * deepest, useBias: false, kernelInitializer: adversarialKernel),
            Reshape(height, width, deepest), adversarialNormalization(), ReLU(),
        ]
        let doublings = (0..<steps - 1).reversed().flatMap { doubling(self.width($0)) }
        return first + doublings + lastDoubling(shape[2])
    }

    /// From a picture to a logit.
    var shrunk: [any AnyLayer] {
        (0..<steps).flatMap { halving(width($0), isNormalized: $0 > 0) }
            + [Flatten(), Dense(1, kernelInitializer: adversarialKernel)]
    }
}
