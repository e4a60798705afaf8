import CognitronKernels

/// The arguments of a separable convolution, for any number of axes, as files keep them.
public struct SeparableArguments: Codable, Sendable {
    public var filters: Int
    public var kernelSize: WindowSize
    public var strides: WindowSize
    public var padding: Padding
    public var dilationRate: WindowSize
    public var depthMultiplier: Int
    public var activation: ActivationFunction
    public var useBias: Bool
    public var depthwiseInitializer: Initializer
    public var pointwiseInitializer: Initializer
    public var biasInitializer: Initializer
    public var depthwiseRegularizer: Regularizer?
    public var pointwiseRegularizer: Regularizer?
    public var biasRegularizer: Regularizer?
    public var activityRegularizer: Regularizer?
    public var depthwiseConstraint: Constraint?
    public var pointwiseConstraint: Constraint?
    public var biasConstraint: Constraint?
    public var name: String?
}

/// What `SeparableConv1D` and `SeparableConv2D` share.
///
/// - Source: Keras `BaseSeparableConv`.
public protocol SeparableLayer: ActivatedLayer, Codable {
    /// The number of axes that the kernel slides over.
    static var rank: Int { get }
    var arguments: SeparableArguments { get }
    var depthwiseKernel: Parameter { get }
    var pointwiseKernel: Parameter { get }
    var bias: Parameter { get }

    init(_ arguments: SeparableArguments)
}

extension SeparableLayer {
    public var filters: Int { arguments.filters }
    public var depthMultiplier: Int { arguments.depthMultiplier }
    public var activation: ActivationFunction { arguments.activation }
    public var useBias: Bool { arguments.useBias }
    public var activityRegularizer: Regularizer? { arguments.activityRegularizer }
    public var name: String? { arguments.name }
    public var parameters: [Parameter] { [depthwiseKernel, pointwiseKernel] + (useBias ? [bias] : []) }

    public init(from decoder: any Decoder) throws { self.init(try SeparableArguments(from: decoder)) }
    public func encode(to encoder: any Encoder) throws { try arguments.encode(to: encoder) }

    /// None, as in Keras: the output's steps are sums over several of the input's.
    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        let channels = try context.requireChannels(input, rank: Self.rank)
        let a = arguments
        try context.require("filters", filters)
        try context.require("depthMultiplier", depthMultiplier)
        try window.check(input, context)
        try context.require(activation)
        try context.require(activityRegularizer: activityRegularizer)
        try context.declare(
            depthwiseKernel, "depthwise_kernel", Shape(a.kernelSize.axes + [channels, depthMultiplier]),
            a.depthwiseInitializer, regularizer: a.depthwiseRegularizer, constraint: a.depthwiseConstraint)
        let ones = [Int](repeating: 1, count: Self.rank)
        try context.declare(
            pointwiseKernel, "pointwise_kernel", Shape(ones + [channels * depthMultiplier, filters]),
            a.pointwiseInitializer, regularizer: a.pointwiseRegularizer, constraint: a.pointwiseConstraint)
        if useBias {
            try context.declare(
                bias, "bias", [filters], a.biasInitializer, regularizer: a.biasRegularizer,
                constraint: a.biasConstraint)
        }
        return window.outputShape(input.batched(1), channels: filters).sample
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        forwardFusingReLU(input, pass) { forwardLinear($0, pass, $1) }
    }

    public func forwardLinear(
        _ input: consuming Tensor, _ pass: Pass
    ) -> (output: Tensor, pullback: Pullback) {
        forwardLinear(input, pass, .none)
    }

    private func forwardLinear(
        _ input: consuming Tensor, _ pass: Pass, _ bounds: OutputBounds
    ) -> (output: Tensor, pullback: Pullback) {
        let (between, depthwisePullback) = depthwise(input.shape).forward(input, pass)
        let (output, pointwisePullback) = pointwise(between.shape).forward(
            between, pass.needingInputGradient(true), bounds: bounds)
        return (output, { depthwisePullback(pointwisePullback($0)) })
    }

    public func receptiveField(
        _ field: ReceptiveField, inputs: [Shape], outputs: [Shape]
    ) -> ReceptiveField? {
        let a = arguments
        return field.through(kernelSize: a.kernelSize, strides: a.strides, dilationRate: a.dilationRate)
    }

    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int {
        let (places, between) = (outputs[0].elementCount / filters, inputs[0][Self.rank] * depthMultiplier)
        return places * between * (arguments.kernelSize.axes.reduce(1, *) + filters)
    }

    private func depthwise(_ input: Shape) -> LinearConvolution {
        let channels = input[input.rank - 1]
        require(
            input.count == Self.rank + 2 && channels == depthwiseKernel.shape[Self.rank],
            "\(typeName): an input of shape \(input) for a kernel of shape \(depthwiseKernel.shape)")
        let geometry = window.convolution(input, filters: channels * depthMultiplier, groups: channels)
        return LinearConvolution(convolution: Convolution(geometry), kernel: depthwiseKernel)
    }

    private func pointwise(_ between: Shape) -> LinearConvolution {
        let one = 1.windowSize(rank: Self.rank)
        let window = Window.kernel(
            rank: Self.rank, one, strides: one, dilationRate: one, padding: .valid)
        return LinearConvolution(
            convolution: Convolution(window.convolution(between, filters: filters)),
            kernel: pointwiseKernel, bias: useBias ? bias : nil)
    }

    private var window: Window {
        .kernel(
            rank: Self.rank, arguments.kernelSize, strides: arguments.strides,
            dilationRate: arguments.dilationRate, padding: arguments.padding)
    }
}
