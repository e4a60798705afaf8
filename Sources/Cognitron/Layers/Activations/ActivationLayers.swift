// Activation functions as layers of their own.

/// A layer that is nothing but its activation function.
public protocol ActivationLayer: ActivatedLayer {}

extension ActivationLayer {
    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try context.output(of: activation, input)
    }

    public func forwardLinear(
        _ input: consuming Tensor, _ pass: Pass
    ) -> (output: Tensor, pullback: Pullback) {
        (input, { $0 })
    }
}

/// Applies an activation function.
///
///     output = function(input)
///
/// - Input shape: any; output shape: the same, but for `.glu`, which halves an axis.
/// - Source: Keras `Activation`.
public final class Activation: ActivationLayer, Codable {
    public let activation: ActivationFunction
    public let name: String?

    public init(_ activation: ActivationFunction, name: String? = nil) {
        self.activation = activation
        self.name = name
    }
}

/// An exponential linear unit.
///
///     output = input > 0 ? input : alpha · (e^input − 1)
///
/// - Input shape: any; output shape: the same.
/// - Source: Keras `ELU`; Clevert, Unterthiner and Hochreiter, "Fast and Accurate Deep Network Learning by
///   Exponential Linear Units" (2016).
public final class ELU: ActivationLayer, Codable {
    public let alpha: Float
    public let name: String?
    public var activation: ActivationFunction { .elu(alpha: alpha) }

    /// - Parameters:
    ///   - alpha: what the negative side falls to, less its sign.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(alpha: Float = 1, name: String? = nil) {
        self.alpha = alpha
        self.name = name
    }
}
