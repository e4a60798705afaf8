/// A rectifier whose slope below zero is learned.
///
///     output = input > 0 ? input : alpha · input
///
/// - Input shape: any; output shape: the same.
/// - Parameters: `alpha`, of a sample's shape with size 1 along the shared axes.
/// - Throws: from `build`, a `CognitronError` where a shared axis is none of the input's.
/// - Source: Keras `PReLU`; He et al., "Delving Deep into Rectifiers" (2015).
public final class PReLU: Layer, Codable {
    public let alphaInitializer: Initializer
    public let alphaRegularizer: Regularizer?
    public let alphaConstraint: Constraint?
    public let sharedAxes: [Int]?
    public let name: String?

    public let alpha = Parameter()
    public var parameters: [Parameter] { [alpha] }

    private enum CodingKeys: CodingKey {
        case alphaInitializer, alphaRegularizer, alphaConstraint, sharedAxes, name
    }

    /// - Parameters:
    ///   - alphaInitializer: what the first slopes are.
    ///   - alphaRegularizer: what the loss is charged for the slopes; nothing by default.
    ///   - alphaConstraint: what the slopes are brought back to after every step.
    ///   - sharedAxes: axes along which there is one slope, the first after the batch being 1: `[1, 2]` gives
    ///     each channel of an image one.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        alphaInitializer: Initializer = .zeros, alphaRegularizer: Regularizer? = nil,
        alphaConstraint: Constraint? = nil, sharedAxes: [Int]? = nil, name: String? = nil
    ) {
        self.alphaInitializer = alphaInitializer
        self.alphaRegularizer = alphaRegularizer
        self.alphaConstraint = alphaConstraint
        self.sharedAxes = sharedAxes
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        var shape = input
        for axis in sharedAxes ?? [] {
            guard let own = input.sampleAxis(axis) else {
                throw context.error(
                    .argument, "invalid sharedAxes", expected: input.sampleAxes, got: "\(axis)")
            }
            shape = shape.replacing(own, with: 1)
        }
        try context.declare(
            alpha, "alpha", shape, alphaInitializer, regularizer: alphaRegularizer,
            constraint: alphaConstraint)
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let (x, slope) = (input, alpha.value)
        return (
            x.rectified(slope: slope),
            { [alpha] dy in
                alpha.accumulate((dy * x.minimum(0)).sum(to: slope.shape.batched(1)).reshaped(slope.shape))
                return dy * x.rectifierSlope(slope)
            }
        )
    }
}
