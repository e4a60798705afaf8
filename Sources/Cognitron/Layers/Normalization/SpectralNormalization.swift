/// A layer whose kernel is divided by its largest singular value before each forward pass in training, so
/// that the layer stretches no difference of inputs (a Lipschitz constant of about 1).
///
///     v = u · Wᵀ / ‖u · Wᵀ‖,   u = v · W / ‖v · W‖,   σ = v · W · uᵀ,   kernel = kernel / σ
///
/// with W the kernel as a matrix whose columns are its last axis. Each pass goes on with the u of the pass
/// before; the kernel itself is replaced. The gradient takes σ as a constant, as in Keras.
///
///     SpectralNormalization(Conv2D(64, kernelSize: 3))
///
/// - Input and output shapes: those of the layer inside.
/// - Parameters: the statistic `vector_u (1, size of the kernel's last axis)`, then the layer's.
/// - Throws: from `build`, a `CognitronError` where the layer has no `kernel` or `embeddings`, or
///   `powerIterations` is below 1.
/// - Source: Keras `SpectralNormalization`; Miyato et al., "Spectral Normalization for Generative Adversarial
///   Networks" (2018). PyTorch's keeps the original kernel and differentiates through σ.
public final class SpectralNormalization: AnyLayer {
    public let layer: any AnyLayer
    public let powerIterations: Int
    public let name: String?

    public let vectorU = Parameter()
    public var parameters: [Parameter] { [vectorU] }
    public var children: [(name: String, layer: any AnyLayer)] { [("layer", layer)] }
    public var outputCount: Int { layer.outputCount }

    /// - Parameters:
    ///   - layer: a layer with a `kernel` or `embeddings`.
    ///   - powerIterations: the steps of the power iteration in each pass, at least 1.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(_ layer: any AnyLayer, powerIterations: Int = 1, name: String? = nil) {
        self.layer = layer
        self.powerIterations = powerIterations
        self.name = name
    }

    public func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape] {
        try context.require("powerIterations", powerIterations)
        let outputs = try context.child("layer", layer, inputs)
        guard let kernel, let columns = kernel.shape.last else {
            throw context.error(
                .argument, "the layer inside has no kernel", expected: "a layer with kernel or embeddings",
                got: layer.typeName)
        }
        kernel.isWrittenByLayer = true
        try context.declare(
            vectorU, "vector_u", [1, columns], .truncatedNormal(standardDeviation: 0.02), isStatistic: true)
        return outputs
    }

    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] {
        layer.outputMasks(inputs, masks)
    }

    public func forward(
        inputs: consuming [Tensor], _ pass: Pass
    ) -> (outputs: [Tensor], pullback: MultiPullback) {
        if pass.isTraining { normalize() }
        return pass.child("layer", layer, inputs)
    }

    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int {
        layer.multiplyAdds(inputs: inputs, outputs: outputs)
    }

    private var kernel: Parameter? {
        layer.parameters.first { ["kernel", "embeddings"].contains($0.ownName) }
    }

    /// A kernel of zeros stays.
    private func normalize() {
        guard let kernel, kernel.value.sumOfSquares > 0 else { return }
        let weights = kernel.value.reshaped([-1, vectorU.shape[1]])
        var (u, v) = (vectorU.value, vectorU.value)
        for _ in 0..<powerIterations {
            v = u.matmul(weights, transposingOther: true).unit
            u = v.matmul(weights).unit
        }
        let sigma = (v.matmul(weights) * u).sum()
        vectorU.value = u
        kernel.value = kernel.value / sigma
    }
}

extension Tensor {
    /// The tensor with a norm of 1.
    fileprivate var unit: Tensor { self / Swift.max(Float(sumOfSquares.squareRoot()), 1e-12) }
}
