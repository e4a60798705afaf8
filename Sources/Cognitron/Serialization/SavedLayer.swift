/// A layer of any type as a `Codable` property of the layer that contains it.
///
///     final class Twice: Layer, Codable {
///         let inner: SavedLayer
///         var children: [(name: String, layer: any AnyLayer)] { [("inner", inner.layer)] }
///         init(_ layer: any AnyLayer) { inner = SavedLayer(layer) }
///         …
///     }
///
/// The layer's type must be `Codable` and registered (`LayerRegistry`), or a model. A child of a fixed type
/// does not need it: `let inner: Dense` is `Codable`.
///
/// - Source: Keras `serialize_keras_object`.
public struct SavedLayer: Codable, Sendable {
    public let layer: any AnyLayer

    public init(_ layer: any AnyLayer) { self.layer = layer }

    public init(from decoder: any Decoder) throws {
        var assembly = Architecture.Assembly()
        layer = try LayerEntry(from: decoder).make(&assembly)
    }

    public func encode(to encoder: any Encoder) throws { try LayerEntry(alone: layer).encode(to: encoder) }
}
