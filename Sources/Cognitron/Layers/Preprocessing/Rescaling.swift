/// Multiplies by a number and adds another.
///
///     output = input · scale + offset
///
///     Rescaling(1 / 255)                       // bytes to 0…1
///     Rescaling(1 / 127.5, offset: -1)         // bytes to −1…1
///
/// - Input shape: any; output shape: the same.
/// - Throws: from `build`, a `CognitronError` where a number is not finite.
/// - Source: Keras `Rescaling`.
public final class Rescaling: Layer, Codable {
    public let scale: Float
    public let offset: Float
    public let name: String?

    public init(_ scale: Float, offset: Float = 0, name: String? = nil) {
        self.scale = scale
        self.offset = offset
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        guard scale.isFinite, offset.isFinite else {
            throw context.error(
                .argument, "invalid scale or offset", expected: "finite numbers",
                got: "\(scale.text) and \(offset.text)")
        }
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        var output = input
        output *= scale
        if offset != 0 { output += offset }
        return (output, { [scale] in $0 * scale })
    }
}
