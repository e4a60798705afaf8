// Activation functions as layers of their own.

/// A layer that is nothing but its activation function.
public protocol ActivationLayer: ActivatedLayer {}

extension ActivationLayer {
    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try context.require(activation)
        return input
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
/// - Input shape: any; output shape: the same.
/// - Source: Keras `Activation`.
public final class Activation: ActivationLayer, Codable {
    public let activation: ActivationFunction
    public let name: String?

    public init(_ activation: ActivationFunction, name: String? = nil) {
        self.activation = activation
        self.name = name
    }
}

/// The rectifier.
///
///     output = max(input, 0)
///
/// - Input shape: any; output shape: the same.
/// - Source: Keras `ReLU`.
public final class ReLU: ActivationLayer, Codable {
    public var activation: ActivationFunction { .relu }
    public let name: String?

    public init(name: String? = nil) { self.name = name }
}

/// A rectifier that lets a little of the negative side through.
///
///     output = input > 0 ? input : negativeSlope · input
///
/// - Input shape: any; output shape: the same.
/// - Source: Keras `LeakyReLU`, whose default slope of 0.3 differs from that of the function `leakyRelu`,
///   0.2.
public final class LeakyReLU: ActivationLayer, Codable {
    public let negativeSlope: Float
    public let name: String?
    public var activation: ActivationFunction { .leakyRelu(negativeSlope: negativeSlope) }

    /// - Parameters:
    ///   - negativeSlope: the slope below zero, at least 0.
    ///   - name: what messages, summaries and files call the layer; by default they number its type.
    public init(negativeSlope: Float = 0.3, name: String? = nil) {
        self.negativeSlope = negativeSlope
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        guard negativeSlope >= 0, negativeSlope.isFinite else {
            throw context.error(
                .argument, "invalid negativeSlope", expected: "a number of at least 0",
                got: negativeSlope.text)
        }
        return input
    }
}

/// The softmax along the last axis.
///
///     output = eˣ / Σ eˣ
///
/// - Input shape: any; output shape: the same.
/// - Source: Keras `Softmax`.
public final class Softmax: ActivationLayer, Codable {
    public var activation: ActivationFunction { .softmax }
    public let name: String?

    public init(name: String? = nil) { self.name = name }
}
