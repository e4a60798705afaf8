import CognitronKernels
import Cognitron

/// A network of 6·n + 2 layers for small pictures: a convolution, three stages of n pairs of 3×3
/// convolutions, the later ones with half the size and twice the channels, and a dense layer.
///
/// - Source: He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition" (2016), section 4.2, with
///   1×1 convolutions where a shortcut changes the size.
struct DeepNetwork: Sendable {
    let depth: Int
    /// Whether a pair's input is added to its output.
    let isResidual: Bool
    /// Whether batch normalisation follows each convolution.
    var isNormalized = true
    var initializer = Initializer.heNormal

    /// `residual 56`
    var name: String { "\(isResidual ? "residual" : "plain") \(depth)" }

    /// - Parameter width: the channels of the first stage.
    func model(for task: ClassifierTask, width: Int) throws -> Model {
        let input = Input(shape: task.inputShape)
        // Pictures of 32 × 32 are halved, to train in minutes.
        let pictures: any Symbolic = task.inputShape[0] >= 32 ? AveragePooling2D(poolSize: 2)(input) : input
        var x = convolution(width, pictures)
        for stage in 0..<3 {
            for pair in 0..<(depth - 2) / 6 {
                let (filters, strides) = (width << stage, stage > 0 && pair == 0 ? 2 : 1)
                let inner = ReLU()(convolution(filters, strides: strides, x))
                let outer = convolution(filters, inner)
                guard isResidual else {
                    x = ReLU()(outer)
                    continue
                }
                let shortcut = strides == 1 ? x : convolution(filters, kernelSize: 1, strides: strides, x)
                x = ReLU()(Add()(outer, shortcut))
            }
        }
        let output = Dense(task.classCount, activation: .softmax)(GlobalAveragePooling2D()(x))
        return try Model(inputs: input, outputs: output, name: name)
    }

    private func convolution(
        _ filters: Int, kernelSize: Int = 3, strides: Int = 1, _ x: any Symbolic
    ) -> SymbolicTensor {
        let y = Conv2D(
            filters, kernelSize: kernelSize, strides: strides, padding: .explicit(kernelSize / 2),
            useBias: !isNormalized, kernelInitializer: initializer)(x)
        return isNormalized ? BatchNormalization(momentum: 0.9)(y) : y
    }
}

/// Notes the size of the gradient of each 3×3 kernel, and ends the step without an update.
///
///     size = √(mean of the squares)
final class GradientSizes: GradientTransform {
    private let sizes = Locked<[Double]>([])

    /// From the first layer to the last.
    var values: [Double] { sizes.withLock { $0 } }

    func apply(to parameters: [Parameter]) throws -> Bool {
        let kernels = parameters.filter { $0.shape.rank == 4 && $0.shape[0] == 3 }
        let found = kernels.map { kernel in
            Double((kernel.gradient * kernel.gradient).mean()).squareRoot()
        }
        sizes.withLock { $0 = found }
        return false
    }
}
