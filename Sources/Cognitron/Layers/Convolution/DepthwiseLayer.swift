import CognitronKernels

/// What `DepthwiseConv1D` and `DepthwiseConv2D` share.
///
/// - Source: Keras `BaseDepthwiseConv`.
public protocol DepthwiseLayer: ActivatedLayer, Codable {
    /// The number of axes that the kernel slides over.
    static var rank: Int { get }
    var arguments: DepthwiseArguments { get }
    var kernel: Parameter { get }
    var bias: Parameter { get }

    init(_ arguments: DepthwiseArguments)
}

extension DepthwiseLayer {
    public var kernelSize: WindowSize { arguments.kernelSize }
    public var strides: WindowSize { arguments.strides }
    public var padding: Padding { arguments.padding }
    public var depthMultiplier: Int { arguments.depthMultiplier }
    public var dilationRate: WindowSize { arguments.dilationRate }
    public var activation: ActivationFunction { arguments.activation }
    public var useBias: Bool { arguments.useBias }
    public var depthwiseInitializer: Initializer { arguments.depthwiseInitializer }
    public var biasInitializer: Initializer { arguments.biasInitializer }
    public var depthwiseRegularizer: Regularizer? { arguments.depthwiseRegularizer }
    public var biasRegularizer: Regularizer? { arguments.biasRegularizer }
    public var activityRegularizer: Regularizer? { arguments.activityRegularizer }
    public var depthwiseConstraint: Constraint? { arguments.depthwiseConstraint }
    public var biasConstraint: Constraint? { arguments.biasConstraint }
    public var name: String? { arguments.name }
    public var parameters: [Parameter] { useBias ? [kernel, bias] : [kernel] }

    public init(from decoder: any Decoder) throws { self.init(try DepthwiseArguments(from: decoder)) }
    public func encode(to encoder: any Encoder) throws { try arguments.encode(to: encoder) }

    /// None, as in Keras: the output's steps are sums over several of the input's.
    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        let channels = try context.requireChannels(input, rank: Self.rank)
        try context.require("depthMultiplier", depthMultiplier)
        try window.check(input, context)
        try context.require(activation)
        try context.require(activityRegularizer: activityRegularizer)
        try context.declare(
            kernel, "kernel", Shape(kernelSize.axes + [channels, depthMultiplier]), depthwiseInitializer,
            regularizer: depthwiseRegularizer, constraint: depthwiseConstraint)
        let filters = channels * depthMultiplier
        if useBias {
            try context.declare(
                bias, "bias", [filters], biasInitializer, regularizer: biasRegularizer,
                constraint: biasConstraint)
        }
        return window.outputShape(input.batched(1), channels: filters).sample
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        forwardFusingReLU(input, pass) { linear($0.shape).forward($0, pass, bounds: $1) }
    }

    public func forwardLinear(
        _ input: consuming Tensor, _ pass: Pass
    ) -> (output: Tensor, pullback: Pullback) {
        linear(input.shape).forward(input, pass)
    }

    public func receptiveField(
        _ field: ReceptiveField, inputs: [Shape], outputs: [Shape]
    ) -> ReceptiveField? {
        field.through(kernelSize: kernelSize, strides: strides, dilationRate: dilationRate)
    }

    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int {
        outputs[0].elementCount * kernelSize.axes.reduce(1, *)
    }

    private func linear(_ input: Shape) -> LinearConvolution {
        require(
            input.count == Self.rank + 2 && input.last == kernel.shape[Self.rank],
            "\(typeName): an input of shape \(input) for a kernel of shape \(kernel.shape)")
        return LinearConvolution(
            convolution: Convolution(geometry(input)), kernel: kernel, bias: useBias ? bias : nil)
    }

    /// A convolution with a group for each channel. In memory, its kernel (KH, KW, 1, C · depthMultiplier) is
    /// this one's.
    ///
    /// - Parameter input: (N, H, W, C), or (N, L, C) of sequences
    package func geometry(_ input: Shape) -> ConvolutionGeometry {
        let channels = input[Self.rank + 1]
        return window.convolution(input, filters: channels * depthMultiplier, groups: channels)
    }

    package var window: Window {
        .kernel(
            rank: Self.rank, kernelSize, strides: strides, dilationRate: dilationRate, padding: padding)
    }
}
