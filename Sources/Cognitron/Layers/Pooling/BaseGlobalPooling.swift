/// The arguments of a pooling over all positions, as files keep them.
public struct GlobalPoolingArguments: Codable, Sendable {
    public var keepdims: Bool { savedKeepdims ?? false }
    public var name: String?
    /// In files: nil, and so left out, for false.
    private var savedKeepdims: Bool?

    private enum CodingKeys: String, CodingKey {
        case name
        case savedKeepdims = "keepdims"
    }

    init(keepdims: Bool, name: String?) {
        savedKeepdims = keepdims ? true : nil
        self.name = name
    }
}

/// A layer that pools over all positions: `GlobalMaxPooling1D` … `GlobalAveragePooling3D`.
///
/// - Source: Keras `BaseGlobalPooling`.
public protocol BaseGlobalPooling: Layer, Codable {
    /// The number of axes that are pooled over.
    static var rank: Int { get }
    var arguments: GlobalPoolingArguments { get }

    init(_ arguments: GlobalPoolingArguments)
}

extension BaseGlobalPooling {
    public var keepdims: Bool { arguments.keepdims }
    public var name: String? { arguments.name }

    public init(from decoder: any Decoder) throws { self.init(try GlobalPoolingArguments(from: decoder)) }
    public func encode(to encoder: any Encoder) throws { try arguments.encode(to: encoder) }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        outputShape(channels: try context.requireChannels(input, rank: Self.rank))
    }

    /// None: the output has no rows that a mask could refer to.
    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    private func outputShape(channels: Int) -> Shape {
        Shape((keepdims ? [Int](repeating: 1, count: Self.rank) : []) + [channels])
    }

    /// The output (N, C), with axes of size 1 if `keepdims`.
    fileprivate func shaped(_ output: Tensor) -> Tensor {
        keepdims ? output.reshaped(outputShape(channels: output.shape[1]).batched(output.shape[0])) : output
    }
}

/// What `GlobalMaxPooling1D`, `GlobalMaxPooling2D` and `GlobalMaxPooling3D` share.
public protocol GlobalMaxPoolingLayer: BaseGlobalPooling {}

extension GlobalMaxPoolingLayer {
    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let shape = input.shape
        let (output, positions) = input.globalMaximum()
        return (shaped(output), { $0.globalMaximumGradient(positions, shape) })
    }
}

/// What `GlobalAveragePooling1D`, `GlobalAveragePooling2D` and `GlobalAveragePooling3D` share.
public protocol GlobalAveragePoolingLayer: BaseGlobalPooling {}

extension GlobalAveragePoolingLayer {
    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let x = input
        if Self.rank == 1, let mask = pass.mask(0) { return maskedMean(x, mask) }
        let shape = x.shape
        return (shaped(x.globalMean()), { $0.globalMeanGradient(shape) })
    }

    /// The mean over the steps that count.
    ///
    ///     output[n, c] = Σ mask[n, i] · input[n, i, c] / max(1, Σ mask[n, i])
    private func maskedMean(_ x: Tensor, _ mask: Tensor) -> (output: Tensor, pullback: Pullback) {
        let counts = mask.sum(axis: 1, keepingDimensions: true).maximum(1)
        let shares = (mask / counts).expandingDimensions(at: 2)  // (N, L, 1)
        let (samples, channels) = (x.shape[0], x.shape[2])
        return (
            shaped((x * shares).sum(axis: 1)), { $0.reshaped([samples, 1, channels]) * shares }
        )
    }
}
