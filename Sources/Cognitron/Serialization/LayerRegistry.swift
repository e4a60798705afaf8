import Synchronization

/// The layer types that model files may name.
///
/// A layer of your own that conforms to `Codable` can be saved as it is; to load it, register its type first:
///
///     LayerRegistry.register(MyLayer.self)
public enum LayerRegistry {
    public typealias LayerType = any (AnyLayer & Codable).Type

    private static let types = Mutex<[String: LayerType]>(
        Dictionary(uniqueKeysWithValues: builtIn.map { ($0.typeName, $0) }))

    private static let builtIn: [LayerType] = [
        Input.self, Dense.self, Conv2D.self, DepthwiseConv2D.self, MaxPooling2D.self, AveragePooling2D.self,
        LpPooling2D.self,
        GlobalAveragePooling2D.self, GlobalMaxPooling2D.self, Flatten.self, Reshape.self, Activation.self,
        ReLU.self,
        LeakyReLU.self, Softmax.self, Dropout.self, BatchNormalization.self, ZeroPadding2D.self, Add.self,
        Concatenate.self,
    ]

    /// Lets model files name this type.
    public static func register(_ type: LayerType) { types.withLock { $0[type.typeName] = type } }

    static func type(named name: String) -> LayerType? { types.withLock { $0[name] } }

    static var names: [String] { types.withLock { $0.keys.sorted() } }
}
