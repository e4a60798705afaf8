/// Passes its input on as it is.
///
///     output = input
///
/// - Input shape: any; output shape: the same.
/// - Source: Keras `Identity`.
public final class Identity: Layer, Codable {
    public let name: String?

    public init(name: String? = nil) { self.name = name }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape { input }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        (input, { $0 })
    }
}
