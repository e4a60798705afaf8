import CognitronKernels

// Pooling over windows. The three layers share their arguments and differ in what they make of a window.

extension Window {
    /// The output's shape for a sample of images.
    func buildPooling(_ input: Shape, _ context: BuildContext) throws -> Shape {
        let channels = try context.requireChannels(input, rank: rank)
        try check(input, context)
        return Shape(outputSizes(Array(input.dropLast())) + [channels])
    }
}

/// The largest value of each window.
///
///     output[n, i, j, c] = max input[n, i·s + a, j·s + b, c]
///
/// - Input shape: `(N, H, W, C)`; output shape: `(N, OH, OW, C)`. Pixels beyond the edge take no part.
/// - Throws: from `build`, a `CognitronError` where the input is not an image or the pool does not fit it.
/// - Source: Keras `MaxPooling2D`. `strides` are `poolSize` unless given.
public final class MaxPooling2D: Layer, Codable {
    public let poolSize: Size2D
    public let strides: Size2D
    public let padding: Padding
    public let name: String?
    private var window: Window { .pool(rank: 2, poolSize, strides: strides, padding: padding) }

    /// - Parameters:
    ///   - poolSize: the rows and columns of a window: one number for both, or `[height, width]`.
    ///   - strides: the steps from one window to the next; by default windows touch.
    ///   - padding: what is beyond the edges: `.valid` (no window reaches there), `.same` (the output has
    ///     ⌈size / stride⌉ rows and columns) or `.explicit(n)` (n rows and columns on every side, at most half of the pool).
    ///   - name: what messages, summaries and files call the layer; by default they number its type.
    public init(
        poolSize: some Size2DConvertible = 2, strides: (any Size2DConvertible)? = nil,
        padding: Padding = .valid,
        name: String? = nil
    ) {
        self.poolSize = poolSize.windowSize(rank: 2)
        self.strides = strides?.windowSize(rank: 2) ?? self.poolSize
        self.padding = padding
        self.name = name
    }

    /// Whether the windows are 2×2 and touch, and cover images of even sizes without an edge.
    var halvesImages: Bool {
        poolSize == Size2D(2, 2) && strides == poolSize && (padding == .valid || padding == .same)
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try window.buildPooling(input, context)
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let x = input
        let inputShape = x.shape
        let geometry = window.pooling(inputShape)
        var output = Tensor(uninitialized: window.outputShape(inputShape, channels: inputShape[3]))
        // Two places of 16 bits fit where one float does.
        let places = Buffer(pass.needsPullback ? (geometry.outputCount + 1) / 2 : 0)
        MaxPooling.forward(
            geometry, x.pointer, into: output.mutablePointer,
            places: pass.needsPullback ? places.halves : nil)
        withExtendedLifetime(x) {}
        return (
            output,
            { outputGradient in
                var inputGradient = Tensor(uninitialized: inputShape)
                MaxPooling.backward(
                    geometry, outputGradient.pointer, places: places.halves,
                    into: inputGradient.mutablePointer)
                withExtendedLifetime((outputGradient, places)) {}
                return inputGradient
            }
        )
    }
}

/// The mean of each window.
///
///     output[n, i, j, c] = mean input[n, i·s + a, j·s + b, c]
///
/// - Input shape: `(N, H, W, C)`; output shape: `(N, OH, OW, C)`. The mean is over the pixels that exist, as
///   in Keras: those beyond the edge are not counted.
/// - Throws: from `build`, a `CognitronError` where the input is not an image or the pool does not fit it.
/// - Source: Keras `AveragePooling2D`. `strides` are `poolSize` unless given.
public final class AveragePooling2D: Layer, Codable {
    public let poolSize: Size2D
    public let strides: Size2D
    public let padding: Padding
    public let name: String?
    private var window: Window { .pool(rank: 2, poolSize, strides: strides, padding: padding) }

