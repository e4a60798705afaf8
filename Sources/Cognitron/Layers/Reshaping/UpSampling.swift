// Layers that make sequences, images and volumes larger by whole factors.

/// A layer that repeats steps, rows or columns.
protocol UpSamplingLayer: Layer {
    /// The axes between the batch and the channels: 1 to 3.
    static var rank: Int { get }
    var size: WindowSize { get }
}

extension UpSamplingLayer {
    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        guard size.rank == Self.rank else {
            throw context.error(
                .argument, "invalid size", expected: "one whole number or \(Self.rank) of them",
                got: "\(size)")
        }
        for factor in size.axes { try context.require("size", factor) }
        guard input.rank == Self.rank + 1 else {
            throw context.error(
                .shape, "needs samples with \(Self.rank + 1) axes",
                expected: "\(Self.rank) that grow, and the channels", got: "\(input)")
        }
        return Shape(zip(input, size.axes).map { $0 * $1 } + [input[Self.rank]])
    }

    public func receptiveField(
        _ field: ReceptiveField, inputs: [Shape], outputs: [Shape]
    ) -> ReceptiveField? { field.throughTransposed(kernelSize: size, strides: size) }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        repeatNearest(input)
    }

    /// Each number `size` times along its axes, and the pullback, which sums them up again.
    func repeatNearest(_ input: Tensor) -> (output: Tensor, pullback: Pullback) {
        let factors = size.axes.enumerated().filter { $0.element > 1 }.map {
            (axis: $0.offset + 1, factor: $0.element)
        }
        return (
            factors.reduce(input) { $0.repeated($1.factor, axis: $1.axis) },
            { outputGradient in
                factors.reversed().reduce(outputGradient) { gradient, step in
                    var sizes = Array(gradient.shape)
                    sizes[step.axis] /= step.factor
                    sizes.insert(step.factor, at: step.axis + 1)
                    return gradient.reshaped(Shape(sizes)).sum(axis: step.axis + 1)
                }
            }
        )
    }
}

/// Repeats each time step.
///
///     output[t] = input[⌊t / size⌋]
///
/// - Input shape: `(N, T, C)`; output shape: `(N, size · T, C)`.
/// - Source: Keras `UpSampling1D`.
public final class UpSampling1D: UpSamplingLayer, Codable {
    static let rank = 1
    public let size: WindowSize
    public let name: String?

    public init(_ size: some WindowSizeConvertible = 2, name: String? = nil) {
        self.size = size.windowSize(rank: 1)
        self.name = name
    }
}

/// Repeats the rows and columns of images, or interpolates between them.
///
///     output[h, w] = input[⌊h / size⌋, ⌊w / size⌋]         // .nearest
///
/// - Input shape: `(N, H, W, C)`; output shape: `(N, size · H, size · W, C)`.
/// - Source: Keras `UpSampling2D`.
public final class UpSampling2D: UpSamplingLayer, Codable {
    static let rank = 2
    public let size: WindowSize
    public let interpolation: Interpolation
    public let name: String?

    /// - Parameters:
    ///   - size: one factor, or `[height, width]`.
    ///   - interpolation: what stands between the pixels; by default each is repeated.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        _ size: some WindowSizeConvertible = 2, interpolation: Interpolation = .nearest, name: String? = nil
    ) {
        self.size = size.windowSize(rank: 2)
        self.interpolation = interpolation
        self.name = name
    }

    public func receptiveField(
        _ field: ReceptiveField, inputs: [Shape], outputs: [Shape]
    ) -> ReceptiveField? {
        field.through(kernelSize: interpolation.taps).throughTransposed(kernelSize: size, strides: size)
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        if interpolation == .nearest { return repeatNearest(input) }
        let (height, width) = (input.shape[1] * size.height, input.shape[2] * size.width)
        return interpolation.resize(input, height: height, width: width)
    }
}

/// Repeats the planes, rows and columns of volumes.
///
/// - Input shape: `(N, D, H, W, C)`; output shape: `(N, size · D, size · H, size · W, C)`.
/// - Source: Keras `UpSampling3D`.
public final class UpSampling3D: UpSamplingLayer, Codable {
    static let rank = 3
    public let size: WindowSize
    public let name: String?

    public init(_ size: some WindowSizeConvertible = 2, name: String? = nil) {
        self.size = size.windowSize(rank: 3)
        self.name = name
    }
}
