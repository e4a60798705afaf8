/// The rectifier.
///
///     output = maxValue                                where input ≥ maxValue
///              input                                   where input > threshold
///              negativeSlope · (input − threshold)     elsewhere
///
/// By default that is max(input, 0).
///
/// - Input shape: any; output shape: the same.
/// - Throws: from `build`, a `CognitronError` where an argument is below 0.
/// - Source: Keras `ReLU`.
public final class ReLU: ActivationLayer, Codable {
    public let maxValue: Float?
    public let negativeSlope: Float
    public let threshold: Float
    public let name: String?
    public var activation: ActivationFunction {
        .relu(negativeSlope: negativeSlope, maxValue: maxValue, threshold: threshold)
    }

    private enum CodingKeys: CodingKey { case maxValue, negativeSlope, threshold, name }

    /// - Parameters:
    ///   - maxValue: the largest output; nil for none.
    ///   - negativeSlope: the slope up to the threshold.
    ///   - threshold: the input from which on it is the output.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        maxValue: Float? = nil, negativeSlope: Float = 0, threshold: Float = 0, name: String? = nil
    ) {
        self.maxValue = maxValue
        self.negativeSlope = negativeSlope
        self.threshold = threshold
        self.name = name
    }

    public convenience init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            maxValue: try container.decodeIfPresent(Float.self, forKey: .maxValue),
            negativeSlope: try container.decode(.negativeSlope, default: 0),
            threshold: try container.decode(.threshold, default: 0),
            name: try container.decodeIfPresent(String.self, forKey: .name))
    }
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
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
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
