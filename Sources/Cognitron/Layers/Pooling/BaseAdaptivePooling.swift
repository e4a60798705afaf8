import CognitronKernels

/// The arguments of an adaptive pooling, for any number of axes, as files keep them.
public struct AdaptivePoolingArguments: Codable, Sendable {
    public var outputSize: WindowSize
    public var name: String?
}

/// A layer whose windows divide the input: `AdaptiveMaxPooling1D` … `AdaptiveAveragePooling3D`.
///
/// - Source: Keras `BaseAdaptivePooling`.
public protocol BaseAdaptivePooling: Layer, Codable {
    /// The number of axes that are pooled over.
    static var rank: Int { get }
    var arguments: AdaptivePoolingArguments { get }

    init(_ arguments: AdaptivePoolingArguments)
}

extension BaseAdaptivePooling {
    public var outputSize: WindowSize { arguments.outputSize }
    public var name: String? { arguments.name }

    public init(from decoder: any Decoder) throws { self.init(try AdaptivePoolingArguments(from: decoder)) }
    public func encode(to encoder: any Encoder) throws { try arguments.encode(to: encoder) }

    /// None, as in Keras: the output has other steps than the input.
    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        let channels = try context.requireChannels(input, rank: Self.rank)
        try context.require("outputSize", outputSize, rank: Self.rank)
        // A maximum's place in its window is kept in 16 bits.
        let limit = Int(UInt16.max)
        let window = zip(input, outputSize.axes).map { ($0 + 2 * $1 - 1) / $1 }
        guard window.reduce(1, { min($0 * $1, limit + 1) }) <= limit else {
            throw context.error(
                .argument, "invalid outputSize", expected: "windows of at most \(limit) pixels",
                got: "\(outputSize) for an input of \(input)")
        }
        return Shape(outputSize.axes + [channels])
    }

    fileprivate func windows(_ input: Shape) -> any WindowPooling {
        let plane = PoolingGeometry(
            batch: input[0], input: input.planeSize(rank: Self.rank),
            adaptiveOutput: (outputSize.height, outputSize.width))
        guard Self.rank == 3 else { return plane }
        return VolumePooling(plane: plane, depth: input[1], adaptiveOutputDepth: outputSize.depth)
    }
}

/// What `AdaptiveMaxPooling1D`, `AdaptiveMaxPooling2D` and `AdaptiveMaxPooling3D` share.
public protocol AdaptiveMaxPoolingLayer: BaseAdaptivePooling {}

extension AdaptiveMaxPoolingLayer {
    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let windows = windows(input.shape)
        return input.maxPooling(windows, pass)
    }
}

/// What `AdaptiveAveragePooling1D`, `AdaptiveAveragePooling2D` and `AdaptiveAveragePooling3D` share.
public protocol AdaptiveAveragePoolingLayer: BaseAdaptivePooling {}

extension AdaptiveAveragePoolingLayer {
    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let windows = windows(input.shape)
        return input.averagePooling(windows)
    }
}
