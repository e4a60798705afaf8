/// Scales each sample to a Euclidean norm of 1 over the last axis, or others.
///
///     output = input / max(√Σ input², 10⁻¹²)
///
/// - Input shape: `(N, …)`; output shape: the same.
/// - Throws: from `build`, a `CognitronError` where an axis does not exist or is the batch's.
/// - Source: Keras `UnitNormalization`.
public final class UnitNormalization: Layer, Codable {
    private let savedAxes: SavedAxes
    public var axis: [Int] { savedAxes.axes }
    public let name: String?

    private enum CodingKeys: String, CodingKey {
        case savedAxes = "axis"
        case name
    }

    /// - Parameters:
    ///   - axis: the axis of the norm, or an array of them; the batch is axis 0, −1 the last.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(axis: some AxesConvertible = -1, name: String? = nil) {
        savedAxes = SavedAxes(axis.axes)
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        _ = try context.requireAxes(axis, of: input)
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let (x, axes) = (input, axis)
        let norm = x.squared.sum(axes: axes, keepingDimensions: true).squareRoot
        let inverse = 1 / norm.maximum(1e-12)
        let y = x * inverse
        // dx = (dy − y · Σ dy · y) / norm
        return (
            y, { dy in (dy - y * (dy * y).sum(axes: axes, keepingDimensions: true)) * inverse }
        )
    }
}
