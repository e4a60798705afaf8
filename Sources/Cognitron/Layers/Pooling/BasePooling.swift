import CognitronKernels

/// The arguments of a pooling over windows, for any number of axes, as files keep them.
public struct PoolingArguments: Codable, Sendable {
    public var poolSize: WindowSize
    public var strides: WindowSize
    public var padding: Padding
    public var name: String?

    init(
        rank: Int, poolSize: some WindowSizeConvertible, strides: (any WindowSizeConvertible)?,
        padding: Padding, name: String?
    ) {
        self.poolSize = poolSize.windowSize(rank: rank)
        self.strides = strides?.windowSize(rank: rank) ?? self.poolSize
        self.padding = padding
        self.name = name
    }
}

/// A layer that pools over windows: `MaxPooling1D` … `AveragePooling3D`.
///
/// - Source: Keras `BasePooling`.
public protocol BasePooling: Layer, Codable {
    /// The number of axes that the windows slide over.
    static var rank: Int { get }
    var arguments: PoolingArguments { get }

    init(_ arguments: PoolingArguments)
}

extension BasePooling {
    public var poolSize: WindowSize { arguments.poolSize }
    public var strides: WindowSize { arguments.strides }
    public var padding: Padding { arguments.padding }
    public var name: String? { arguments.name }

    public init(from decoder: any Decoder) throws { self.init(try PoolingArguments(from: decoder)) }
    public func encode(to encoder: any Encoder) throws { try arguments.encode(to: encoder) }

    /// None, as in Keras: the output has other steps than the input.
    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try window.buildPooling(input, context)
    }

    public func receptiveField(
        _ field: ReceptiveField, inputs: [Shape], outputs: [Shape]
    ) -> ReceptiveField? { field.through(kernelSize: poolSize, strides: strides) }

    package var window: Window { .pool(rank: Self.rank, poolSize, strides: strides, padding: padding) }
}

extension Window {
    /// The output's shape for a sample of sequences, images or volumes.
    func buildPooling(_ input: Shape, _ context: BuildContext) throws -> Shape {
        let channels = try context.requireChannels(input, rank: rank)
        try check(input, context)
        return Shape(outputSizes(Array(input.dropLast())) + [channels])
    }
}

/// What `MaxPooling1D`, `MaxPooling2D` and `MaxPooling3D` share.
public protocol MaxPoolingLayer: BasePooling {}

extension MaxPoolingLayer {
    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        input.maxPooling(window.windowPooling(input.shape), pass)
    }
}

/// What `AveragePooling1D`, `AveragePooling2D` and `AveragePooling3D` share.
public protocol AveragePoolingLayer: BasePooling {}

extension AveragePoolingLayer {
    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        input.averagePooling(window.windowPooling(input.shape))
    }
}

extension Tensor {
    /// The largest value of each window, with self as a layer's input.
    consuming func maxPooling(
        _ windows: some WindowPooling, _ pass: Pass
    ) -> (output: Tensor, pullback: Pullback) {
        let x = self
        let shape = x.shape
        let (output, places) = x.maxPooled(windows, keepingPlaces: pass.needsPullback)
        return (output, { $0.maxPoolingGradient(windows, places, shape) })
    }

    /// The mean of each window, with self as a layer's input.
    consuming func averagePooling(_ windows: some WindowPooling) -> (output: Tensor, pullback: Pullback) {
        let x = self
        let shape = x.shape
        return (x.averagePooled(windows), { $0.averagePoolingGradient(windows, shape) })
    }
}
