/// A layer that convolves with one kernel: `Conv1D` … `Conv3D` and `Conv1DTranspose` … `Conv3DTranspose`.
///
/// - Source: Keras `BaseConv`.
public protocol BaseConvolution: ActivatedLayer, Codable {
    /// The number of axes that the kernel slides over.
    static var rank: Int { get }
    var arguments: ConvolutionArguments { get }
    var kernel: Parameter { get }
    var bias: Parameter { get }

    init(_ arguments: ConvolutionArguments)
}

extension BaseConvolution {
    public var filters: Int { arguments.filters }
    public var kernelSize: WindowSize { arguments.kernelSize }
    public var strides: WindowSize { arguments.strides }
    public var padding: Padding { arguments.padding }
    public var dilationRate: WindowSize { arguments.dilationRate }
    public var activation: ActivationFunction { arguments.activation }
    public var useBias: Bool { arguments.useBias }
    public var kernelInitializer: Initializer { arguments.kernelInitializer }
    public var biasInitializer: Initializer { arguments.biasInitializer }
    public var kernelRegularizer: Regularizer? { arguments.kernelRegularizer }
    public var biasRegularizer: Regularizer? { arguments.biasRegularizer }
    public var activityRegularizer: Regularizer? { arguments.activityRegularizer }
    public var kernelConstraint: Constraint? { arguments.kernelConstraint }
    public var biasConstraint: Constraint? { arguments.biasConstraint }
    public var name: String? { arguments.name }
    public var parameters: [Parameter] { useBias ? [kernel, bias] : [kernel] }

    public init(from decoder: any Decoder) throws { self.init(try ConvolutionArguments(from: decoder)) }
    public func encode(to encoder: any Encoder) throws { try arguments.encode(to: encoder) }

    /// None, as in Keras: the output's steps are sums over several of the input's.
    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    package var window: Window {
        .kernel(
            rank: Self.rank, kernelSize, strides: strides, dilationRate: dilationRate, padding: padding)
    }

    /// Checks the arguments that every convolution has.
    func checkArguments(_ context: BuildContext) throws {
        try context.require("filters", filters)
        try context.require(activation)
        try context.require(activityRegularizer: activityRegularizer)
    }

    func declareParameters(kernel shape: [Int], _ context: BuildContext) throws {
        try context.declare(
            kernel, "kernel", Shape(shape), kernelInitializer, regularizer: kernelRegularizer,
            constraint: kernelConstraint)
        guard useBias else { return }
        try context.declare(
            bias, "bias", [filters], biasInitializer, regularizer: biasRegularizer,
            constraint: biasConstraint)
    }
}