    /// - Parameters:
    ///   - poolSize: the rows and columns of a window: one number for both, or `[height, width]`.
    ///   - strides: the steps from one window to the next; by default windows touch.
    ///   - padding: what is beyond the edges: `.valid` (no window reaches there), `.same` (the output has
    ///     ⌈size / stride⌉ rows and columns) or `.explicit(n)` (n rows and columns on every side, at most half of the pool).
    ///   - name: what messages, summaries and files call the layer; by default they number its type.
    public init(
        poolSize: some Size2DConvertible = 2, strides: (any Size2DConvertible)? = nil,
        padding: Padding = .valid,
        name: String? = nil
    ) {
        self.poolSize = poolSize.windowSize(rank: 2)
        self.strides = strides?.windowSize(rank: 2) ?? self.poolSize
        self.padding = padding
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try window.buildPooling(input, context)
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let inputShape = input.shape
        let geometry = window.pooling(inputShape)
        var output = Tensor(uninitialized: window.outputShape(inputShape, channels: inputShape[3]))
        AveragePooling.forward(geometry, input.pointer, into: output.mutablePointer)
        withExtendedLifetime(input) {}
        return (
            output,
            { outputGradient in
                var inputGradient = Tensor(uninitialized: inputShape)
                AveragePooling.backward(geometry, outputGradient.pointer, into: inputGradient.mutablePointer)
                withExtendedLifetime(outputGradient) {}
                return inputGradient
            }
        )
    }
}

/// The p-norm of each window: a sum of magnitudes for p = 1, the root of the energy for p = 2, close to a
/// maximum for a large p.
///
///     output[n, i, j, c] = (Σ |input[n, i·s + a, j·s + b, c]|ᵖ)^(1/p)
///
/// - Input shape: `(N, H, W, C)`; output shape: `(N, OH, OW, C)`.
/// - Throws: from `build`, a `CognitronError` where p is below 1, the input is not an image or the pool does
///   not fit.
/// - Source: PyTorch `LPPool2d`, which takes no absolute value and so gives NaN for an odd p and negative
///   inputs; Sermanet et al., "Convolutional Neural Networks Applied to House Numbers Digit Classification"
///   (2012).
public final class LpPooling2D: Layer, Codable {
    public let p: Float
    public let poolSize: Size2D
    public let strides: Size2D
    public let padding: Padding
    public let name: String?
    private var window: Window { .pool(rank: 2, poolSize, strides: strides, padding: padding) }

    /// - Parameters:
    ///   - p: the norm, at least 1.
    ///   - poolSize: the rows and columns of a window: one number for both, or `[height, width]`.
    ///   - strides: the steps from one window to the next; by default windows touch.
    ///   - padding: what is beyond the edges: `.valid` (no window reaches there), `.same` (the output has
    ///     ⌈size / stride⌉ rows and columns) or `.explicit(n)` (n rows and columns on every side, at most half of the pool).
    ///   - name: what messages, summaries and files call the layer; by default they number its type.
    public init(
        p: Float = 2, poolSize: some Size2DConvertible = 2, strides: (any Size2DConvertible)? = nil,
        padding: Padding = .valid, name: String? = nil
    ) {
        self.p = p
        self.poolSize = poolSize.windowSize(rank: 2)
        self.strides = strides?.windowSize(rank: 2) ?? self.poolSize
        self.padding = padding
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        guard p >= 1, p.isFinite else {
            throw context.error(
                .argument, "invalid p", expected: "a finite number of at least 1", got: p.text)
        }
        return try window.buildPooling(input, context)
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let x = input
        let geometry = window.pooling(x.shape)
        var output = Tensor(uninitialized: window.outputShape(x.shape, channels: x.shape[3]))
        LpPooling.forward(geometry, p: p, x.pointer, into: output.mutablePointer)
        withExtendedLifetime(x) {}
        return (
            output,
            { [p, output] outputGradient in
                var inputGradient = Tensor(uninitialized: x.shape)
                LpPooling.backward(
                    geometry, p: p, x.pointer, output.pointer, outputGradient.pointer,
                    into: inputGradient.mutablePointer)
                withExtendedLifetime((x, output, outputGradient)) {}
                return inputGradient
            }
        )
    }
}
