/// The arguments of a convolution with one kernel, for any number of axes, as files keep them.
public struct ConvolutionArguments: Codable, Sendable {
    public var filters: Int
    public var kernelSize: WindowSize
    public var strides: WindowSize
    public var padding: Padding
    /// Of transposed convolutions; nil for the default.
    public var outputPadding: WindowSize?
    public var dilationRate: WindowSize
    public var groups: Int { savedGroups ?? 1 }
    public var activation: ActivationFunction
    public var useBias: Bool
    public var kernelInitializer: Initializer
    public var biasInitializer: Initializer
    public var kernelRegularizer: Regularizer?
    public var biasRegularizer: Regularizer?
    public var activityRegularizer: Regularizer?
    public var kernelConstraint: Constraint?
    public var biasConstraint: Constraint?
    public var algorithm: Conv2D.Algorithm { savedAlgorithm ?? .automatic }
    public var name: String?
    /// In files: nil, and so left out, for the defaults.
    private var savedGroups: Int?
    private var savedAlgorithm: Conv2D.Algorithm?

    private enum CodingKeys: String, CodingKey {
        case filters, kernelSize, strides, padding, outputPadding, dilationRate, activation, useBias
        case kernelInitializer, biasInitializer, kernelRegularizer, biasRegularizer, activityRegularizer
        case kernelConstraint, biasConstraint, name
        case savedGroups = "groups"
        case savedAlgorithm = "algorithm"
    }

    init(
        filters: Int, kernelSize: WindowSize, strides: WindowSize, padding: Padding,
        outputPadding: WindowSize? = nil, dilationRate: WindowSize, groups: Int = 1,
        activation: ActivationFunction, useBias: Bool, kernelInitializer: Initializer,
        biasInitializer: Initializer, kernelRegularizer: Regularizer?, biasRegularizer: Regularizer?,
        activityRegularizer: Regularizer?, kernelConstraint: Constraint?, biasConstraint: Constraint?,
        algorithm: Conv2D.Algorithm = .automatic, name: String?
    ) {
        self.filters = filters
        self.kernelSize = kernelSize
        self.strides = strides
        self.padding = padding
        self.outputPadding = outputPadding
        self.dilationRate = dilationRate
        savedGroups = groups == 1 ? nil : groups
        self.activation = activation
        self.useBias = useBias
        self.kernelInitializer = kernelInitializer
        self.biasInitializer = biasInitializer
        self.kernelRegularizer = kernelRegularizer
        self.biasRegularizer = biasRegularizer
        self.activityRegularizer = activityRegularizer
        self.kernelConstraint = kernelConstraint
        self.biasConstraint = biasConstraint
        savedAlgorithm = algorithm == .automatic ? nil : algorithm
        self.name = name
    }
}
