/// Writes classes or tokens as rows of zeros and ones, or counts them.
///
///     CategoryEncoding(4)                              // [0, 1, 1] → [1, 1, 0, 0]
///     CategoryEncoding(4, outputMode: .count)          // [0, 1, 1] → [1, 2, 0, 0]
///     CategoryEncoding(4, outputMode: .oneHot)         // [2] → [0, 0, 1, 0]
///
/// - Input shape: `(N, T)`, for `.oneHot` any; whole numbers from 0 to `numTokens − 1`. Output shape:
///   `(N, numTokens)`, for `.oneHot` `(N, …, numTokens)`, where a last axis of size 1 gives way to it.
/// - Throws: from `build`, a `CognitronError` where the samples have another number of axes, or the mode is
///   `.int`; from fit, evaluate and predict where a number is not allowed.
/// - Source: Keras `CategoryEncoding`.
public final class CategoryEncoding: TokenLayer, Codable {
    public let numTokens: Int
    public let outputMode: OutputMode
    public let name: String?
    public var tokenCount: Int { numTokens }

    public init(_ numTokens: Int, outputMode: OutputMode = .multiHot, name: String? = nil) {
        self.numTokens = numTokens
        self.outputMode = outputMode
        self.name = name
    }

    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try context.require("numTokens", numTokens)
        guard outputMode != .int else {
            throw context.error(
                .argument, "invalid outputMode", expected: ".multiHot, .oneHot or .count", got: ".int")
        }
        return try context.output(of: outputMode, input, depth: numTokens)
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let shape = input.shape
        return (outputMode.encode(input, depth: numTokens), { _ in .zeros(shape) })
    }
}
