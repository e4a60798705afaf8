/// The arguments of a convolution of each channel separately, for any number of axes, as files keep them.
public struct DepthwiseArguments: Codable, Sendable {
    public var kernelSize: WindowSize
    public var strides: WindowSize
    public var padding: Padding
    public var depthMultiplier: Int
    public var dilationRate: WindowSize
    public var activation: ActivationFunction
    public var useBias: Bool
    public var depthwiseInitializer: Initializer
    public var biasInitializer: Initializer
    public var depthwiseRegularizer: Regularizer?
    public var biasRegularizer: Regularizer?
    public var activityRegularizer: Regularizer?
    public var depthwiseConstraint: Constraint?
    public var biasConstraint: Constraint?
    public var name: String?
}
