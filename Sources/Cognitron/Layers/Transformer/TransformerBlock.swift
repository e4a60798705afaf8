/// What `TransformerEncoder` and `TransformerDecoder` share.
public protocol TransformerBlock: AnyLayer, Codable {
    var arguments: TransformerArguments { get }

    init(_ arguments: TransformerArguments)
}

/// The arguments of a transformer block, as files keep them.
public struct TransformerArguments: Codable, Sendable {
    public var intermediateDim: Int
    public var numHeads: Int
    public var dropout: Float
    public var activation: ActivationFunction
    public var layerNormEpsilon: Float
    public var kernelInitializer: Initializer
    public var biasInitializer: Initializer
    public var normalizeFirst: Bool
    /// Of decoders: nil, and so left out of files, for the default.
    var savedCausalMask: Bool?
    public var name: String?
}

extension TransformerBlock {
    public var intermediateDim: Int { arguments.intermediateDim }
    public var numHeads: Int { arguments.numHeads }
    public var dropout: Float { arguments.dropout }
    public var activation: ActivationFunction { arguments.activation }
    public var layerNormEpsilon: Float { arguments.layerNormEpsilon }
    public var kernelInitializer: Initializer { arguments.kernelInitializer }
    public var biasInitializer: Initializer { arguments.biasInitializer }
    public var normalizeFirst: Bool { arguments.normalizeFirst }
    public var name: String? { arguments.name }

    public init(from decoder: any Decoder) throws { self.init(try TransformerArguments(from: decoder)) }
    public func encode(to encoder: any Encoder) throws { try arguments.encode(to: encoder) }
}

extension BuildContext {
    /// Throws where an argument of a transformer block is impossible.
    func require(_ arguments: TransformerArguments) throws {
        try require("intermediateDim", arguments.intermediateDim)
        try require("numHeads", arguments.numHeads)
        try requireRate("dropout", arguments.dropout)
    }
}
