// Layers that cut the border off their inputs.

/// A layer that cuts off what its margins say.
protocol CroppingLayer: MarginLayer {
    var cropping: Margins { get }
}

extension CroppingLayer {
    var margins: Margins { cropping }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try check("cropping", input, context)
        let sizes = zip(input, amounts.dropFirst()).map { $0 - $1.before - $1.after }
        guard sizes.allSatisfy({ $0 > 0 }) else {
            throw context.error(
                .shape, "its cropping of \(cropping) leaves nothing of its input",
                expected: "a smaller cropping",
                got: "an input of shape \(input)")
        }
        return Shape(sizes)
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let amounts = amounts
        return (input.cropped(amounts), { $0.padded(amounts) })
    }
}

/// Cuts time steps off the border of sequences.
///
///     Cropping1D(1)                            // a step at both ends
///     Cropping1D([0, 2])                       // the last two steps
///
/// - Input shape: `(N, T, C)`; output shape: `(N, T − before − after, C)`.
/// - Throws: from `build`, a `CognitronError` where an amount is below 0 or nothing is left.
/// - Source: Keras `Cropping1D`.
public final class Cropping1D: CroppingLayer, Codable {
    static let rank = 1
    public let cropping: Margins
    public let name: String?

    public init(_ cropping: some MarginsConvertible = 1, name: String? = nil) {
        self.cropping = cropping.margins
        self.name = name
    }
}

/// Cuts rows and columns off the border of images.
///
///     Cropping2D(1)                            // a pixel on every side
///     Cropping2D([[0, 1], [2, 2]])             // the lowest row, and two columns on each side
///
/// - Input shape: `(N, H, W, C)`; output shape: `(N, H − top − bottom, W − left − right, C)`.
/// - Throws: from `build`, a `CognitronError` where an amount is below 0 or nothing is left.
/// - Source: Keras `Cropping2D`.
public final class Cropping2D: CroppingLayer, Codable {
    static let rank = 2
    public let cropping: Margins
    public let name: String?

    public init(_ cropping: some MarginsConvertible = 0, name: String? = nil) {
        self.cropping = cropping.margins
        self.name = name
    }
}

/// Cuts planes, rows and columns off the border of volumes.
///
///     Cropping3D(1)                            // one on every side
///     Cropping3D([[0, 1], [2, 2], [0, 0]])     // before and after each axis
///
/// - Input shape: `(N, D, H, W, C)`; output shape: `(N, D′, H′, W′, C)`, each size less what is cut off.
/// - Throws: from `build`, a `CognitronError` where an amount is below 0 or nothing is left.
/// - Source: Keras `Cropping3D`.
public final class Cropping3D: CroppingLayer, Codable {
    static let rank = 3
    public let cropping: Margins
    public let name: String?

    public init(_ cropping: some MarginsConvertible = 1, name: String? = nil) {
        self.cropping = cropping.margins
        self.name = name
    }
}
