/// A model of layers in a row.
///
///     let model = Sequential {
///         Input(28, 28, 1)
///         Conv2D(6, kernelSize: 5, padding: .same, activation: .relu)
///         MaxPooling2D(poolSize: 2)
///         Flatten()
///         Dense(10, activation: .softmax)
///     }
///
/// `Sequential([…])` and `add(_:)` do the same. Without an `Input` the model is built for its first data.
///
/// `@unchecked Sendable` as `Model` is: one thread at a time adds layers or trains, any number predict.
///
/// - Source: Keras `Sequential`.
public final class Sequential: Model, @unchecked Sendable {
    private var chain: [any AnyLayer]

    public init(_ layers: [any AnyLayer] = [], name: String? = nil) {
        chain = layers
        super.init(graph: Graph(chain: layers), name: name)
    }

    public convenience init(name: String? = nil, @LayerBuilder _ layers: () -> [any AnyLayer]) {
        self.init(layers(), name: name)
    }

    /// Appends a layer.
    public func add(_ layer: any AnyLayer) {
        chain.append(layer)
        replaceGraph(Graph(chain: chain))
    }

    /// Builds the model where its first layer declares the input.
    func buildFromInput() throws {
        if !isBuilt, let sizes = graph.declaredSizes { try buildDeclared(sizes) }
    }
}

/// Collects the layers of a `Sequential { … }`, in which `if`, `for` and arrays of layers are allowed.
@resultBuilder
public enum LayerBuilder {
    public static func buildExpression(_ layer: any AnyLayer) -> [any AnyLayer] { [layer] }
    public static func buildExpression(_ layers: [any AnyLayer]) -> [any AnyLayer] { layers }
    public static func buildBlock(_ parts: [any AnyLayer]...) -> [any AnyLayer] { parts.flatMap { $0 } }
    public static func buildArray(_ parts: [[any AnyLayer]]) -> [any AnyLayer] { parts.flatMap { $0 } }
    public static func buildOptional(_ part: [any AnyLayer]?) -> [any AnyLayer] { part ?? [] }
    public static func buildEither(first part: [any AnyLayer]) -> [any AnyLayer] { part }
    public static func buildEither(second part: [any AnyLayer]) -> [any AnyLayer] { part }
}
