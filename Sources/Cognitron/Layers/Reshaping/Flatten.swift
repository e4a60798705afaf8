/// Flattens each sample to a vector.
///
///     output[n, i] = the i-th value of input[n], the last axis fastest
///
/// - Input shape: `(N, …)`; output shape: `(N, product of …)`.
/// - Source: Keras `Flatten`.
public final class Flatten: Layer, Codable {
    public let name: String?

    public init(name: String? = nil) { self.name = name }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape { [input.elementCount] }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let shape = input.shape
        return (input.reshaped([shape[0], shape.sample.elementCount]), { $0.reshaped(shape) })
    }
}
